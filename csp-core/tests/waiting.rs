//! Puts and takes that wait: whose turn it is, who is woken, and how often.

mod common;

use common::{AnyChannel, Task, each_kind, now};
use csp_core::{Channel, Closed, LocalChannel, StaticChannel, TryPutError, TryTakeError, select};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::Poll;

/// Takes all that can be taken at once.
fn drain<T>(ch: &dyn AnyChannel<T>) -> Vec<T> {
    std::iter::from_fn(|| ch.try_take().ok()).collect()
}

#[test]
fn puts_that_wait_are_served_first_come_first_served() {
    const SOME: usize = if cfg!(miri) { 6 } else { 20 };
    each_kind(0, 100, |ch| {
        let stored = ch.capacity();
        (0..stored).for_each(|n| ch.try_put(n).unwrap());
        let mut putters: Vec<_> = (0..SOME)
            .map(|n| Task::parked(ch.put(stored + n)))
            .collect();
        for n in 0..stored + SOME {
            assert_eq!(now(ch.take()), Some(n));
            let done = putters.iter().filter(|putter| putter.is_woken()).count();
            assert_eq!(done, (n + 1).min(SOME), "each take lets one put in");
        }
        putters
            .iter_mut()
            .for_each(|putter| assert_eq!(putter.woken(), Ok(())));
    });
}

#[test]
fn no_put_overtakes_one_that_waits() {
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put(0).unwrap());
        let mut first = Task::parked(ch.put(1));
        ch.try_take().ok();
        // The room that the take made is the first one's.
        if ch.capacity() > 0 {
            assert_eq!(first.woken(), Ok(()));
        }
        assert_eq!(ch.try_put(2), Err(TryPutError::Full(2)));
        let _second = Task::parked(ch.put(3));
        let taken = drain(ch);
        assert!(taken.ends_with(if ch.capacity() > 0 { &[1, 3] } else { &[3] }));
    });
}

/// A biased select that was called ends its call before it looks at the arms before that one. What
/// those do meets a channel on which more waits than takers are called for.
#[test]
fn no_put_is_handed_over_past_one_that_waits_while_selects_look_elsewhere() {
    // It has one hand-over place.
    let ch = StaticChannel::<u32, 0>::new();
    let first = RefCell::new(Task::parked(ch.take()));
    let (looks, refused) = (Cell::new(false), Cell::new(None));
    let second = Cell::new(None::<Task<Option<u32>>>);
    let mut select = Task::parked(async {
        select! {
            biased;
            () = poll_fn(|_| {
                if let Some(mut second) = second.take() {
                    assert_eq!(first.borrow_mut().woken(), Some(0));
                    // Called for the put that waits.
                    assert_eq!(second.woken(), Some(1));
                }
                Poll::Pending
            }) => None,
            v = ch.take() => v,
        }
    });
    second.set(Some(Task::parked(async {
        select! {
            biased;
            () = poll_fn(|_| {
                if looks.get() {
                    refused.set(Some(ch.try_put(2)));
                }
                Poll::Pending
            }) => None,
            v = ch.take() => v,
        }
    })));
    let last = Task::parked(ch.take());
    ch.try_put(0).unwrap();
    let mut waits = Task::parked(ch.put(1));
    looks.set(true);
    assert!(select.is_woken());
    select.assert_pending();
    assert_eq!(waits.woken(), Ok(()));
    assert_eq!(refused.get(), Some(Err(TryPutError::Full(2))));
    assert!(!last.is_woken());
}

#[test]
fn takers_are_called_in_order() {
    each_kind(0, 100, |ch| {
        let some = if cfg!(miri) { 6 } else { 20 };
        let mut takers: Vec<_> = (0..some).map(|_| Task::parked(ch.take())).collect();
        for (n, taker) in takers.iter_mut().enumerate() {
            assert_eq!(now(ch.put(n)), Ok(()));
            assert_eq!(taker.woken(), Some(n));
        }
    });
}

