//! Room that is reserved, on every kind of channel: who gets it, and when, and that it is never more
//! than the capacity.

mod common;

use common::{
    AnyChannel, AnyPermit, Executor, Random, Task, all_permits, each_kind, now, poll_once,
};
use csp_core::{
    Channel, Closed, LocalChannel, ReserveError, TryPutError, TryReserveError, TryTakeError,
    channel, select,
};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::task::Poll;

const ANY: usize = usize::MAX;

/// An interpreter would take minutes for more.
const MIRI: bool = cfg!(miri);

#[test]
fn permit_is_room_for_one_value_and_its_put_never_waits() {
    each_kind(1, 100, |ch| {
        let capacity = ch.capacity();
        for filled in [0, 1, capacity / 2, capacity] {
            for n in 0..filled {
                ch.try_put(n).unwrap();
            }
            let permits = all_permits(ch);
            assert_eq!((permits.len(), ch.len()), (capacity - filled, filled));
            assert_eq!(ch.try_put(0), Err(TryPutError::Full(0)));
            // The last permit first: values come in the order in which they are put.
            for (n, permit) in permits.into_iter().rev().enumerate() {
                assert_eq!(permit.put(filled + n), Ok(()));
                assert_eq!(ch.len(), filled + n + 1);
            }
            assert!(ch.is_full());
            assert!(ch.drain().into_iter().eq(0..capacity));
        }
    });
}

#[test]
fn rendezvous_has_no_room_to_reserve() {
    each_kind::<u8>(0, 0, |ch| {
        let taker = Task::parked(ch.take());
        assert_eq!(now(ch.reserve()).err(), Some(ReserveError::Rendezvous));
        assert_eq!(ch.try_reserve().err(), Some(TryReserveError::Rendezvous));
        assert_eq!(taker.wakes(), 0);
    });
}

#[test]
fn dropped_permit_gives_its_room_to_the_next_who_waits() {
    each_kind(1, 100, |ch| {
        let mut permits = all_permits(ch);
        let mut put = Task::parked(ch.put(1));
        let mut reserve = Task::parked(ch.reserve());
        let mut last = Task::parked(ch.put(2));
        drop(permits.pop());
        assert_eq!(put.woken(), Ok(()));
        assert!(!reserve.is_woken());
        assert_eq!(ch.try_take(), Ok(1));
        drop(permits.pop());
        let permit = reserve.woken().unwrap();
        assert_eq!(last.is_woken(), ch.capacity() > 1);
        drop(permit);
        assert_eq!(last.woken(), Ok(()));
        drop(permits);
        assert_eq!(all_permits(ch).len(), ch.capacity() - 1);
        assert_eq!(ch.drain(), [2]);
    });
}

#[test]
fn reserves_and_puts_are_served_first_come_first_served() {
    each_kind(1, 100, |ch| {
        let capacity = ch.capacity();
        for n in 0..capacity {
            ch.try_put(n).unwrap();
        }
        let mut put = Task::parked(ch.put(capacity));
        let mut first = Task::parked(ch.reserve());
        let mut second = Task::parked(ch.reserve());
        let mut last = Task::parked(ch.put(capacity + 1));
        assert_eq!(ch.try_take(), Ok(0));
        assert_eq!(put.woken(), Ok(()));
        first.assert_pending();
        let one = now(ch.take());
        assert!(one.is_some());
        let first = first.woken().unwrap();
        second.assert_pending();
        // What a permit puts takes no room but its own.
        first.put(7).unwrap();
        second.assert_pending();
        last.assert_pending();
        assert!(now(ch.take()).is_some());
        let second = second.woken().unwrap();
        assert!(!last.is_woken());
        drop(second);
        assert_eq!(last.woken(), Ok(()));
        assert!(ch.is_full());
    });
}

#[test]
fn granted_reserve_that_is_dropped_passes_its_room_on() {
    each_kind(1, 100, |ch| {
        let mut permits = all_permits(ch);
        let granted = Task::parked(ch.reserve());
        let gone = Task::parked(ch.reserve());
        let mut put = Task::parked(ch.put(1));
        drop(permits.pop());
        assert!(granted.is_woken() && !gone.is_woken());
        drop(gone);
        drop(granted);
        assert_eq!(put.woken(), Ok(()));
        drop(permits);
        assert_eq!(all_permits(ch).len(), ch.capacity() - 1);
    });
}

