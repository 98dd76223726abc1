//! Room that is reserved, against whatever frees it or ends the channel.

use crate::models::{Arc, block_on, large_model, model, poll_once, small_model};
use crate::{Channel, ReserveError, StaticChannel, TryReserveError, channel};
use core::mem;
use core::pin::pin;
use loom::thread;
use std::boxed::Box;

#[test]
fn a_reserve_against_a_take() {
    small_model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let other = ch.clone();
        let putter = thread::spawn(move || {
            let permit = block_on(other.reserve()).unwrap();
            permit.put(1)
        });
        assert_eq!(block_on(ch.take()), Some(0));
        assert_eq!(block_on(ch.take()), Some(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
    });
}

/// It was first in the line: what it has got goes to the put behind it.
#[test]
fn a_dropped_reserve_against_the_take_that_grants_it() {
    model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let mut reserve = Box::pin(ch.reserve());
        assert!(poll_once(reserve.as_mut()).is_pending());
        let other = ch.clone();
        let putter = thread::spawn(move || block_on(other.put(1)));
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        drop(reserve);
        assert_eq!(taker.join().unwrap(), Some(0));
        assert_eq!(putter.join().unwrap(), Ok(()));
        assert_eq!(block_on(ch.take()), Some(1));
    });
}

#[test]
fn a_reserve_with_a_new_waker_against_the_room_that_comes() {
    small_model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let mut reserve = pin!(ch.reserve());
        assert!(poll_once(reserve.as_mut()).is_pending());
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        drop(block_on(reserve).unwrap());
        assert_eq!(taker.join().unwrap(), Some(0));
        assert_eq!(ch.try_put(1), Ok(()));
    });
}

#[test]
fn a_dropped_permit_against_a_put_and_a_reserve() {
    model(|| {
        let ch = Arc::new(Channel::new(1));
        let permit = ch.try_reserve().unwrap();
        let other = ch.clone();
        let putter = thread::spawn(move || block_on(other.put(1)));
        let other = ch.clone();
        let reserver = thread::spawn(move || block_on(other.reserve()).unwrap().put(2));
        drop(permit);
        let both = (block_on(ch.take()), block_on(ch.take()));
        assert!(both == (Some(1), Some(2)) || both == (Some(2), Some(1)));
        assert_eq!(putter.join().unwrap(), Ok(()));
        assert_eq!(reserver.join().unwrap(), Ok(()));
    });
}

/// The permit was there before the close, so its value is taken.
#[test]
fn a_permits_put_against_a_close() {
    model(|| {
        let ch = Arc::new(Channel::new(1));
        let permit = ch.try_reserve().unwrap();
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let other = ch.clone();
        let taker = thread::spawn(move || {
            let first = block_on(other.take());
            (first, block_on(other.take()))
        });
        assert_eq!(permit.put(1), Ok(()));
        assert_eq!(taker.join().unwrap(), (Some(1), None));
        assert!(closer.join().unwrap());
    });
}

#[test]
fn a_dropped_permit_against_a_close() {
    model(|| {
        let ch = Arc::new(Channel::<u32>::new(1));
        let permit = ch.try_reserve().unwrap();
        let mut reserve = Box::pin(ch.reserve());
        assert!(poll_once(reserve.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        drop(permit);
        // Granted or failed: either way nothing comes of it.
        drop(reserve);
        assert_eq!(taker.join().unwrap(), None);
        assert!(closer.join().unwrap());
        assert_eq!(ch.try_reserve().unwrap_err(), TryReserveError::Closed);
    });
}

#[test]
fn a_waiting_reserve_against_a_close() {
    small_model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let reserved = block_on(ch.reserve());
        assert_eq!(reserved.unwrap_err(), ReserveError::Closed);
        assert!(closer.join().unwrap());
    });
}

/// The value comes back, or goes with the receiver: it is not left in the channel.
#[test]
fn a_permits_put_against_the_last_receivers_drop() {
    small_model(|| {
        let (tx, rx) = channel(1);
        let permit = tx.try_reserve().unwrap();
        let value = Arc::new(());
        let dropper = thread::spawn(move || drop(rx));
        let put = permit.put(value.clone());
        dropper.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1 + usize::from(put.is_err()));
        drop(put);
        assert!(tx.is_closed());
    });
}

#[test]
fn a_take_that_waits_for_a_forgotten_permit_against_the_last_senders_drop() {
    small_model(|| {
        let (tx, rx) = channel::<u32>(1);
        mem::forget(tx.try_reserve().unwrap());
        rx.close();
        let taker = thread::spawn(move || block_on(rx.take()));
        drop(tx);
        assert_eq!(taker.join().unwrap(), None);
    });
}

/// A take that waits for a permit's value sees the end, or waits on in the channel that is open again.
#[test]
fn a_dropped_permit_against_a_close_that_is_taken_back() {
    large_model(|| {
        let ch = Arc::new(StaticChannel::<u32, 1>::new());
        let permit = ch.try_reserve().unwrap();
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        let other = ch.clone();
        let opener = thread::spawn(move || {
            assert!(other.close());
            assert!(other.reopen());
            block_on(other.put(1))
        });
        drop(permit);
        assert_eq!(opener.join().unwrap(), Ok(()));
        let taken = taker.join().unwrap();
        assert_eq!(
            ch.try_take().ok(),
            if taken.is_none() { Some(1) } else { None }
        );
    });
}