#[test]
fn one_value_wakes_one_taker_and_one_take_wakes_one_putter() {
    each_kind(0, 100, |ch| {
        let takers: Vec<_> = (0..5).map(|_| Task::parked(ch.take())).collect();
        ch.try_put(1).unwrap();
        let wakes: Vec<_> = takers.iter().map(Task::wakes).collect();
        assert_eq!(wakes, [1, 0, 0, 0, 0]);
        drop(takers);
        drain(ch);
        while ch.try_put(2).is_ok() {}
        let putters: Vec<_> = (0..5).map(|_| Task::parked(ch.put(3))).collect();
        ch.try_take().unwrap();
        let wakes: Vec<_> = putters.iter().map(Task::wakes).collect();
        assert_eq!(wakes, [1, 0, 0, 0, 0]);
    });
}

#[test]
fn running_taker_may_be_faster_than_a_called_one() {
    each_kind(0, 100, |ch| {
        let mut called = Task::parked(ch.take());
        assert_eq!(now(ch.put(1)), Ok(()));
        assert_eq!(now(ch.take()), Some(1));
        assert!(called.is_woken());
        called.assert_pending();
        assert_eq!(called.wakes(), 1);
    });
}

#[test]
fn called_taker_that_finds_nothing_goes_back_to_the_front() {
    each_kind(0, 100, |ch| {
        let mut first = Task::parked(ch.take());
        let mut second = Task::parked(ch.take());
        ch.try_put(1).unwrap();
        assert_eq!(ch.try_take(), Ok(1));
        first.assert_pending();
        ch.try_put(2).unwrap();
        assert_eq!(first.ready(), Some(2));
        ch.try_put(3).unwrap();
        assert_eq!(second.ready(), Some(3));
        assert_eq!((first.wakes(), second.wakes()), (2, 1));
    });
}

#[test]
fn values_for_several_called_takers_do_not_count_against_the_capacity() {
    // As many as there are hand-over places; at least one.
    each_kind(0, 100, |ch| {
        let mut takers: Vec<_> = (0..10).map(|_| Task::parked(ch.take())).collect();
        let put = (0..1000).take_while(|&n| ch.try_put(n).is_ok()).count();
        assert!(
            put > ch.capacity(),
            "called takers are served past the capacity"
        );
        assert!(ch.len() <= ch.capacity());
        for (n, taker) in takers.iter_mut().enumerate().take(put) {
            assert_eq!(taker.woken(), Some(n));
        }
        assert_eq!(ch.len(), put.saturating_sub(10));
    });
}

#[test]
fn put_beyond_the_hand_over_places_calls_a_taker_all_the_same() {
    let ch = StaticChannel::<u32, 0>::new();
    let mut first = Task::parked(ch.take());
    let mut second = Task::parked(ch.take());
    assert_eq!(ch.try_put(1), Ok(()));
    assert_eq!(
        ch.try_put(2),
        Err(TryPutError::Full(2)),
        "one place, and it is taken"
    );
    let mut putter = Task::parked(ch.put(2));
    assert_eq!(second.wakes(), 1, "the first taker has not looked yet");
    assert_eq!((second.ready(), putter.wakes()), (Some(1), 1));
    assert_eq!((first.woken(), putter.ready()), (Some(2), Ok(())));
}

#[test]
fn put_that_gets_room_by_a_take_calls_the_next_taker() {
    let ch = StaticChannel::<u32, 1>::new();
    let mut takers: Vec<_> = (0..3).map(|_| Task::parked(ch.take())).collect();
    ch.try_put(1).unwrap();
    ch.try_put(2).unwrap();
    // Two are called, and there is no room for more.
    let mut putter = Task::parked(ch.put(3));
    assert_eq!(takers[2].wakes(), 0);
    assert_eq!(takers[0].woken(), Some(1));
    assert_eq!(putter.woken(), Ok(()));
    assert_eq!(takers[2].wakes(), 1, "the second one has not looked yet");
    assert_eq!((takers[2].ready(), takers[1].ready()), (Some(2), Some(3)));
}