#[test]
fn takes_wait_for_values_and_puts_for_room_while_all_of_it_is_reserved() {
    each_kind(1, 100, |ch| {
        let mut permits = all_permits(ch);
        let mut put = Task::parked(ch.put(2));
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        assert!(ch.drain().is_empty() && ch.is_empty());
        let mut take = Task::parked(ch.take());
        assert!(!put.is_woken());
        permits.pop().unwrap().put(1).unwrap();
        assert!(!put.is_woken());
        assert_eq!(take.woken(), Some(1));
        assert_eq!(put.woken(), Ok(()));
        assert_eq!(ch.try_take(), Ok(2));
    });
}

#[test]
fn permit_is_not_granted_for_the_sake_of_a_called_taker() {
    each_kind(1, 100, |ch| {
        let capacity = ch.capacity();
        let called = Task::parked(ch.take());
        let mut reserve = None;
        for n in 0..capacity {
            ch.try_put(n).unwrap();
        }
        if let Poll::Ready(permit) = Task::new(ch.reserve()).poll() {
            unreachable!("{capacity} values and {permit:?}");
        }
        let parked = reserve.insert(Task::parked(ch.reserve()));
        // A value may go past the buffer for it, but not past who waits.
        assert_eq!(ch.try_put(capacity), Err(TryPutError::Full(capacity)));
        assert_eq!(ch.try_take(), Ok(0));
        let permit = parked.woken().unwrap();
        assert_eq!(ch.try_put(capacity), Ok(()));
        drop(called);
        assert_eq!(ch.len(), capacity);
        permit.put(capacity + 1).unwrap();
        assert!(ch.len() <= capacity);
        assert!(ch.drain().into_iter().eq(1..capacity + 2));
    });
}

#[test]
fn reserve_that_is_the_first_in_line_stays_so_until_the_buffer_has_room() {
    each_kind(1, 100, |ch| {
        let called = [Task::parked(ch.take()), Task::parked(ch.take())];
        let stored = (0..).take_while(|&n| ch.try_put(n).is_ok()).count();
        // Some of them went past the buffer, for the takers that were called.
        let past = stored - ch.capacity();
        assert!(past > 0 && called.iter().all(Task::is_woken));
        let mut reserve = Task::parked(ch.reserve());
        let put = Task::parked(ch.put(stored));
        for n in 0..past {
            assert_eq!(ch.try_take(), Ok(n));
            assert!(!reserve.is_woken() && !put.is_woken());
        }
        assert_eq!(ch.try_take(), Ok(past));
        assert!(reserve.woken().is_ok());
    });
}

// tokio#8075
#[test]
fn reserve_that_is_served_is_woken_once_by_its_newest_waker() {
    each_kind::<u8>(1, 100, |ch| {
        let permits = all_permits(ch);
        let mut reserve = Task::parked(ch.reserve());
        reserve.change_waker();
        reserve.assert_pending();
        reserve.assert_pending();
        drop(permits);
        drop(reserve.woken());
        assert_eq!(reserve.wakes(), 1);
    });
    let ch = LocalChannel::<u8>::new(1);
    let mut again = pin!(ch.reserve());
    for _ in 0..2 {
        // Polled again, it reserves anew.
        assert!(poll_once(again.as_mut()).is_ready());
    }
}

#[test]
fn ring_grows_around_the_permits_that_are_out() {
    const FEW: usize = if MIRI { 40 } else { 5_000 };
    // More than a mebibyte, so it grows to its capacity; and one that grows for ever.
    for ch in [Channel::<[u64; 64]>::new(FEW), Channel::unbounded()] {
        let mut held = Vec::new();
        for n in 0..FEW {
            match n % 3 {
                0 => ch.try_put([n as u64; 64]).unwrap(),
                1 => held.push((n, ch.try_reserve().unwrap())),
                _ => held.push((n, now(ch.reserve()).unwrap())),
            }
        }
        if ch.capacity() == FEW {
            assert_eq!(ch.try_put([0; 64]), Err(TryPutError::Full([0; 64])));
            assert_eq!(ch.try_reserve().unwrap_err(), TryReserveError::Full);
            assert!(poll_once(pin!(ch.put_all([[0; 64]]))).is_pending());
        } else {
            now(ch.put_all([[0; 64]])).unwrap();
            assert_eq!(ch.len(), FEW.div_ceil(3) + 1);
        }
        for (n, permit) in held.into_iter().rev() {
            permit.put([n as u64; 64]).unwrap();
        }
        let sum: u64 = ch.drain().iter().map(|value| value[63]).sum();
        assert_eq!(sum, (0..FEW as u64).sum::<u64>());
        drop(all_of(&ch, FEW));
        assert!(ch.is_empty());
    }
}

