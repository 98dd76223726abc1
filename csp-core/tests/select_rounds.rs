//! [`Select`] from round to round: its arms stay in line, and between rounds they are nobody's
//! partners and in nobody's way.

mod common;

use common::{Ledger, Random, Task, Value, now, panic_of, poll_once};
use csp_core::select::{Key, PutArm, TakeArm};
use csp_core::{Channel, Select, StaticChannel, TryPutError, TryTakeError};
use std::cell::Cell;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::task::{Poll, Wake, Waker};

#[test]
fn arm_keeps_its_place_in_line_from_round_to_round() {
    for capacity in [0, 1] {
        let (a, b) = (Channel::new(capacity), Channel::new(capacity));
        let mut set = Select::new();
        let (take_a, take_b) = (set.add(a.take()), set.add(b.take()));
        let mut wait = Task::parked(set.wait());
        let mut behind = Task::parked(a.take());
        b.try_put(1).unwrap();
        assert_eq!(wait.woken(), Some(take_b.index()));
        drop(wait);
        let mut wait = Task::parked(set.wait());
        a.try_put(2).unwrap();
        assert!(!behind.is_woken());
        assert_eq!(wait.woken(), Some(take_a.index()));
        a.try_put(3).unwrap();
        assert_eq!(behind.woken(), Some(3));
    }
}

#[test]
fn arm_of_a_set_between_rounds_is_nobodys_partner() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let mut set = Select::new();
    let (take, put) = (set.add(a.take()), set.add(b.put(2)));
    drop(Task::parked(set.wait()));
    assert_eq!(a.try_put(1), Err(TryPutError::Full(1)));
    assert_eq!(b.try_take(), Err(TryTakeError::Empty));
    let mut putter = Task::parked(a.put(1));
    let mut taker = Task::parked(b.take());
    let mut committed = [now(set.wait()), now(set.wait())];
    committed.sort();
    assert_eq!(committed, [Some(take.index()), Some(put.index())]);
    assert_eq!((putter.woken(), taker.woken()), (Ok(()), Some(2)));
    assert_eq!(set.output(take), Some(Some(1)));
}

#[test]
fn call_goes_past_the_arms_of_sets_between_rounds() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        let mut sets: Vec<_> = (0..3).map(|_| Select::new()).collect();
        for set in &mut sets {
            set.add(ch.take());
            set.add(ch.take());
            assert_eq!(set.try_wait(), None);
        }
        let mut behind = Task::parked(ch.take());
        ch.try_put(1).unwrap();
        assert_eq!(behind.woken(), Some(1));
        assert!(sets.iter_mut().all(|set| set.try_wait().is_none()));
    }
}

#[test]
fn put_goes_past_the_puts_of_sets_between_rounds() {
    let ch = Channel::new(1);
    ch.try_put(0).unwrap();
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    assert_eq!(set.try_wait(), None);
    let mut behind = Task::parked(ch.put(2));
    assert_eq!(ch.try_take(), Ok(0));
    assert_eq!(behind.woken(), Ok(()));
    assert_eq!(set.try_wait(), None);
    assert_eq!(ch.try_take(), Ok(2));
    assert_eq!(set.try_wait(), Some(put.index()));
    assert_eq!(ch.try_take(), Ok(1));
}

#[test]
fn arm_that_was_met_between_rounds_is_looked_at_in_the_next() {
    let channels: Vec<_> = (0..20).map(|n| Channel::new(n % 3)).collect();
    let mut set = Select::new();
    let keys: Vec<_> = channels.iter().map(|ch| set.add(ch.take())).collect();
    assert_eq!(set.try_wait(), None);
    let mut putters: Vec<_> = (channels.iter().enumerate())
        .map(|(n, ch)| Task::new(ch.put(n)))
        .collect();
    for putter in &mut putters {
        let _ = putter.poll();
    }
    let mut committed: Vec<_> = keys.iter().map(|_| now(set.wait()).unwrap()).collect();
    committed.sort();
    assert!(committed.iter().copied().eq(0..20));
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(set.output(*key), Some(Some(n)));
    }
    assert_eq!(set.try_wait(), None);
    Task::parked(set.wait()).assert_pending();
}

