//! What crossbeam-channel's own tests show of its channels between threads (`zero`, `array`, `list`,
//! `select`), shown of ours. Each comment names the test; where our meaning is another one, it says so.
//! Its `after`, `tick` and `never` are among the runtimes' tests.

mod common;

use common::heap;
use csp_core::{
    Channel, PutTimeoutError, Receiver, Select, TakeTimeoutError, TryPutError, TryTakeError,
    channel, select_blocking,
};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

const UNBOUNDED: usize = usize::MAX;
/// Longer than any test waits for.
const LONG: Duration = Duration::from_secs(600);
/// Shorter than anything takes.
const SHORT: Duration = Duration::from_micros(50);
const ROUNDS: usize = if cfg!(miri) { 2 } else { 500 };

/// zero, array and list: `recv_timeout`, `send_timeout`
#[test]
fn time_that_is_over_gives_way_and_time_that_is_not_waits() {
    for capacity in [0, 1, UNBOUNDED] {
        let ch = heap(capacity);
        assert_eq!(
            ch.take_blocking_timeout(SHORT),
            Err(TakeTimeoutError::Timeout)
        );
        thread::scope(|scope| {
            scope.spawn(|| ch.put_blocking(7).unwrap());
            assert_eq!(ch.take_blocking_timeout(LONG), Ok(7));
        });
        if capacity < UNBOUNDED {
            while ch.try_put(8).is_ok() {}
            let late = ch.put_blocking_timeout(9, SHORT);
            assert_eq!(late, Err(PutTimeoutError::Timeout(9)));
            thread::scope(|scope| {
                scope.spawn(|| assert_eq!(ch.put_blocking_timeout(9, LONG), Ok(())));
                let taken: Vec<_> = (0..=capacity).map(|_| ch.take_blocking()).collect();
                assert_eq!(taken.last(), Some(&Some(9)));
            });
        }
        ch.close();
        assert_eq!(
            ch.take_blocking_timeout(LONG),
            Err(TakeTimeoutError::Closed)
        );
        let closed = ch.put_blocking_timeout(9, LONG);
        assert_eq!(closed, Err(PutTimeoutError::Closed(9)));
    }
}

/// array and list: `send_after_disconnect`, `recv_after_disconnect`
#[test]
fn puts_fail_after_the_receiver_is_gone_and_takes_go_on_after_the_sender_is() {
    for capacity in [3, UNBOUNDED] {
        let channel = || heap(capacity).split();
        let (tx, rx) = channel();
        assert_eq!(tx.put_blocking(1), Ok(()));
        drop(rx);
        assert_eq!(tx.try_put(2), Err(TryPutError::Closed(2)));
        assert_eq!(
            tx.put_blocking(3).map_err(|closed| closed.into_inner()),
            Err(3)
        );

        let (tx, rx) = channel();
        (1..=3).for_each(|n| tx.put_blocking(n).unwrap());
        drop(tx);
        let taken: Vec<_> = std::iter::from_fn(|| rx.take_blocking()).collect();
        assert_eq!(taken, [1, 2, 3]);
        assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    }
}

/// zero, array and list: `disconnect_wakes_sender`, `disconnect_wakes_receiver`
#[test]
fn end_that_goes_wakes_the_threads_at_the_other() {
    for _ in 0..ROUNDS / 10 + 1 {
        for capacity in [0, 1] {
            let (tx, rx) = channel(capacity);
            thread::scope(|scope| {
                for _ in 0..2 {
                    let tx = tx.clone();
                    scope.spawn(move || while tx.put_blocking(()).is_ok() {});
                }
                drop(tx);
                drop(rx);
            });
            let (tx, rx) = channel::<()>(capacity);
            thread::scope(|scope| {
                for _ in 0..2 {
                    let rx = rx.clone();
                    scope.spawn(move || assert_eq!(rx.take_blocking(), None));
                }
                drop(rx);
                drop(tx);
            });
        }
    }
}

/// array: `len`
#[test]
fn length_stays_within_the_capacity_while_threads_are_at_it() {
    for capacity in [0, 1, 5] {
        let ch = Channel::new(capacity);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..ROUNDS).for_each(|n| ch.put_blocking(n).unwrap()));
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        assert!(ch.len() <= capacity);
                        ch.take_blocking().unwrap();
                        assert!(ch.len() <= capacity);
                    }
                });
            }
        });
        assert_eq!((ch.len(), ch.is_empty()), (0, true));
    }
}

