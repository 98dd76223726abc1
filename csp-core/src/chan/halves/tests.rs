//! Channels whose lock is in halves, on real threads.

use super::LEAST_CAPACITY;
use crate::chan::Raw;
use crate::sync::BUFFER;
use crate::{
    Channel, LocalChannel, Select, StaticChannel, TryPutError, TryTakeError, channel, select,
};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::boxed::Box;
use std::thread;
use std::time::Duration;
use std::vec::Vec;

/// An interpreter would take minutes for more.
const MANY: usize = if cfg!(miri) { 100 } else { 20_000 };

/// No lock is ever crowded where all are the one critical section.
const EXIST: bool = cfg!(not(feature = "critical-section"));

fn halved<T>(capacity: usize) -> Channel<T> {
    let ch = Channel::new(capacity);
    let take = ch.take();
    let raw = &take.core().raw;
    raw.halve();
    assert_eq!(raw.lock.is_halved(), EXIST);
    let other = raw.lock.other_half();
    raw.halve();
    assert_eq!(raw.lock.other_half(), other);
    drop(take);
    ch
}

/// Has threads take turns at the lock until it is anybody's.
fn share(raw: &Raw) {
    for _ in 0..20 {
        thread::scope(|scope| scope.spawn(|| drop(raw.lock())).join().unwrap());
        drop(raw.lock());
    }
    assert!(!EXIST || !raw.lock.is_one_threads());
}

/// Has a thread wait for the lock.
fn wait_for(raw: &Raw) {
    let locked = raw.lock();
    thread::scope(|scope| {
        scope.spawn(|| drop(raw.lock()));
        thread::sleep(Duration::from_micros(100));
        drop(locked);
    });
}

/// Has threads wait for the lock until that is worth halving it.
fn crowd(raw: &Raw) {
    while EXIST && !raw.lock.is_crowded() {
        wait_for(raw);
    }
}

#[test]
#[cfg_attr(miri, ignore = "who waits for the lock does so for minutes")]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
#[cfg_attr(csp_halved, ignore = "all are halved")]
fn lock_that_threads_have_waited_for_is_halved() {
    for (capacity, is_worth_it) in [
        (LEAST_CAPACITY, EXIST),
        (usize::MAX, EXIST),
        (LEAST_CAPACITY - 1, false),
    ] {
        let ch = Channel::new(capacity);
        ch.put_blocking(1).unwrap();
        let take = ch.take();
        let raw = &take.core().raw;
        share(raw);
        raw.halve_if_crowded();
        assert!(!raw.lock.is_halved(), "nobody has waited");
        crowd(raw);
        raw.halve_if_crowded();
        assert_eq!(raw.lock.is_halved(), is_worth_it, "{capacity}");
        ch.put_blocking(2).unwrap();
        assert_eq!([ch.take_blocking(), ch.take_blocking()], [Some(1), Some(2)]);
    }
}

/// A task, or a thread that blocks, which is a task of its own.
#[test]
#[cfg_attr(miri, ignore = "who waits for the lock does so for minutes")]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
#[cfg_attr(csp_halved, ignore = "all are halved")]
fn who_has_to_wait_halves_the_lock_first() {
    let mut cx = Context::from_waker(Waker::noop());
    let ch = Channel::new(LEAST_CAPACITY);
    let take = ch.take();
    let raw = &take.core().raw;
    crowd(raw);
    assert_eq!(ch.try_put(0), Ok(()));
    assert_eq!(pin!(ch.take()).poll(&mut cx), Poll::Ready(Some(0)));
    assert!(!raw.lock.is_halved(), "nobody has to wait");
    assert!(pin!(ch.take()).poll(&mut cx).is_pending());
    assert_eq!(raw.lock.is_halved(), EXIST);

    let ch = Channel::new(LEAST_CAPACITY);
    let take = ch.take();
    let raw = &take.core().raw;
    crowd(raw);
    (0..LEAST_CAPACITY).for_each(|n| assert_eq!(ch.try_put(n), Ok(())));
    assert!(!raw.lock.is_halved(), "nobody has to wait");
    assert!(pin!(ch.put(7)).poll(&mut cx).is_pending());
    assert_eq!(raw.lock.is_halved(), EXIST);
}