#[test]
fn set_is_polled_twice_a_round_and_woken_once_whatever_is_noted_meanwhile() {
    let channels: Vec<_> = (0..5).map(|_| Channel::new(1)).collect();
    let mut set = Select::new();
    for ch in &channels {
        set.add(ch.take());
    }
    for _ in 0..10 {
        let mut wait = Task::parked(set.wait());
        for ch in &channels {
            ch.try_put(()).unwrap();
        }
        // The first put calls it; it is awake for the others.
        assert_eq!(wait.wakes(), 1);
        assert_eq!(wait.woken(), Some(0));
        drop(wait);
        for _ in 1..5 {
            assert!(matches!(now(set.wait()), Some(1..5)));
        }
    }
}

#[test]
fn put_that_is_taken_back_leaves_the_line() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        (0..capacity).for_each(|_| ch.try_put(0).unwrap());
        let mut set = Select::new();
        let put = set.add(ch.put(1));
        let mut wait = Task::parked(set.wait());
        wait.assert_pending();
        drop(wait);
        assert_eq!(set.take_back(put), Some(1));
        let mut other = Task::parked(ch.put(2));
        assert_eq!(set.refill(put, 3), None);
        let mut wait = Task::parked(set.wait());
        (0..capacity).for_each(|_| assert_eq!(ch.try_take(), Ok(0)));
        assert_eq!(ch.try_take(), Ok(2));
        assert_eq!(other.woken(), Ok(()));
        assert_eq!(ch.try_take(), Ok(3));
        assert_eq!(wait.woken(), Some(put.index()));
    }
}

#[test]
fn another_value_goes_to_the_back_of_the_line() {
    let ch = Channel::new(0);
    let mut set = Select::new();
    let put = set.add(ch.put(1));
    assert_eq!(set.try_wait(), None);
    let mut other = Task::parked(ch.put(2));
    assert_eq!(set.refill(put, 3), Some(1));
    let mut wait = Task::parked(set.wait());
    assert_eq!((ch.try_take(), ch.try_take()), (Ok(2), Ok(3)));
    assert_eq!((other.woken(), wait.woken()), (Ok(()), Some(put.index())));
}

#[test]
fn arm_is_removed_from_wherever_it_stands() {
    // In line; met between rounds; due; called while the set sleeps.
    for place in 0..4 {
        let (ch, other) = (Channel::new(1), Channel::<u32>::new(0));
        let mut set = Select::new();
        let take = set.add(ch.take());
        let rest = set.add(other.take());
        match place {
            0 => assert_eq!(set.try_wait(), None),
            1 => {
                assert_eq!(set.try_wait(), None);
                ch.try_put(1).unwrap();
            }
            2 => {
                ch.try_put(0).unwrap();
                assert_eq!(set.try_wait(), Some(take.index()));
            }
            _ => {
                let mut wait = set.wait();
                assert!(poll_once(Pin::new(&mut wait)).is_pending());
                ch.try_put(1).unwrap();
                mem::forget(wait);
            }
        }
        let mut taker = Task::new(ch.take());
        if place == 3 {
            // The value is promised to the set.
            assert_eq!(ch.len(), 0);
        }
        assert!(set.remove(take));
        assert_eq!((set.len(), set.try_wait()), (1, None));
        if matches!(place, 0 | 2) {
            ch.try_put(1).unwrap();
        }
        assert_eq!(taker.ready(), Some(1));
        // Its place is another arm's now.
        let again = set.add(ch.take());
        assert_eq!(again.index(), take.index());
        let mut wait = Task::parked(set.wait());
        ch.try_put(2).unwrap();
        assert_eq!(wait.woken(), Some(again.index()));
        drop(wait);
        assert_eq!((set.output(take), set.output(rest)), (None, None));
        assert_eq!(set.output(again), Some(Some(2)));
    }
}