/// zero, array and list: `stress_oneshot`
#[test]
fn one_value_from_thread_to_thread_arrives() {
    for capacity in [0, 1, UNBOUNDED] {
        for n in 0..ROUNDS {
            let ch = heap(capacity);
            thread::scope(|scope| {
                scope.spawn(|| assert_eq!(ch.take_blocking(), Some(n)));
                scope.spawn(|| ch.put_blocking(n).unwrap());
            });
        }
    }
}

/// list: `stress_iter`
#[test]
fn answers_come_for_as_many_as_are_asked_for() {
    let (request_tx, request) = heap(UNBOUNDED).split();
    let (response_tx, response) = heap(UNBOUNDED).split();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut count = 0;
            loop {
                while response.try_take().is_ok() {
                    count += 1;
                }
                if count >= ROUNDS {
                    return;
                }
                request_tx.put_blocking(()).unwrap();
                thread::yield_now();
            }
        });
        while request.take_blocking().is_some() {
            if response_tx.put_blocking(()).is_err() {
                break;
            }
        }
    });
}

/// array and list: `linearizable`. Who has put a value finds one, if nobody takes without having put.
#[test]
fn whoever_takes_only_after_a_put_of_its_own_never_finds_nothing() {
    for capacity in [4, UNBOUNDED] {
        let ch = heap(capacity);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        ch.put_blocking(0).unwrap();
                        ch.try_take().unwrap();
                    }
                });
            }
        });
    }
}

/// zero, array and list: `recv_in_send`
#[test]
fn operations_may_stand_in_the_values_of_others() {
    let (ch, nested) = (Channel::new(1), Channel::new(1));
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::yield_now();
            nested.put_blocking(7).unwrap();
        });
        select_blocking! { r = ch.put(nested.take_blocking()) => r.unwrap() }
    });
    assert_eq!(ch.try_take(), Ok(Some(7)));
}

/// zero, array, list and select: `channel_through_channel`
#[test]
fn channels_pass_through_channels() {
    struct Next(Receiver<Next>);
    const DEPTH: usize = if cfg!(miri) { 20 } else { 1000 };
    for capacity in [0, 1, UNBOUNDED] {
        let (tx, rx) = heap(capacity).split();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut tx = tx;
                for _ in 0..DEPTH {
                    let (next_tx, next) = heap(capacity).split();
                    let next = Next(next);
                    let put = select_blocking! { r = tx.put(next) => r.is_ok() };
                    assert!(put);
                    tx = next_tx;
                }
            });
            let mut rx = rx;
            for _ in 0..DEPTH {
                let Next(next) = select_blocking! { v = rx.take() => v.unwrap() };
                rx = next;
            }
            assert!(rx.take_blocking().is_none());
        });
    }
}

/// select: `unblocks`
#[test]
fn select_that_blocks_is_woken_by_a_put_and_by_a_take() {
    let (a, b) = (Channel::<u32>::new(0), Channel::new(0));
    thread::scope(|scope| {
        scope.spawn(|| b.put_blocking(2).unwrap());
        select_blocking! { _ = a.take() => panic!("nobody puts there"), v = b.take() => assert_eq!(v, Some(2)) }
        scope.spawn(|| assert_eq!(b.take_blocking(), Some(3)));
        select_blocking! { _ = a.take() => panic!("nobody puts there"), r = b.put(3) => r.unwrap() }
    });
}

/// select: `both_ready`, `loopback`, `loop_try`
#[test]
fn selects_whose_partners_do_the_opposite_do_both_in_turn() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                a.put_blocking(1).unwrap();
                assert_eq!(b.take_blocking(), Some(2));
            }
        });
        let (mut taken, mut put) = (0, 0);
        for _ in 0..2 * ROUNDS {
            select_blocking! {
                v = a.take() => { assert_eq!(v, Some(1)); taken += 1 }
                r = b.put(2) => { r.unwrap(); put += 1 }
            }
        }
        assert_eq!((taken, put), (ROUNDS, ROUNDS));
    });

    // Try by try, each side in a loop of its own.
    for capacity in [0, 1] {
        let (a, b, end) = (
            Channel::new(capacity),
            Channel::new(capacity),
            Channel::<()>::new(0),
        );
        thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let is_put = select_blocking! { r = a.put(1) => r.is_ok(), default => false };
                    if is_put {
                        break;
                    }
                    thread::yield_now();
                }
                loop {
                    let taken = select_blocking! { v = b.take() => v, default => None };
                    if taken.is_some() {
                        break assert_eq!(taken, Some(2));
                    }
                    thread::yield_now();
                }
                end.close();
            });
            // Who waits is found by who tries.
            assert_eq!(
                select_blocking! { v = a.take() => v, v = end.take() => v.map(|()| 0) },
                Some(1)
            );
            select_blocking! { r = b.put(2) => r.unwrap() }
            assert_eq!(end.take_blocking(), None);
        });
    }
}

