//! [`Select`], the set of arms that is built at run time.

mod common;

use common::{Ledger, Task, now};
use csp_core::{Channel, Closed, Select, StaticChannel, TryTakeError};
use std::future::{pending, ready};
use std::mem;
use std::pin::pin;

#[test]
fn empty_set_answers_at_once() {
    let mut set = Select::new();
    assert_eq!(now(set.wait()), None);
    assert_eq!(set.try_wait(), None);
    assert_eq!(set.wait_blocking(), None);
    assert!(set.is_empty());
}

#[test]
fn set_whose_arms_all_rest_answers_at_once() {
    let ch = Channel::new(1);
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    let future = set.add_future(ready(2));
    let nobody = set.add(None::<&Channel<u32>>);
    let mut committed = [now(set.wait()), now(set.wait())];
    committed.sort();
    assert_eq!(committed, [Some(put.index()), Some(future.index())]);
    assert_eq!(
        (set.output(put), set.output(future)),
        (Some(Ok(())), Some(2))
    );
    assert_eq!((now(set.wait()), set.try_wait()), (None, None));
    assert_eq!(set.output(nobody), None);
    assert_eq!(set.len(), 3, "resting arms count");
    assert_eq!(set.refill(put, 3), None);
    set.add(ch.take());
    assert!(now(set.wait()).is_some());
}

#[test]
fn set_whose_arms_were_removed_from_their_lines_answers_at_once() {
    let (a, b) = (Channel::<u32>::new(0), Channel::new(0));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(1)));
    assert!(!set.is_empty() && take == take && put == put);
    drop(Task::parked(set.wait()));
    assert!(set.remove(take) && set.remove(put));
    assert_eq!(now(set.wait()), None);
}

#[test]
fn put_from_arm_without_a_value_rests() {
    let ch = Channel::<u32>::new(0);
    let mut place = None;
    let mut set = Select::new();
    set.add(ch.put_from(&mut place));
    assert_eq!((now(set.wait()), set.try_wait()), (None, None));
    assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
}

#[test]
fn wait_says_which_arm_committed_and_output_gives_what_it_gave_once() {
    let (a, b) = (Channel::new(1), Channel::new(0));
    let mut set = Select::new();
    let take = set.add(a.take());
    let put = set.add(b.put("b"));
    a.try_put(1).unwrap();
    assert_eq!(now(set.wait()), Some(take.index()));
    assert_eq!(set.output(put), None);
    assert_eq!(set.output(take), Some(Some(1)));
    assert_eq!(set.output(take), None, "once");
    let mut wait = Task::parked(set.wait());
    assert_eq!(b.try_take(), Ok("b"));
    assert_eq!(wait.woken(), Some(put.index()));
    drop(wait);
    assert_eq!(set.output(put), Some(Ok(())));
}

#[test]
fn output_that_is_not_asked_for_is_dropped_when_the_arm_commits_again() {
    let ledger = Ledger::new();
    let ch = Channel::new(2);
    let mut set = Select::new();
    let take = set.add(ch.take());
    for id in 0..2 {
        ch.try_put(ledger.value(id)).unwrap();
    }
    assert!(now(set.wait()).is_some() && now(set.wait()).is_some());
    assert_eq!(ledger.drops(0), 1);
    assert_eq!(set.output(take).flatten().map(|value| value.id), Some(1));
}

#[test]
fn set_is_used_again_and_again() {
    csp_core::select::seed(1);
    let (a, b) = (Channel::new(0), Channel::new(3));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(0)));
    const ROUNDS: u32 = if cfg!(miri) { 30 } else { 300 };
    let (mut taken, mut was_put) = (0, 0);
    for round in 0..ROUNDS {
        let mut putter = Task::new(a.put(round));
        if round % 3 == 0 {
            putter.assert_pending();
        }
        match now(set.wait()) {
            Some(0) => {
                assert_eq!(set.output(take), Some(Some(round)));
                taken += 1;
            }
            Some(1) => {
                assert_eq!(set.output(put), Some(Ok(())));
                assert_eq!(set.refill(put, round), None);
                was_put += 1;
            }
            committed => panic!("{committed:?}"),
        }
        if b.is_full() {
            b.try_take().unwrap();
        }
    }
    assert_eq!(taken + was_put, ROUNDS);
    assert!(taken > ROUNDS / 15 && was_put > ROUNDS / 2);
}

#[test]
fn closed_arm_is_ready_every_time_until_it_is_removed() {
    let (a, b) = (Channel::<u32>::new(0), Channel::new(0));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(7)));
    a.close();
    for _ in 0..3 {
        assert_eq!(now(set.wait()), Some(take.index()));
        assert_eq!(set.output(take), Some(None));
    }
    assert!(set.remove(take));
    b.close();
    assert_eq!(now(set.wait()), Some(put.index()));
    assert_eq!(set.output(put), Some(Err(Closed(7))));
    assert_eq!(now(set.wait()), None, "its value went with the error");
}