/// A value that is promised to a taker who does not look is held back from those who sleep, though
/// not from those who try.
#[test]
fn try_wait_takes_what_is_promised_to_somebody_who_has_not_looked() {
    let ch = Channel::new(1);
    let mut first = Task::parked(ch.take());
    let mut set = Select::new();
    let take = set.add(ch.take());
    let mut wait = Task::parked(set.wait());
    ch.try_put(1).unwrap();
    wait.assert_pending();
    drop(wait);
    assert_eq!(set.try_wait(), Some(take.index()));
    assert_eq!(set.output(take), Some(Some(1)));
    first.assert_pending();

    let mut wait = Task::parked(set.wait());
    ch.try_put(2).unwrap();
    assert!(first.is_woken() && !wait.is_woken());
    drop(first);
    assert_eq!(wait.woken(), Some(take.index()));
}

#[test]
fn biased_set_looks_at_its_arms_in_their_order_in_every_round() {
    let channels: Vec<_> = (0..6).map(|_| Channel::new(2)).collect();
    let mut set = Select::new().biased();
    for ch in &channels {
        set.add(ch.take());
    }
    assert_eq!(set.try_wait(), None);
    for ch in channels.iter().rev() {
        ch.try_put(()).unwrap();
        ch.try_put(()).unwrap();
    }
    for arm in 0..6 {
        assert_eq!((now(set.wait()), now(set.wait())), (Some(arm), Some(arm)));
    }
    let mut wait = Task::parked(set.wait());
    channels[4].try_put(()).unwrap();
    channels[1].try_put(()).unwrap();
    assert_eq!(wait.woken(), Some(1), "called for another");
    drop(wait);
    assert_eq!(now(set.wait()), Some(4));
}

#[test]
fn biased_set_that_leaves_by_another_arm_passes_its_call_on() {
    let (a, b) = (Channel::new(1), Channel::new(1));
    let mut set = Select::new().biased();
    let (first, second) = (set.add(a.take()), set.add(b.take()));
    let mut wait = Task::parked(set.wait());
    let mut behind = Task::parked(b.take());
    b.try_put(1).unwrap();
    a.try_put(2).unwrap();
    assert_eq!(wait.woken(), Some(first.index()));
    drop(wait);
    assert_eq!(behind.woken(), Some(1));
    assert_eq!(set.try_wait(), None);
    assert_eq!(set.output(second), None);

    // Found void by the set itself, it is put back in front of the others.
    let mut wait = Task::parked(set.wait());
    let mut behind = Task::parked(b.take());
    b.try_put(3).unwrap();
    assert_eq!(b.try_take(), Ok(3));
    wait.assert_pending();
    b.try_put(4).unwrap();
    assert_eq!(wait.woken(), Some(second.index()));
    drop(wait);
    b.try_put(5).unwrap();
    assert_eq!(behind.woken(), Some(5));
}

#[test]
fn ready_arms_are_chosen_evenly_in_every_round() {
    csp_core::select::seed(7);
    const ROUNDS: usize = if cfg!(miri) { 80 } else { 8000 };
    let channels: Vec<_> = (0..8).map(|_| Channel::new(1)).collect();
    let mut set = Select::new();
    for ch in &channels {
        set.add(ch.take());
    }
    let mut chosen = [0; 8];
    for _ in 0..ROUNDS {
        for ch in &channels {
            let _ = ch.try_put(());
        }
        chosen[now(set.wait()).unwrap()] += 1;
    }
    let fair = ROUNDS / 8;
    assert!(
        chosen.iter().all(|&n| n > fair / 2 && n < fair * 2),
        "{chosen:?}"
    );
}

