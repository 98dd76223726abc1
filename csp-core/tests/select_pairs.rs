//! Selects that meet: put against take, crossed, and both ends of one channel in one select.

mod common;

use common::{Executor, Task, now};
use csp_core::{Channel, Select, StaticChannel, TryPutError, select};
use std::cell::{Cell, RefCell};

/// Puts that, or takes what somebody else puts: `None` if its own was taken.
async fn swap(ch: &Channel<u32>, own: u32) -> Option<u32> {
    select! {
        r = ch.put(own) => {
            assert_eq!(r, Ok(()));
            None
        }
        v = ch.take() => v,
    }
}

#[test]
fn putting_and_taking_select_meet_on_a_rendezvous_whoever_comes_first() {
    let (ch, idle) = (Channel::new(0), Channel::<u32>::new(0));
    let put = || async {
        select! { r = ch.put(1) => r.is_ok(), _ = idle.take() => false }
    };
    let take = || async {
        select! { _ = idle.take() => None, v = ch.take() => v }
    };

    let mut putter = Task::parked(put());
    assert_eq!(now(take()), Some(1));
    assert!(putter.woken());

    let mut taker = Task::parked(take());
    assert!(now(put()));
    assert_eq!(taker.woken(), Some(1));
}

#[test]
fn dynamic_select_meets_a_fixed_one() {
    let ch = Channel::new(0);
    let mut set = Select::new();
    let take = set.add(ch.take());
    let mut wait = Task::parked(set.wait());
    assert!(now(async {
        select! { r = ch.put(1) => r.is_ok() }
    }));
    assert_eq!(wait.woken(), Some(take.index()));
    drop(wait);
    assert_eq!(set.output(take), Some(Some(1)));

    let mut set = Select::new();
    let put = set.add(ch.put(2));
    let mut wait = Task::parked(set.wait());
    assert_eq!(
        now(async {
            select! { v = ch.take() => v }
        }),
        Some(2)
    );
    assert_eq!(wait.woken(), Some(put.index()));
}

#[test]
fn crossed_selects_exchange_exactly_one_value() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let one = || async {
        select! { _ = a.put(1) => "put a", _ = b.take() => "took b" }
    };
    let two = || async {
        select! { _ = b.put(2) => "put b", _ = a.take() => "took a" }
    };
    for _ in 0..100 {
        let mut first = Task::parked(one());
        let second = now(two());
        match first.woken() {
            "put a" => assert_eq!(second, "took a"),
            _ => assert_eq!(second, "put b"),
        }
    }
}

#[test]
fn select_with_both_ends_of_a_rendezvous_never_pairs_with_itself() {
    let ch = Channel::new(0);
    let mut task = Task::parked(swap(&ch, 1));
    for _ in 0..10 {
        task.assert_pending();
    }
    assert_eq!(task.wakes(), 0);
    drop(task);
    assert!(ch.try_take().is_err() && ch.try_put(2).is_err());
}

#[test]
fn select_with_both_ends_that_was_called_in_vain_is_not_called_for_its_own_put() {
    let (ch, other) = (Channel::new(0), Channel::new(0));
    let mut task = Task::parked(async {
        select! { v = ch.take() => v, _ = ch.put(1) => None, v = other.take() => v }
    });
    other.try_put(2).unwrap();
    assert_eq!(other.try_take(), Ok(2), "faster");
    assert!(ch.try_take().is_err(), "it is awake: not to be claimed");
    task.assert_pending();
    assert_eq!(task.wakes(), 1);
    // All its arms wait again.
    assert_eq!(ch.try_put(3), Ok(()));
    assert_eq!(task.woken(), Some(3));
}

#[test]
fn select_with_both_ends_of_a_static_rendezvous_meets_each_kind_of_partner() {
    let ch = StaticChannel::<u32, 0>::new();
    let both = || async {
        select! { biased; v = ch.take() => v, r = ch.put(1) => r.ok().map(|()| 0) }
    };
    let mut task = Task::parked(both());
    assert_eq!(ch.try_take(), Ok(1));
    assert_eq!(task.woken(), Some(0));

    let mut task = Task::parked(both());
    assert_eq!(ch.try_put(2), Ok(()));
    assert_eq!(task.woken(), Some(2));

    let mut task = Task::parked(both());
    assert_eq!(now(ch.put(3)), Ok(()));
    assert_eq!(task.woken(), Some(3));

    let mut task = Task::parked(both());
    assert_eq!(now(ch.take()), Some(1));
    assert_eq!(task.woken(), Some(0));
}

#[test]
fn try_put_reaches_the_take_of_a_select_that_also_puts() {
    let ch = Channel::new(0);
    let mut task = Task::parked(swap(&ch, 1));
    assert_eq!(ch.try_put(2), Ok(()));
    assert_eq!(ch.try_put(3), Err(TryPutError::Full(3)));
    assert_eq!(task.woken(), Some(2));
}

#[test]
fn select_with_both_ends_of_a_buffered_channel_uses_the_buffer() {
    let ch = Channel::new(1);
    for round in 0..20 {
        // There is room, and nothing to take; then the other way round.
        assert_eq!(now(swap(&ch, round)), None);
        assert_eq!(now(swap(&ch, 99)), Some(round));
    }
}

#[test]
fn both_ends_several_times_in_one_select_stay_asleep_until_a_partner_comes() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let many = || async {
        select! {
            _ = a.put(1) => "put", v = a.take() => if v == Some(7) { "took" } else { "wrong" },
            _ = a.put(2) => "put", v = b.take() => if v == Some(7) { "took" } else { "wrong" },
            _ = b.put(3) => "put", _ = a.take() => "took",
        }
    };
    let mut task = Task::parked(many());
    task.assert_pending();
    assert_eq!(task.wakes(), 0);
    assert!(matches!(a.try_take(), Ok(1 | 2)));
    assert_eq!(task.woken(), "put");
    let mut task = Task::parked(many());
    assert_eq!(b.try_put(7), Ok(()));
    assert_eq!(task.woken(), "took");
}

