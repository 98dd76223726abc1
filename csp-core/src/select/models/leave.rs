//! A select that is dropped, polled for no reason or leaves by another arm, while partners claim it.

use crate::models::{Arc, block_on, large_model, model, poll_once, small_model};
use crate::{Channel, select};
use core::pin::pin;
use core::task::Poll;
use loom::thread;
use std::boxed::Box;

/// Dropped while its put is being moved: the put has happened or has not.
#[test]
fn a_dropped_select_against_a_take_of_its_put() {
    for capacity in [0, 1] {
        small_model(move || {
            let (a, b) = (Arc::new(Channel::new(capacity)), Channel::<u32>::new(0));
            if capacity == 1 {
                a.try_put(0).unwrap();
            }
            let mut place = Some(1);
            let mut select = Box::pin(async {
                select! {
                    r = a.put_from(&mut place) => r.unwrap(),
                    _ = b.take() => unreachable!(),
                }
            });
            assert!(poll_once(select.as_mut()).is_pending());
            let others = a.clone();
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(others.try_take(), Ok(0));
                }
                others.try_take().ok()
            });
            drop(select);
            let early = taker.join().unwrap();
            let found = early.or_else(|| a.try_take().ok());
            assert_eq!(place.is_some(), found.is_none());
        });
    }
}

/// Polled for no reason while its put is being moved, a select learns that it is done, or waits on.
#[test]
fn a_poll_of_a_select_against_a_take_of_its_put() {
    for capacity in [0, 1] {
        small_model(move || {
            let (a, b) = (Arc::new(Channel::new(capacity)), Channel::<u32>::new(0));
            if capacity == 1 {
                a.try_put(0).unwrap();
            }
            let mut place = Some(1);
            let taken = {
                let mut select = pin!(async {
                    select! { biased; r = a.put_from(&mut place) => r.is_ok(), _ = b.take() => false }
                });
                assert!(poll_once(select.as_mut()).is_pending());
                let others = a.clone();
                let taker = thread::spawn(move || {
                    if capacity == 1 {
                        assert_eq!(others.try_take(), Ok(0));
                    }
                    others.try_take().ok()
                });
                let early = poll_once(select.as_mut());
                let taken = taker.join().unwrap();
                match early {
                    Poll::Ready(put) => assert!(put),
                    Poll::Pending if taken.is_some() => assert!(block_on(select)),
                    // The take came while the select looked, and found nobody to claim.
                    Poll::Pending => {}
                }
                taken
            };
            // With its taker, in the channel, or still here.
            let found = taken.or_else(|| a.try_take().ok());
            assert_eq!(found.or(place), Some(1));
            assert!(found.is_none() || place.is_none());
        });
    }
}

/// Only the newest waker counts, and it is never missed, on either side.
#[test]
fn a_new_waker_of_a_select_against_its_partner() {
    small_model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Channel::<u32>::new(0));
        let mut select = pin!(async {
            select! { v = a.take() => v, v = b.take() => v }
        });
        assert!(poll_once(select.as_mut()).is_pending());
        let others = a.clone();
        let putter = thread::spawn(move || block_on(others.put(1)));
        assert_eq!(block_on(select), Some(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
    });
    small_model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Channel::<u32>::new(0));
        let mut select = pin!(async {
            select! { r = a.put(1) => r.is_ok(), _ = b.take() => false }
        });
        assert!(poll_once(select.as_mut()).is_pending());
        let others = a.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        assert!(block_on(select));
        assert_eq!(taker.join().unwrap(), Some(1));
    });
}

/// Dropped while its take is called: the call goes to the next taker.
#[test]
fn a_dropped_select_against_its_call() {
    for capacity in [0, 1] {
        model(move || {
            let (a, b) = (Arc::new(Channel::new(capacity)), Channel::<u32>::new(0));
            let mut select = Box::pin(async {
                select! { v = a.take() => v, v = b.take() => v }
            });
            assert!(poll_once(select.as_mut()).is_pending());
            let others = a.clone();
            let putter = thread::spawn(move || block_on(others.put(1)));
            let others = a.clone();
            let taker = thread::spawn(move || block_on(others.take()));
            drop(select);
            assert_eq!(taker.join().unwrap(), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

/// The baton of a select: called for one arm, it leaves by another.
#[test]
fn a_select_that_leaves_by_another_arm_passes_its_call_on() {
    for capacity in [0, 1] {
        large_model(move || {
            let (a, b) = (
                Arc::new(Channel::new(capacity)),
                Arc::new(Channel::new(capacity)),
            );
            let others = (a.clone(), b.clone());
            let putter = thread::spawn(move || {
                block_on(others.1.put(2)).unwrap();
                block_on(others.0.put(1)).unwrap();
            });
            let others = b.clone();
            let other = thread::spawn(move || block_on(others.take()));
            let got = block_on(async {
                select! { biased; v = a.take() => v, v = b.take() => v }
            });
            if got == Some(2) {
                assert_eq!(block_on(a.take()), Some(1));
                b.close();
                assert_eq!(other.join().unwrap(), None);
            } else {
                assert_eq!(other.join().unwrap(), Some(2));
            }
            putter.join().unwrap();
        });
    }
}

/// Parked before its partners come, so that it always has been called: by one arm while the other
/// becomes ready as well.
#[test]
fn a_called_select_that_leaves_by_another_arm_passes_its_call_on() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(1)), Arc::new(Channel::new(1)));
        let mut select = pin!(async {
            select! { biased; v = a.take() => v, v = b.take() => v }
        });
        assert!(poll_once(select.as_mut()).is_pending());
        let mut rest = pin!(b.take());
        assert!(poll_once(rest.as_mut()).is_pending());
        let others = (a.clone(), b.clone());
        let putter = thread::spawn(move || {
            others.1.try_put(2).unwrap();
            others.0.try_put(1).unwrap();
        });
        if block_on(select) == Some(1) {
            assert_eq!(block_on(rest), Some(2));
        } else {
            assert!(poll_once(rest.as_mut()).is_pending());
            assert_eq!(block_on(a.take()), Some(1));
        }
        putter.join().unwrap();
    });
}
