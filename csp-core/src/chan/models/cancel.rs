//! Dropping what waits, at any moment: nothing is lost, nothing happens twice, nobody is stranded.

use crate::models::{Arc, block_on, large_model, model, poll_once, small_model};
use crate::{Channel, Closed, StaticChannel};
use core::future::Future;
use core::pin::pin;
use loom::thread;
use std::boxed::Box;

/// The baton: whoever drops a take that has been called passes the call on.
#[test]
fn a_dropped_take_against_its_call() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            drop_beside_a_take_and_a_put(&ch, ch.take());
        });
    }
}

/// One thread drops a take that is parked, of one value or many, one takes, one puts.
pub(super) fn drop_beside_a_take_and_a_put(ch: &Arc<Channel<u32>>, dropped: impl Future) {
    let mut dropped = Box::pin(dropped);
    assert!(poll_once(dropped.as_mut()).is_pending());
    let other = ch.clone();
    let taker = thread::spawn(move || block_on(other.take()));
    let other = ch.clone();
    let putter = thread::spawn(move || block_on(other.put(1)));
    drop(dropped);
    assert_eq!(taker.join().unwrap(), Some(1));
    assert_eq!(putter.join().unwrap(), Ok(()));
}

/// Two calls are out when one of the called is dropped and the other takes: the third is called for
/// what is left.
#[test]
fn a_dropped_take_against_a_take_that_refills() {
    large_model(|| {
        let ch = Arc::new(StaticChannel::<u32, 1>::new());
        let mut dropped = Box::pin(ch.take());
        let mut first = pin!(ch.take());
        assert!(poll_once(dropped.as_mut()).is_pending());
        assert!(poll_once(first.as_mut()).is_pending());
        let other = ch.clone();
        let putter = thread::spawn(move || {
            block_on(other.put(1)).unwrap();
            block_on(other.put(2)).unwrap();
        });
        let other = ch.clone();
        let second = thread::spawn(move || block_on(other.take()).unwrap());
        drop(dropped);
        assert_eq!(block_on(first).unwrap() + second.join().unwrap(), 3);
        putter.join().unwrap();
    });
}

/// A put that is dropped at any moment has happened or has not: never both, never neither.
#[test]
fn a_dropped_put_against_a_take() {
    for capacity in [0, 1] {
        small_model(move || {
            let ch = Arc::new(Channel::new(capacity));
            if capacity == 1 {
                ch.try_put(0).unwrap();
            }
            let mut place = Some(1);
            let mut put = Box::pin(ch.put_from(&mut place));
            assert!(poll_once(put.as_mut()).is_pending());
            let other = ch.clone();
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(other.try_take(), Ok(0));
                }
                other.try_take().ok()
            });
            drop(put);
            let early = taker.join().unwrap();
            let found = early.or_else(|| ch.try_take().ok());
            assert_eq!(place.is_some(), found.is_none());
        });
    }
}

/// A taker that was called for a put which is gone waits again, and gets the next value.
#[test]
fn a_dropped_put_against_the_taker_that_it_called() {
    model(|| {
        let ch = Arc::new(Channel::new(0));
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        {
            let mut put = pin!(ch.put(1));
            if poll_once(put.as_mut()).is_ready() {
                assert_eq!(taker.join().unwrap(), Some(1));
                return;
            }
        }
        // Its value was taken before it was dropped, or never will be.
        match ch.try_put(2) {
            Ok(()) => assert!(taker.join().unwrap().is_some_and(|n| n == 2)),
            Err(_) => {
                ch.close();
                assert!(taker.join().unwrap().is_none_or(|n| n == 1));
            }
        }
    });
}

/// One putter that waits is dropped, the next one is not stranded by it.
#[test]
fn a_dropped_put_against_the_next_put() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            if capacity == 1 {
                ch.try_put(0).unwrap();
            }
            let mut place = Some(1);
            let mut dropped = Box::pin(ch.put_from(&mut place));
            assert!(poll_once(dropped.as_mut()).is_pending());
            let other = ch.clone();
            let putter = thread::spawn(move || block_on(other.put(2)));
            let other = ch.clone();
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(block_on(other.take()), Some(0));
                }
                let first = block_on(other.take()).unwrap();
                if first == 1 {
                    assert_eq!(block_on(other.take()), Some(2));
                }
                first
            });
            drop(dropped);
            assert_eq!(place.is_none(), taker.join().unwrap() == 1);
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

#[test]
fn a_dropped_take_and_a_dropped_put_against_a_close() {
    model(|| {
        let ch = Arc::new(Channel::<u32>::new(0));
        let mut take = Box::pin(ch.take());
        assert!(poll_once(take.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        drop(take);
        assert_eq!(taker.join().unwrap(), None);
        assert!(closer.join().unwrap());
    });
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let mut place = Some(1);
        let mut put = Box::pin(ch.put_from(&mut place));
        assert!(poll_once(put.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        drop(put);
        assert_eq!(place, Some(1));
        assert!(closer.join().unwrap());
        assert_eq!(block_on(ch.put(2)), Err(Closed(2)));
    });
}

#[test]
fn a_dropped_wait_for_the_close_against_it() {
    small_model(|| {
        let ch = Arc::new(Channel::<u32>::new(0));
        let mut dropped = Box::pin(ch.closed());
        let mut waiting = pin!(ch.closed());
        assert!(poll_once(dropped.as_mut()).is_pending());
        assert!(poll_once(waiting.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        drop(dropped);
        block_on(waiting);
        assert!(closer.join().unwrap());
    });
}