/// So many permits at most.
fn all_of<T>(ch: &dyn AnyChannel<T>, most: usize) -> Vec<AnyPermit<'_, T>> {
    (0..most).map_while(|_| ch.try_reserve().ok()).collect()
}

#[test]
fn batches_go_around_permits_and_serve_those_who_wait_for_one() {
    each_kind(3, 100, |ch| {
        let capacity = ch.capacity();
        let permit = now(ch.reserve()).unwrap();
        let mut all = Task::parked(ch.put_all((0..capacity + 1).collect()));
        assert_eq!(ch.len(), capacity - 1);
        let mut reserve = Task::parked(ch.reserve());
        // One place for the batch's value that waits, one for the permit.
        let mut buffer = Vec::new();
        assert_eq!(now(ch.take_many(&mut buffer, 2)), 2);
        let granted = reserve.woken().unwrap();
        all.assert_pending();
        drop(permit);
        assert!(all.woken().is_ok());
        granted.put(ANY).unwrap();
        buffer.append(&mut ch.drain());
        assert!(buffer.into_iter().eq((0..capacity + 1).chain([ANY])));
    });
}

#[test]
fn drain_takes_what_waits_behind_a_reserve_that_it_serves() {
    each_kind(1, 100, |ch| {
        let permits = all_of(ch, ch.capacity() - 1);
        let called = Task::parked(ch.take());
        // The second one past the buffer, for the taker that is called.
        ch.try_put(1).unwrap();
        ch.try_put(2).unwrap();
        let mut reserve = Task::parked(ch.reserve());
        let mut put = Task::parked(ch.put(3));
        assert_eq!(ch.drain(), [1, 2, 3]);
        assert!(reserve.woken().is_ok());
        assert_eq!(put.woken(), Ok(()));
        drop((called, permits));
    });
}

#[test]
fn put_all_sees_no_room_in_a_closed_channel_that_has_more_than_its_capacity() {
    let ch = Channel::new(1);
    let called = Task::parked(ch.take());
    ch.try_put(1).unwrap();
    ch.try_put(2).unwrap();
    drop(called);
    ch.close();
    let closed = now(ch.put_all([3, 4])).unwrap_err();
    assert!(closed.into_inner().eq([3, 4]));
}

#[test]
fn put_all_pulls_no_values_for_room_that_permits_hold() {
    let ch = Channel::new(8);
    let permits = all_of(&ch, 5);
    let pulled = Cell::new(0);
    let mut put = pin!(ch.put_all((0..8).inspect(|_| pulled.set(pulled.get() + 1))));
    assert!(poll_once(put.as_mut()).is_pending());
    // Those that fit, and the one that waits.
    assert_eq!((ch.len(), pulled.get()), (3, 4));
    drop(permits);
    assert_eq!(ch.drain().len(), 4);
    assert!(poll_once(put).is_ready());
    assert_eq!((ch.len(), pulled.get()), (4, 8));
}

#[test]
fn reserve_is_an_arm_of_a_select_and_loses_nothing() {
    let (tx, rx) = channel(1);
    let other = Channel::new(1);
    let held = tx.try_reserve().unwrap();
    let mut selecting = Task::parked(async {
        select! {
            permit = tx.reserve() => permit.unwrap().put(1),
            got = other.take() => Err(Closed(got.unwrap())),
        }
    });
    // Both at once: whoever loses gives the room back.
    other.try_put(5).unwrap();
    drop(held);
    let outcome = selecting.ready();
    drop(selecting);
    assert!(matches!(outcome, Ok(()) | Err(Closed(5))));
    drop(rx.drain());
    assert!(tx.try_reserve().is_ok());
}