#[test]
fn losing_put_keeps_its_value() {
    let ledger = Ledger::new();
    let (a, b) = (Channel::new(1), Channel::new(0));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(ledger.value(1))));
    for _ in 0..3 {
        let mut wait = Task::parked(set.wait());
        a.try_put(()).unwrap();
        assert_eq!(wait.woken(), Some(take.index()));
        assert!(b.try_take().is_err());
    }
    assert_eq!(set.take_back(put).map(|value| value.id), Some(1));
    assert_eq!(set.take_back(put), None);
    ledger.assert_settled();
}

#[test]
fn refill_gives_the_old_value_back() {
    let ch = Channel::new(0);
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    assert_eq!(set.refill(put, 2), Some(1));
    let mut wait = Task::parked(set.wait());
    assert_eq!(ch.try_take(), Ok(2));
    assert_eq!(wait.woken(), Some(put.index()));
    drop(wait);
    assert_eq!(set.refill(put, 3), None);
    assert!(set.remove(put));
    assert_eq!(set.refill(put, 4), Some(4), "no such arm");
}

#[test]
fn keys_of_another_set_or_of_removed_arms_name_nothing() {
    let ch = Channel::new(1);
    let (mut one, mut two) = (Select::new(), Select::new());
    let (first, second) = (one.add(ch.put(1)), two.add(ch.put(2)));
    assert_ne!(first, second);
    assert_eq!(one.take_back(second), None);
    assert_eq!(one.output(second), None);
    assert!(!one.remove(second));
    assert!(one.remove(first) && !one.remove(first));
    let again = one.add(ch.put(3));
    assert_eq!(again.index(), first.index());
    assert_ne!(again, first);
    assert_eq!(
        (one.take_back(first), one.take_back(again)),
        (None, Some(3))
    );
}

#[test]
fn removed_arm_does_not_commit_later() {
    let (ch, other) = (Channel::new(0), Channel::<u32>::new(0));
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    let wait = Task::parked(set.wait());
    assert_eq!(ch.try_take(), Ok(1));
    drop(wait);
    assert!(set.remove(put));
    let take = set.add(other.take());
    let waited = set.try_wait();
    assert_eq!((waited, set.output(take)), (None, None));
}

#[test]
fn try_wait_commits_only_what_is_ready() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(2)));
    assert_eq!(set.try_wait(), None);
    let mut putter = Task::parked(a.put(1));
    assert_eq!(set.try_wait(), Some(take.index()));
    assert_eq!(putter.woken(), Ok(()));
    let mut taker = Task::parked(b.take());
    assert_eq!(set.try_wait(), Some(put.index()));
    assert_eq!(taker.woken(), Some(2));
    assert_eq!(set.try_wait(), None);
    assert_eq!(b.try_take(), Err(TryTakeError::Empty));
}

#[test]
fn future_arm_resolves_once_and_rests() {
    let (gate, ch) = (Channel::<u32>::new(0), Channel::new(1));
    let mut answer = pin!(async { gate.take().await.unwrap() + 1 });
    let mut set = Select::new();
    let future = set.add_future(answer.as_mut());
    let take = set.add(ch.take());
    assert_eq!(set.try_wait(), None);
    let mut wait = Task::parked(set.wait());
    gate.try_put(41).unwrap();
    assert_eq!(wait.woken(), Some(future.index()));
    drop(wait);
    assert_eq!(set.output(future), Some(42));
    ch.try_put(1).unwrap();
    assert_eq!(now(set.wait()), Some(take.index()));
}

#[test]
fn set_of_many_arms_finds_each_partner_and_sleeps_quietly() {
    let channels: Vec<_> = (0..64).map(|n| Channel::new(n % 3)).collect();
    let mut set = Select::new();
    let keys: Vec<_> = channels.iter().map(|ch| set.add(ch.take())).collect();
    for round in 0..if cfg!(miri) { 32 } else { 640 } {
        let arm = round * 37 % 64;
        let mut wait = Task::parked(set.wait());
        channels[arm].try_put(round).unwrap();
        assert_eq!(wait.woken(), Some(keys[arm].index()));
        assert_eq!(wait.polls(), 2);
        drop(wait);
        assert_eq!(set.output(keys[arm]), Some(Some(round)));
    }
}

#[test]
fn waiting_arm_is_not_starved_by_arms_that_are_always_ready() {
    csp_core::select::seed(3);
    let (busy, rare) = (Channel::new(1), Channel::new(1));
    let mut set = Select::new();
    let (busy_take, rare_take) = (set.add(busy.take()), set.add(rare.take()));
    let mut most = 0;
    for _ in 0..if cfg!(miri) { 20 } else { 200 } {
        rare.try_put(()).unwrap();
        let mut rounds = 0;
        loop {
            let _ = busy.try_put(());
            if now(set.wait()) == Some(rare_take.index()) {
                break;
            }
            assert!(set.output(busy_take).is_some());
            rounds += 1;
        }
        most = most.max(rounds);
    }
    assert!(most < 40, "waited for {most} rounds");
}