#[test]
#[cfg_attr(miri, ignore = "who waits for the lock does so for minutes")]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
#[cfg_attr(csp_halved, ignore = "all are halved")]
fn channels_that_selects_wait_for_are_not_halved() {
    let mut cx = Context::from_waker(Waker::noop());
    let stays_whole = |ch: &Channel<u8>| {
        let take = ch.take();
        let raw = &take.core().raw;
        // More often than is enough.
        (0..50).filter(|_| EXIST).for_each(|_| wait_for(raw));
        raw.halve_if_crowded();
        assert!(!raw.lock.is_halved());
    };
    let channels = [(); 2].map(|()| Channel::new(LEAST_CAPACITY));
    for ch in &channels {
        share(&ch.take().core().raw);
    }
    let [a, b] = &channels;
    let select = async {
        select! { v = a.take() => v, v = b.take() => v }
    };
    assert!(pin!(select).poll(&mut cx).is_pending());
    channels.iter().for_each(stays_whole);

    let ch = Channel::new(LEAST_CAPACITY);
    share(&ch.take().core().raw);
    let mut set = Select::new();
    set.add(ch.take());
    assert_eq!(set.try_wait(), None);
    stays_whole(&ch);
}

#[test]
#[cfg_attr(miri, ignore = "who waits for the lock does so for minutes")]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn channels_without_a_heap_are_not_halved() {
    let ch = StaticChannel::<u8, LEAST_CAPACITY>::new();
    let take = ch.take();
    crowd(&take.core().raw);
    take.core().raw.halve_if_crowded();
    assert!(!take.core().raw.lock.is_halved());
}

#[test]
fn local_channels_are_not_halved() {
    let ch = LocalChannel::<u8>::new(LEAST_CAPACITY);
    let take = ch.take();
    take.core().raw.halve_if_crowded();
    assert!(!take.core().raw.lock.is_halved());
}

#[test]
fn halves_count_alike() {
    for capacity in [1, 2, BUFFER] {
        let ch = halved(capacity);
        for turn in 0..3 * capacity {
            let stored = turn % capacity + 1;
            for n in 0..stored {
                assert_eq!(ch.try_put(n), Ok(()));
                assert_eq!(ch.take().core().raw.items_now(), n + 1);
            }
            if stored == capacity {
                assert_eq!(ch.try_put(0), Err(TryPutError::Full(0)));
            }
            for n in 0..stored {
                assert_eq!(ch.try_take(), Ok(n));
                assert_eq!(ch.take().core().raw.items_now(), stored - n - 1);
            }
            assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
            assert_eq!(ch.len(), 0);
        }
        // Nobody takes both halves.
        for n in 0..3 * capacity {
            assert_eq!(ch.try_put(n), Ok(()));
            assert_eq!(ch.try_take(), Ok(n));
        }
        assert_eq!(ch.try_put(1), Ok(()));
        ch.close();
        assert_eq!(ch.try_put(2), Err(TryPutError::Closed(2)));
        assert_eq!(ch.try_take(), Ok(1));
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
    }
}

/// There is room for a called taker's sake, and none to reserve.
#[test]
fn puts_do_not_go_past_those_who_wait_to_reserve() {
    let mut cx = Context::from_waker(Waker::noop());
    let ch = halved(1);
    let mut take = pin!(ch.take());
    assert!(take.as_mut().poll(&mut cx).is_pending());
    assert_eq!(ch.try_put(1), Ok(()));
    let mut reserve = pin!(ch.reserve());
    assert!(reserve.as_mut().poll(&mut cx).is_pending());
    assert_eq!(ch.try_put(2), Err(TryPutError::Full(2)));
    assert_eq!(take.poll(&mut cx), Poll::Ready(Some(1)));
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn values_come_in_order_through_halves() {
    for capacity in [1, 3, 100, usize::MAX] {
        let ch = halved(capacity);
        thread::scope(|scope| {
            scope.spawn(|| (0..MANY).for_each(|n| ch.put_blocking(Box::new(n)).unwrap()));
            (0..MANY).for_each(|n| assert_eq!(ch.take_blocking(), Some(Box::new(n))));
        });
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    }
}

/// Their number is in each of them, and they are so large that a ring soon goes on in further blocks.
#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn many_threads_exchange_each_large_value_once_through_halves() {
    const THREADS: usize = 3;
    const EACH: usize = MANY / 10;
    for capacity in [2, 50, usize::MAX] {
        let (tx, rx) = channel::<[usize; 64]>(capacity);
        rx.take().core().raw.halve();
        let mut taken: Vec<_> = thread::scope(|scope| {
            for first in 0..THREADS {
                let tx = tx.clone();
                let numbers = (0..EACH).map(move |n| THREADS * n + first);
                scope.spawn(move || numbers.for_each(|n| tx.put_blocking([n; 64]).unwrap()));
            }
            drop(tx);
            let takers: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        std::iter::from_fn(|| rx.take_blocking())
                            .map(|value| {
                                assert_eq!(value, [value[0]; 64]);
                                value[0]
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            takers
                .into_iter()
                .flat_map(|taker| taker.join().unwrap())
                .collect()
        });
        taken.sort_unstable();
        assert!(taken.into_iter().eq(0..THREADS * EACH));
    }
}