#[test]
fn permits_and_values_are_never_more_than_the_capacity() {
    each_kind(1, 100, |ch| {
        for seed in 0..if MIRI { 1 } else { 300 } {
            let mut random = Random::new(seed);
            let (mut permits, mut next, mut oldest) = (Vec::new(), 0, 0);
            for _ in 0..if MIRI { 40 } else { 400 } {
                let room = ch.capacity() - permits.len() - (next - oldest);
                match random.below(5) {
                    0 => match ch.try_reserve() {
                        Ok(permit) => permits.push(permit),
                        Err(error) => assert_eq!((error, room), (TryReserveError::Full, 0)),
                    },
                    1 if !permits.is_empty() => {
                        let permit = permits.swap_remove(random.below(permits.len()));
                        permit.put(next).unwrap();
                        next += 1;
                    }
                    2 if !permits.is_empty() => {
                        drop(permits.swap_remove(random.below(permits.len())));
                    }
                    3 => {
                        assert_eq!(ch.try_put(next).is_ok(), room > 0);
                        next += usize::from(room > 0);
                    }
                    _ => {
                        let there = oldest < next;
                        assert_eq!(
                            ch.try_take(),
                            there.then_some(oldest).ok_or(TryTakeError::Empty)
                        );
                        oldest += usize::from(there);
                    }
                }
                assert_eq!(ch.len(), next - oldest);
            }
            drop(permits);
            ch.drain();
        }
    });
}

#[test]
fn everything_arrives_once_whoever_is_cancelled() {
    const EACH: usize = if MIRI { 2 } else { 200 };
    for seed in 0..if MIRI { 1 } else { 20 } {
        each_kind(1, 100, |ch| {
            let random = RefCell::new(Random::new(seed));
            let chance = |of| random.borrow_mut().below(of) == 0;
            let (taken, running) = (RefCell::new(Vec::new()), Cell::new(4));
            let mut executor = Executor::new();
            for producer in 0..4 {
                let (chance, running) = (&chance, &running);
                executor.go(async move {
                    for n in 0..EACH {
                        while chance(3) {
                            // Given up after one poll, or as a permit.
                            drop(Task::new(ch.reserve()).poll());
                        }
                        match chance(2) {
                            true => ch.put(producer * EACH + n).await.unwrap(),
                            false => {
                                let permit = ch.reserve().await.unwrap();
                                permit.put(producer * EACH + n).unwrap();
                            }
                        }
                        assert!(ch.len() <= ch.capacity());
                    }
                    running.set(running.get() - 1);
                    if running.get() == 0 {
                        ch.close();
                    }
                });
            }
            for _ in 0..3 {
                executor.go(async {
                    loop {
                        while chance(3) {
                            let mut take = Task::new(ch.take());
                            if let Poll::Ready(Some(value)) = take.poll() {
                                taken.borrow_mut().push(value);
                            }
                        }
                        match ch.take().await {
                            Some(value) => taken.borrow_mut().push(value),
                            None => break,
                        }
                    }
                });
            }
            assert_eq!(executor.run(), 0);
            let mut taken = taken.take();
            taken.sort_unstable();
            assert!(taken.into_iter().eq(0..4 * EACH));
        });
    }
}

#[test]
fn permits_say_what_they_are_whatever_the_values_are() {
    struct Silent;
    let ch = LocalChannel::<Silent>::new(1);
    let permit = ch.try_reserve().unwrap();
    assert_eq!(format!("{permit:?}"), "Permit { .. }");
    let mut reserve = Box::pin(ch.reserve());
    assert_eq!(format!("{reserve:?}"), "Reserve { .. }");
    assert!(poll_once(reserve.as_mut()).is_pending());
    assert_eq!(format!("{reserve:?}"), "Reserve { waiting: Linked, .. }");
    drop(permit);
    assert_eq!(format!("{reserve:?}"), "Reserve { waiting: Done, .. }");
    assert_eq!(
        ReserveError::Closed.to_string(),
        TryReserveError::Closed.to_string()
    );
    assert_eq!(
        ReserveError::Rendezvous.to_string(),
        "a rendezvous has no room to reserve"
    );
}