#[test]
fn both_ends_and_one_end_twice_in_a_set_meet_others_only() {
    static FIXED: StaticChannel<u32, 0> = StaticChannel::new();
    let heap = Channel::new(0);
    let mut set = Select::new();
    let takes = [set.add(heap.take()), set.add(heap.take())];
    let puts = [set.add(heap.put(1)), set.add(heap.put(2))];
    let (fixed_put, fixed_take) = (set.add(FIXED.put(3)), set.add(FIXED.take()));
    for round in 10..if cfg!(miri) { 18 } else { 30 } {
        for _ in 0..3 {
            assert_eq!(set.try_wait(), None);
            drop(Task::parked(set.wait()));
        }
        let mut wait = Task::parked(set.wait());
        wait.assert_pending();
        match round % 4 {
            0 => assert_eq!(heap.try_put(round), Ok(())),
            1 => assert!(heap.try_take().is_ok()),
            2 => assert_eq!(FIXED.try_put(round), Ok(())),
            _ => assert_eq!(FIXED.try_take(), Ok(3)),
        }
        wait.woken();
        drop(wait);
        match round % 4 {
            0 => assert!(
                takes
                    .iter()
                    .any(|&key| set.output(key) == Some(Some(round)))
            ),
            1 => {
                let put = *puts.iter().find(|&&key| set.output(key).is_some()).unwrap();
                assert_eq!(set.refill(put, round), None);
            }
            2 => assert_eq!(set.output(fixed_take), Some(Some(round))),
            _ => {
                assert_eq!(set.output(fixed_put), Some(Ok(())));
                assert_eq!(set.refill(fixed_put, 3), None);
            }
        }
    }
}

#[test]
fn closed_and_reopened_between_rounds() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut set = Select::new();
    let (take, put) = (set.add(ch.take()), set.add(ch.put(1)));
    assert_eq!(set.try_wait(), None);
    assert!(ch.close() && ch.reopen());
    assert_eq!(set.try_wait(), None);
    let mut wait = Task::parked(set.wait());
    ch.close();
    assert!(wait.woken().is_some());
    drop(wait);
    while set.take_back(put).is_some() || set.output(put).is_none() && set.output(take).is_none() {
        assert!(set.try_wait().is_some());
    }
    assert!(set.remove(put));
    ch.reopen();
    while set.try_wait().is_some() {}
    let mut wait = Task::parked(set.wait());
    ch.try_put(2).unwrap();
    assert_eq!(wait.woken(), Some(take.index()));
}

/// A waker that panics, where a put gets in line and calls a taker.
#[test]
fn panic_while_an_arm_gets_in_line_loses_neither_the_arm_nor_its_value() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: std::sync::Arc<Self>) {
            panic!("a waker");
        }
    }
    let ch = StaticChannel::<u32, 0>::new();
    let mut set = Select::new();
    let put = set.add(ch.put(2));
    let mut first = Task::parked(ch.take());
    let mut second = Task::new(ch.take());
    assert!(
        second
            .poll_with(&Waker::from(std::sync::Arc::new(Panics)))
            .is_pending()
    );
    // For the first; and there is no other place.
    ch.try_put(1).unwrap();
    assert_eq!(panic_of(|| set.try_wait()), "a waker");
    assert_eq!(set.try_wait(), None);
    assert_eq!(first.woken(), Some(1));
    second.assert_pending();
    assert_eq!(set.try_wait(), Some(put.index()));
    assert_eq!(second.woken(), Some(2));
    assert!(ch.try_take().is_err());
}

#[test]
fn panic_of_a_future_that_is_an_arm_leaves_the_others_as_they_are() {
    let ch = Channel::new(1);
    let mut set = Select::new();
    let take = set.add(ch.take());
    let mut polls = 0;
    let future = set.add_future(poll_fn(move |_| {
        polls += 1;
        assert!(polls != 2, "an arm");
        Poll::<()>::Pending
    }));
    let mut wait = Task::parked(set.wait());
    assert_eq!(panic_of(|| wait.poll()), "an arm");
    drop(wait);
    ch.try_put(1).unwrap();
    assert_eq!(now(set.wait()), Some(take.index()));
    assert!(set.remove(future));
    let mut wait = Task::parked(set.wait());
    ch.try_put(2).unwrap();
    assert_eq!(wait.woken(), Some(take.index()));
}