/// select: `preflight`, `nesting`, `cloning`, `reference`
#[test]
fn ends_may_go_and_selects_may_nest_in_operations_and_bodies() {
    // The other end is gone before the select begins.
    let (tx, rx) = channel::<u32>(0);
    drop(tx.clone());
    drop(tx);
    select_blocking! { v = rx.take() => assert_eq!(v, None) }

    let (tx, rx) = channel(1);
    select_blocking! {
        r = tx.put(0) => {
            r.unwrap();
            select_blocking! {
                v = rx.take() => {
                    assert_eq!(v, Some(0));
                    select_blocking! { r = tx.clone().put(v.unwrap() + 1) => r.unwrap() }
                }
            }
        }
    }
    select_blocking! { v = &rx => assert_eq!(v, Some(1)) }
}

/// select: `stress_recv`, `stress_send`, `stress_mixed`
#[test]
fn selects_over_takes_over_puts_and_over_both_lose_nothing() {
    for capacity in [0, 1] {
        let (a, b, done) = (
            Channel::new(capacity),
            Channel::new(capacity),
            Channel::new(0),
        );
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..ROUNDS {
                    a.put_blocking(n).unwrap();
                    done.take_blocking().unwrap();
                    b.put_blocking(n).unwrap();
                    done.take_blocking().unwrap();
                }
            });
            for n in 0..ROUNDS {
                for _ in 0..2 {
                    select_blocking! {
                        v = a.take() => assert_eq!(v, Some(n)),
                        v = b.take() => assert_eq!(v, Some(n)),
                    }
                    done.put_blocking(()).unwrap();
                }
            }
        });
        let (a, b) = (Channel::new(0), Channel::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..ROUNDS {
                    assert_eq!(a.take_blocking(), Some(n));
                    assert_eq!(b.take_blocking(), Some(n));
                }
            });
            for n in 0..ROUNDS {
                for _ in 0..2 {
                    select_blocking! { r = a.put(n) => r.unwrap(), r = b.put(n) => r.unwrap() }
                }
            }
        });
    }
}

/// select: `matching`, `matching_with_leftover`
#[test]
fn threads_that_each_put_or_take_pair_off_and_never_with_themselves() {
    const THREADS: usize = if cfg!(miri) { 4 } else { 44 };
    for odd in [0, 1] {
        let ch = Channel::new(0);
        let (taken, put) = (Mutex::new(BTreeSet::new()), AtomicUsize::new(0));
        thread::scope(|scope| {
            for n in 0..THREADS + odd {
                let (ch, taken, put) = (&ch, &taken, &put);
                scope.spawn(move || {
                    select_blocking! {
                        v = ch.take() => {
                            let v = v.unwrap();
                            assert_ne!(v, n, "met itself");
                            assert!(taken.lock().unwrap().insert(v), "taken twice");
                        }
                        r = ch.put(n) => {
                            r.unwrap();
                            put.fetch_add(1, SeqCst);
                        }
                    }
                });
            }
            if odd == 1 {
                // One is left over.
                ch.put_blocking(usize::MAX).unwrap();
            }
        });
        assert_eq!(put.load(SeqCst), THREADS / 2);
        assert_eq!(taken.lock().unwrap().len(), THREADS / 2 + odd);
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    }
}

/// Waits, busy, for so short a time that only another core can have brought it about.
fn await_turn(turn: &AtomicUsize, number: usize) {
    let mut tries = 0;
    while turn.load(SeqCst) != number {
        tries += 1;
        if tries % 1000 == 0 || cfg!(miri) {
            thread::yield_now();
        }
        std::hint::spin_loop();
    }
}