#[test]
fn two_selects_with_both_ends_of_one_channel_pair() {
    let ch = Channel::new(0);
    for _ in 0..100 {
        let mut first = Task::parked(swap(&ch, 1));
        let second = now(swap(&ch, 2));
        match first.woken() {
            None => assert_eq!(second, Some(1)),
            Some(value) => assert_eq!((value, second), (2, None)),
        }
    }
}

#[test]
fn two_sets_with_both_ends_of_one_channel_pair() {
    let ch = Channel::new(0);
    let (mut one, mut two) = (Select::new(), Select::new());
    let (put_one, take_one) = (one.add(ch.put(1)), one.add(ch.take()));
    let (put_two, take_two) = (two.add(ch.put(2)), two.add(ch.take()));
    for _ in 0..50 {
        let mut first = Task::parked(one.wait());
        now(two.wait());
        first.woken();
        drop(first);
        let first = one.output(put_one).is_some();
        match first {
            true => {
                assert_eq!(two.output(take_two), Some(Some(1)));
                assert_eq!(one.refill(put_one, 1), None);
            }
            false => {
                assert_eq!(one.output(take_one), Some(Some(2)));
                assert_eq!(two.output(put_two), Some(Ok(())));
                assert_eq!(two.refill(put_two, 2), None);
            }
        }
    }
}

#[test]
fn all_of_an_even_number_pair_off_exactly_once() {
    for count in [2, 4, if cfg!(miri) { 8 } else { 1000 }] {
        let ch = Channel::new(0);
        let partner_of = RefCell::new(vec![None; count as usize]);
        let puts = Cell::new(0);
        let mut executor = Executor::new();
        for own in 0..count {
            let (ch, partner_of, puts) = (&ch, &partner_of, &puts);
            executor.go(async move {
                match swap(ch, own).await {
                    None => puts.set(puts.get() + 1),
                    Some(other) => {
                        let old = partner_of.borrow_mut()[other as usize].replace(own);
                        assert_eq!(old, None, "{other} is paired twice");
                        assert_ne!(own, other, "paired with itself");
                    }
                }
            });
        }
        assert_eq!(executor.run(), 0, "nobody is left over");
        assert_eq!(puts.get(), count / 2);
        assert_eq!(
            partner_of.borrow().iter().flatten().count(),
            count as usize / 2
        );
        // Each is polled once, and once more if it had to wait.
        assert!(
            executor.polls() <= 2 * count as usize,
            "{}",
            executor.polls()
        );
    }
}

#[test]
fn one_of_an_odd_number_is_left_over_asleep() {
    let ch = Channel::new(0);
    let mut executor = Executor::new();
    for own in 0..101 {
        let ch = &ch;
        executor.go(async move {
            swap(ch, own).await;
        });
    }
    assert_eq!(executor.run(), 1);
}

#[test]
fn selects_in_loops_pass_everything_on() {
    // A ring of three: each takes from the one behind it while it has nothing to put.
    const ROUNDS: u32 = if cfg!(miri) { 20 } else { 300 };
    for capacity in [0, 1] {
        let channels: Vec<_> = (0..3).map(|_| Channel::new(capacity)).collect();
        let seen = Cell::new(0);
        let mut executor = Executor::new();
        for own in 0..3_usize {
            let (from, to) = (&channels[own], &channels[(own + 1) % 3]);
            let seen = &seen;
            executor.go(async move {
                let mut held = (own == 0).then_some(1);
                loop {
                    let is_holding = held.is_some();
                    select! {
                        _ = to.put_from(&mut held) => {}
                        v = from.take(), if !is_holding => match v {
                            Some(n) if n < ROUNDS => held = Some(n + 1),
                            Some(n) => {
                                seen.set(n);
                                to.close();
                                return;
                            }
                            None => {
                                to.close();
                                return;
                            }
                        },
                    }
                }
            });
        }
        assert_eq!(executor.run(), 0);
        assert_eq!(seen.get(), ROUNDS);
    }
}

/// A call makes room for the value that it promises, but not for a value of the called select itself:
/// nobody would be there to take it.
#[test]
fn biased_select_does_not_put_into_the_room_of_its_own_call() {
    let put_then_take = async |ch: &Channel<u32>| {
        select! { biased; r = ch.put(7) => r.map(|()| None), v = ch.take() => Ok(v) }
    };
    let ch = Channel::new(0);
    let mut select = Task::parked(put_then_take(&ch));
    ch.try_put(1).unwrap();
    // Somebody else is faster, and passes over the put of a select that is awake.
    assert_eq!(ch.try_take(), Ok(1));
    select.assert_pending();
    assert_eq!(ch.try_take(), Ok(7));
    assert_eq!(select.woken(), Ok(None));
}

#[test]
fn biased_set_does_not_put_into_the_room_of_its_own_call() {
    let ch = Channel::new(0);
    let mut set = Select::new().biased();
    let put = set.add(ch.put(7));
    let take = set.add(ch.take());
    let mut wait = Task::parked(set.wait());
    ch.try_put(1).unwrap();
    assert_eq!(ch.try_take(), Ok(1));
    wait.assert_pending();
    assert_eq!(ch.try_take(), Ok(7));
    assert_eq!(wait.woken(), Some(put.index()));
    drop(wait);
    assert_eq!((set.output(put), set.output(take)), (Some(Ok(())), None));
}