enum Arm<'a> {
    Take(Key<TakeArm<'a, Value>>),
    Put(Key<PutArm<'a, Value>>),
}

/// A set that lives through anything, in random order: no value is lost or doubled, and when it
/// sleeps, whoever comes is served.
#[test]
fn set_lives_through_anything_between_its_rounds() {
    for seed in 0..if cfg!(miri) { 2 } else { 600 } {
        live(seed);
    }
}

fn live(seed: u64) {
    csp_core::select::seed(seed);
    let mut random = Random::new(seed);
    let ledger = Ledger::new();
    let ids = Cell::new(0);
    let value = || ledger.value(ids.replace(ids.get() + 1));
    let channels: Vec<_> = (0..3).map(|_| Channel::new(random.below(3))).collect();
    let mut set = Select::new();
    if random.below(3) == 0 {
        set = set.biased();
    }
    let mut arms: Vec<(usize, Arm<'_>)> = Vec::new();
    let mut others: Vec<Task<'_, ()>> = Vec::new();
    for _ in 0..80 {
        let n = random.below(channels.len());
        let (ch, value) = (&channels[n], &value);
        match random.below(12) {
            0 if arms.len() < 12 => arms.push((n, Arm::Take(set.add(channels[n].take())))),
            1 if arms.len() < 12 => arms.push((n, Arm::Put(set.add(channels[n].put(value()))))),
            2 if !arms.is_empty() => match arms.swap_remove(random.below(arms.len())).1 {
                Arm::Take(key) => assert!(set.remove(key)),
                Arm::Put(key) => assert!(set.remove(key)),
            },
            3 if !arms.is_empty() => {
                if let Arm::Put(key) = &arms[random.below(arms.len())].1 {
                    match random.below(2) {
                        0 => drop(set.take_back(*key)),
                        _ => drop(set.refill(*key, value())),
                    }
                }
            }
            4 => drop(channels[n].try_put(value())),
            5 => drop(channels[n].try_take()),
            6 => others.push(Task::new(async move {
                let _ = ch.put(value()).await;
            })),
            7 => others.push(Task::new(async move {
                ch.take().await;
            })),
            8 if !others.is_empty() => drop(others.swap_remove(random.below(others.len()))),
            9 => drop(set.try_wait()),
            _ => {
                let mut wait = set.wait();
                if poll_once(Pin::new(&mut wait)).is_pending() {
                    match random.below(4) {
                        0 => mem::forget(wait),
                        1 => drop(channels[n].try_put(value())),
                        2 => drop(channels[n].try_take()),
                        _ => {}
                    }
                }
            }
        }
        others.retain_mut(|task| task.polls() > 0 && !task.is_woken() || task.poll().is_pending());
    }
    // Each arm in line is found by the partner that comes for it alone.
    drop(others);
    for (_, arm) in &arms {
        if let Arm::Put(key) = arm {
            drop(set.refill(*key, value()));
        }
    }
    while set.try_wait().is_some() {
        for (_, arm) in &arms {
            match arm {
                Arm::Put(key) => drop(set.output(*key)),
                Arm::Take(key) => drop(set.output(*key)),
            }
        }
    }
    for (n, arm) in &arms {
        let ch = &channels[*n];
        let mut wait = Task::new(set.wait());
        if wait.poll().is_ready() {
            continue;
        }
        match arm {
            Arm::Take(_) => {
                assert!(ch.try_put(value()).is_ok(), "{seed}");
                assert!(wait.woken().is_some());
            }
            Arm::Put(key) => {
                drop(wait);
                if set.take_back(*key).is_none() {
                    continue;
                }
                drop(set.refill(*key, value()));
                let mut wait = Task::new(set.wait());
                while wait.poll().is_pending() {
                    assert!(ch.try_take().is_ok(), "{seed}");
                }
            }
        }
    }
    drop(set);
    drop(channels);
    ledger.assert_settled();
}