/// select: `linearizable_default`, `linearizable_try`. The two channels are never both empty, so a look
/// at both at one instant finds something.
#[test]
fn default_is_not_taken_while_a_value_moves_from_one_arm_to_the_other() {
    let rounds = if cfg!(miri) { 3 } else { 10 * ROUNDS };
    for by_set in [false, true] {
        let (a, b) = (Channel::new(1), Channel::new(1));
        let never = Channel::new(0);
        let turn = AtomicUsize::new(0);
        let mut missed = 0;
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 0..rounds {
                    await_turn(&turn, 2 * round + 1);
                    // One value goes over and back again, until it is found: there it is before it
                    // is no longer here.
                    let both_ways = [(&a, &b), (&b, &a)];
                    for (from, to) in both_ways.iter().cycle() {
                        to.try_put(1).unwrap();
                        if from.try_take().is_err() {
                            break;
                        }
                    }
                    let _ = (a.try_take(), b.try_take());
                    turn.store(2 * round + 2, SeqCst);
                }
            });
            for round in 0..rounds {
                a.try_put(1).unwrap();
                turn.store(2 * round + 1, SeqCst);
                for _ in 0..round % 100 {
                    std::hint::spin_loop();
                }
                // Between the two, arms that are not ready: a look takes its time.
                let found = if by_set {
                    let mut set = Select::new().biased();
                    set.add(a.take());
                    for _ in 0..20 {
                        set.add(never.take());
                    }
                    set.add(b.take());
                    set.try_wait().is_some()
                } else {
                    select_blocking! {
                        biased;
                        v = a.take() => v.is_some(),
                        _ = never.take() => false,
                        _ = never.put(1) => false,
                        _ = never.take() => false,
                        _ = never.put(2) => false,
                        _ = never.take() => false,
                        _ = never.put(3) => false,
                        v = b.take() => v.is_some(),
                        default => false,
                    }
                };
                missed += usize::from(!found);
                // Ends the round anyway.
                while !found && a.try_take().or(b.try_take()).is_err() {}
                await_turn(&turn, 2 * round + 2);
            }
        });
        assert_eq!(missed, 0, "looks that found nothing, of {rounds}");
    }
}

/// select: `fairness`, `fairness_duplicates`
#[test]
fn arms_that_are_always_ready_all_get_their_share() {
    const TIMES: usize = if cfg!(miri) { 200 } else { 10_000 };
    let (a, b) = (heap(UNBOUNDED), Channel::new(TIMES));
    let never = Channel::<()>::new(0);
    let mut hits = [0; 4];
    for _ in 0..TIMES {
        a.try_put(()).unwrap();
        b.try_put(()).unwrap();
        let arm = select_blocking! {
            _ = a.take() => 0,
            _ = b.take() => 1,
            _ = never.take() => 2,
            _ = a.take() => 3,
        };
        hits[arm] += 1;
    }
    assert_eq!(hits[2], 0);
    // A third each; a tenth as little as this is one in 10 to the 500.
    let fewest = TIMES / 6;
    assert!(
        hits[0] > fewest && hits[1] > fewest && hits[3] > fewest,
        "{hits:?}"
    );
}

/// select: `sync_and_clone`, `send_and_clone`
#[test]
fn one_set_of_arms_after_the_other_on_many_threads() {
    const THREADS: usize = if cfg!(miri) { 3 } else { 20 };
    let ends: Vec<_> = (0..5).map(|_| channel::<usize>(0)).collect();
    thread::scope(|scope| {
        for n in 0..THREADS {
            let ends = &ends;
            scope.spawn(move || {
                let mut set = Select::new();
                let takes: Vec<_> = ends.iter().map(|(_, rx)| set.add(rx.take())).collect();
                let puts: Vec<_> = ends.iter().map(|(tx, _)| set.add(tx.put(n))).collect();
                assert!(set.wait_blocking().is_some());
                let taken = takes.iter().filter_map(|&key| set.output(key)).flatten();
                let taken: Vec<_> = taken.collect();
                let put = puts
                    .iter()
                    .filter(|&&key| set.output(key).is_some())
                    .count();
                assert_eq!(taken.len() + put, 1);
                assert!(!taken.contains(&n), "met itself");
            });
        }
        if THREADS % 2 == 1 {
            let (tx, _) = &ends[0];
            tx.put_blocking(usize::MAX).unwrap();
        }
    });
}