#[test]
fn value_on_a_rendezvous_waits_in_the_channel_when_its_taker_goes() {
    each_kind(0, 0, |ch| {
        let called = Task::parked(ch.take());
        assert_eq!(now(ch.put(1)), Ok(()));
        drop(called);
        assert_eq!(ch.len(), 0, "a rendezvous stores nothing");
        let mut next = Task::parked(ch.put(2));
        assert_eq!(now(ch.take()), Some(1));
        assert_eq!(now(ch.take()), Some(2));
        assert_eq!(next.woken(), Ok(()));
    });
}

#[test]
fn put_is_complete_only_when_the_take_that_makes_its_room_is() {
    each_kind(0, 100, |ch| {
        let capacity = ch.capacity();
        let mut putters: Vec<_> = (0..capacity + 5).map(|n| Task::new(ch.put(n))).collect();
        for (n, putter) in putters.iter_mut().enumerate() {
            assert_eq!(putter.poll().is_ready(), n < capacity);
        }
        for k in 0..5 {
            assert!(!putters[k + capacity].is_woken(), "before the take of {k}");
            assert_eq!(now(ch.take()), Some(k));
            assert_eq!(putters[k + capacity].woken(), Ok(()));
        }
    });
}

#[test]
fn parked_operation_is_polled_exactly_twice() {
    each_kind(0, 100, |ch| {
        let mut taker = Task::parked(ch.take());
        assert_eq!(now(ch.put(0)), Ok(()));
        assert_eq!((taker.woken(), taker.polls()), (Some(0), 2));

        (0..ch.capacity()).for_each(|_| ch.try_put(0).unwrap());
        let mut place = Some(2);
        let mut putters = [Task::parked(ch.put(1)), Task::parked(ch.put(2))];
        let mut from = Task::parked(ch.put_from(&mut place));
        drain(ch);
        for putter in &mut putters {
            assert_eq!((putter.woken(), putter.polls()), (Ok(()), 2));
        }
        assert_eq!((from.woken(), from.polls()), (Ok(()), 2));

        let mut closed = Task::parked(ch.closed());
        let mut last = Task::parked(ch.take());
        ch.close();
        assert_eq!((closed.woken(), closed.polls()), ((), 2));
        assert_eq!((last.woken(), last.polls()), (None, 2));
    });
}

#[test]
fn poll_without_a_wake_changes_nothing() {
    each_kind(0, 100, |ch| {
        let mut takers = [Task::parked(ch.take()), Task::parked(ch.take())];
        for _ in 0..3 {
            takers.iter_mut().for_each(Task::assert_pending);
            takers[0].assert_pending();
        }
        ch.try_put(1).unwrap();
        assert_eq!((takers[0].woken(), takers[1].wakes()), (Some(1), 0));
    });
}

#[test]
fn only_the_newest_waker_is_woken() {
    each_kind(0, 100, |ch| {
        // Its own waker is the older one: what it counts are wakes too many.
        let newest = Task::new(std::future::pending::<()>());
        let mut taker = Task::parked(ch.take());
        assert!(taker.poll_with(&newest.waker()).is_pending());
        ch.try_put(1).unwrap();
        assert_eq!((taker.wakes(), newest.wakes()), (0, 1));
        assert_eq!(taker.ready(), Some(1));

        while ch.try_put(2).is_ok() {}
        let mut putter = Task::parked(ch.put(3));
        assert!(putter.poll_with(&newest.waker()).is_pending());
        ch.try_take().ok();
        drain(ch);
        assert_eq!((putter.wakes(), newest.wakes()), (0, 2));
        assert_eq!(putter.ready(), Ok(()));

        let mut closed = Task::parked(ch.closed());
        assert!(closed.poll_with(&newest.waker()).is_pending());
        ch.close();
        assert_eq!((closed.wakes(), newest.wakes()), (0, 3));
        closed.ready();
    });
}

#[test]
fn waker_that_comes_back_is_woken() {
    each_kind(0, 100, |ch| {
        let other = Task::new(std::future::pending::<()>());
        let mut taker = Task::parked(ch.take());
        assert!(taker.poll_with(&other.waker()).is_pending());
        taker.assert_pending();
        ch.try_put(1).unwrap();
        assert_eq!((taker.woken(), other.wakes()), (Some(1), 0));
    });
}