#[test]
fn biased_set_prefers_the_order_in_which_arms_were_added() {
    let (a, b) = (Channel::new(1), Channel::new(1));
    let mut set = Select::new().biased();
    let (first, _second) = (set.add(a.take()), set.add(b.take()));
    for _ in 0..50 {
        a.try_put(()).unwrap();
        let _ = b.try_put(());
        assert_eq!(now(set.wait()), Some(first.index()));
    }
}

#[test]
fn dropped_wait_takes_its_arms_back() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut set = Select::new();
    let take = set.add(a.take());
    let put = set.add(b.put(2));
    drop(Task::parked(set.wait()));
    assert!(a.try_put(1).is_err());
    assert!(b.try_take().is_err());
    assert_eq!((set.output(take), set.take_back(put)), (None, Some(2)));
}

#[test]
fn wait_dropped_after_its_put_was_taken_is_made_up_for_by_the_next() {
    let ch = Channel::new(0);
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    let wait = Task::parked(set.wait());
    assert_eq!(ch.try_take(), Ok(1));
    assert_eq!(wait.wakes(), 1);
    drop(wait);
    assert_eq!(set.take_back(put), None);
    assert_eq!(now(set.wait()), Some(put.index()));
    assert_eq!(set.output(put), Some(Ok(())));
}

#[test]
fn called_wait_that_is_dropped_passes_the_call_on() {
    let ch = Channel::new(1);
    let mut set = Select::new();
    set.add(ch.take());
    let wait = Task::parked(set.wait());
    let mut next = Task::parked(ch.take());
    ch.try_put(1).unwrap();
    assert_eq!((wait.wakes(), next.wakes()), (1, 0));
    drop(wait);
    assert_eq!(next.woken(), Some(1));
}

#[test]
fn forgotten_wait_harms_nobody_and_the_set_can_be_used_again() {
    let (a, b) = (Channel::new(1), StaticChannel::<u32, 0>::new());
    let mut set = Select::new();
    let take = set.add(a.take());
    let put = set.add(b.put(2));
    Task::parked(set.wait()).forget();
    a.try_put(1).unwrap();
    assert_eq!(now(set.wait()), Some(take.index()));
    assert_eq!(set.output(take), Some(Some(1)));

    Task::parked(set.wait()).forget();
    assert_eq!(b.try_take(), Ok(2));
    assert_eq!(set.refill(put, 3), None);
    assert_eq!(now(set.wait()), Some(put.index()));

    let mut other = Task::parked(a.take());
    Task::parked(set.wait()).forget();
    drop(set);
    a.try_put(4).unwrap();
    assert_eq!(other.woken(), Some(4));
    assert!(b.try_take().is_err());
}

#[test]
fn forgotten_set_keeps_its_arms_where_they_are() {
    let ch = StaticChannel::<u32, 0>::new();
    let ch: &'static _ = Box::leak(Box::new(ch));
    let mut set = Select::new();
    set.add(ch.put(1));
    Task::parked(set.wait()).forget();
    mem::forget(set);
    // It was never withdrawn: the value may be taken, once.
    assert_eq!(ch.try_take(), Ok(1));
    assert!(ch.try_take().is_err());
}

#[test]
fn arms_are_added_and_removed_between_rounds() {
    let channels: Vec<_> = (0..10).map(|_| Channel::new(1)).collect();
    let mut set = Select::new();
    let mut keys = Vec::new();
    for (n, ch) in channels.iter().enumerate() {
        keys.push(set.add(ch.take()));
        ch.try_put(n).unwrap();
        assert_eq!(now(set.wait()), Some(keys[n].index()));
        assert_eq!(set.output(keys[n]), Some(Some(n)));
    }
    for (n, ch) in channels.iter().enumerate() {
        ch.try_put(n).unwrap();
        assert!(set.remove(keys[n]));
        assert_eq!((set.try_wait(), set.len()), (None, 9 - n));
    }
    assert!(set.is_empty());
}

#[test]
fn arms_of_a_set_are_dropped_with_it() {
    let ledger = Ledger::new();
    let ch = Channel::new(0);
    let mut set = Select::new();
    set.add(ch.put(ledger.value(1)));
    let held = ledger.value(2);
    set.add_future(async move {
        let _held = held;
        pending::<()>().await;
    });
    drop(Task::parked(set.wait()));
    assert_eq!(ledger.alive(), 2);
    drop(set);
    ledger.assert_settled();
}

#[test]
fn set_is_debug() {
    let ch = Channel::<u32>::new(0);
    let mut set = Select::new();
    let key = set.add(ch.take());
    assert!(format!("{key:?}").contains('0'));
    assert!(format!("{set:?}").contains("arms: 1"));
    assert!(format!("{:?}", set.wait()).contains("Wait"));
}