#[test]
fn take_polled_again_after_its_value_takes_the_next() {
    let ch = Channel::new(2);
    ch.try_put(1).unwrap();
    let mut taker = Task::new(ch.take());
    assert_eq!(taker.ready(), Some(1));
    taker.assert_pending();
    ch.try_put(2).unwrap();
    assert_eq!(taker.woken(), Some(2));
    ch.close();
    assert_eq!(taker.ready(), None);
    assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
}

#[test]
fn long_queue_of_waiters_is_left_in_any_order() {
    const MANY: usize = if cfg!(miri) { 12 } else { 1000 };
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put(usize::MAX).unwrap());
        let mut putters: Vec<_> = (0..MANY).map(|n| Some(Task::parked(ch.put(n)))).collect();
        // Every third one gives up, the middle ones first.
        for n in (0..MANY)
            .map(|n| (n * 7 + MANY / 2) % MANY)
            .filter(|n| n % 3 == 0)
        {
            putters[n] = None;
        }
        let taken = drain(ch);
        let expected: Vec<_> = (0..MANY).filter(|n| n % 3 != 0).collect();
        assert_eq!(taken[ch.capacity()..], expected);
    });
}

/// A value of 256 bytes.
type Large = [u64; 32];

/// Channels that store any number of values, or many, and have memory for less: a body for each.
fn each_that_grows(body: impl Fn(&dyn AnyChannel<Large>)) {
    body(&Channel::unbounded());
    body(&Channel::new(10_000));
    body(&LocalChannel::unbounded());
}

/// Stores values for as long as there is memory for a put; gives the one that has to wait for more.
fn fill(ch: &dyn AnyChannel<Large>) -> Task<'_, Result<(), Closed<Large>>> {
    loop {
        let mut put = Task::new(ch.put([ch.len() as u64; 32]));
        if put.poll().is_pending() {
            return put;
        }
        assert!(ch.len() < 5000);
    }
}

#[test]
#[cfg_attr(miri, ignore = "puts too often for an interpreter")]
fn put_lets_others_run_once_before_a_long_ring_grows() {
    each_that_grows(|ch| {
        // Nobody takes meanwhile.
        let mut put = fill(ch);
        let stored = ch.len();
        assert!(stored >= 256 && stored * size_of::<Large>() >= 1 << 16);
        assert_eq!(put.woken(), Ok(()));
        assert_eq!(ch.len(), stored + 1);
        // That gave more room than for one, and beyond it the next one is asked again.
        drop(put);
        assert!(ch.try_put([stored as u64 + 1; 32]).is_ok());
        let mut put = fill(ch);
        let stored = ch.len();
        // Somebody takes meanwhile, so that nothing grows; a try never waits.
        assert_eq!(now(ch.take()).unwrap()[0], 0);
        assert_eq!(put.woken(), Ok(()));
        assert_eq!(ch.len(), stored);
        assert!(ch.try_put([stored as u64 + 1; 32]).is_ok());
        let values = drain(ch);
        assert!((1..stored as u64 + 2).eq(values.iter().map(|value| value[0])));
    });
}

#[test]
#[cfg_attr(miri, ignore = "puts too often for an interpreter")]
fn put_that_let_others_run_can_be_dropped() {
    each_that_grows(|ch| {
        drop(fill(ch));
        let stored = ch.len() as u64;
        let mut place = Some([stored; 32]);
        drop(Task::parked(ch.put_from(&mut place)));
        assert_eq!(place.unwrap()[0], stored);
        assert_eq!(ch.len() as u64, stored);
        ch.close();
        assert!((0..stored).eq(drain(ch).iter().map(|value| value[0])));
    });
}

#[test]
#[cfg_attr(miri, ignore = "puts too often for an interpreter")]
fn puts_of_few_values_or_few_bytes_do_not_wait_for_others() {
    let small = Channel::unbounded();
    (0..8192_u64).for_each(|n| assert_eq!(now(small.put(n)), Ok(())));
    let large = Channel::unbounded();
    (0..256).for_each(|_| assert_eq!(now(large.put([0_u64; 1024])), Ok(())));
}
