//! Closing, and opening a static channel again, against everything that may be under way.

use crate::models::{Arc, block_on, model, poll_once, small_model};
use crate::{Channel, Closed, StaticChannel};
use core::pin::pin;
use loom::thread;

#[test]
fn close_against_a_put_and_a_take() {
    for capacity in [0, 1] {
        model(move || close_beside_a_put_and_a_take(&Arc::new(Channel::new(capacity))));
    }
}

/// One thread closes, one puts, one takes.
pub(super) fn close_beside_a_put_and_a_take(ch: &Arc<Channel<u32>>) {
    let other = ch.clone();
    let closing = thread::spawn(move || other.close());
    let other = ch.clone();
    let putting = thread::spawn(move || block_on(other.put(1)));
    let taken = block_on(ch.take());
    let put = putting.join().unwrap();
    assert!(closing.join().unwrap());
    match taken {
        Some(value) => assert_eq!((value, put), (1, Ok(()))),
        None => match put {
            // Closed before the put; or the take saw the end between the two.
            Err(Closed(value)) => assert_eq!(value, 1),
            Ok(()) => panic!("put, and neither taken nor stored"),
        },
    }
}

/// A put that waits behind a full ring fails, or its value is among what is drained.
#[test]
fn close_against_a_take_that_refills() {
    model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let mut put = pin!(ch.put(1));
        assert!(poll_once(put.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let other = ch.clone();
        let taker = thread::spawn(move || {
            assert_eq!(block_on(other.take()), Some(0));
            block_on(other.take())
        });
        let put = block_on(put);
        assert!(closer.join().unwrap());
        match taker.join().unwrap() {
            Some(value) => assert_eq!((value, put), (1, Ok(()))),
            None => assert_eq!(put, Err(Closed(1))),
        }
    });
}

#[test]
fn of_two_closes_one_does_it() {
    small_model(|| {
        let ch = Arc::new(Channel::<u32>::new(0));
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let mine = ch.close();
        assert!(ch.is_closed());
        assert_ne!(mine, closer.join().unwrap());
    });
}

#[test]
fn waiting_for_the_close_against_it() {
    small_model(|| {
        let ch = Arc::new(Channel::<u32>::new(0));
        let other = ch.clone();
        let waiting = thread::spawn(move || block_on(other.closed()));
        ch.close();
        waiting.join().unwrap();
    });
}

#[test]
fn a_new_waker_against_the_close() {
    small_model(|| {
        let ch = Arc::new(Channel::<u32>::new(0));
        let mut closed = pin!(ch.closed());
        let mut take = pin!(ch.take());
        assert!(poll_once(closed.as_mut()).is_pending());
        assert!(poll_once(take.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        block_on(closed);
        assert_eq!(block_on(take), None);
        assert!(closer.join().unwrap());
    });
}

/// A put that waits learns of the close, although the channel is opened again at once.
#[test]
fn reopening_against_the_close_and_a_put_that_it_tells() {
    model(|| {
        let ch = Arc::new(StaticChannel::<u32, 0>::new());
        let mut put = pin!(ch.put(1));
        assert!(poll_once(put.as_mut()).is_pending());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        let other = ch.clone();
        let opener = thread::spawn(move || other.reopen());
        assert_eq!(block_on(put), Err(Closed(1)));
        assert!(closer.join().unwrap());
        let opened = opener.join().unwrap();
        assert_eq!(ch.is_closed(), !opened);
    });
}

/// A put that comes while the channel is closed and opened again is told, or waits: the close that
/// is still telling people lets it be.
#[test]
fn reopening_against_the_close_and_a_put_that_comes_after() {
    model(|| {
        let ch = Arc::new(StaticChannel::<u32, 0>::new());
        let other = ch.clone();
        let closer = thread::spawn(move || other.close());
        while !ch.is_closed() {
            thread::yield_now();
        }
        assert!(ch.reopen());
        let mut put = pin!(ch.put(1));
        assert!(poll_once(put.as_mut()).is_pending());
        assert!(closer.join().unwrap());
        assert_eq!(ch.try_take(), Ok(1));
        assert_eq!(block_on(put), Ok(()));
    });
}

/// A take that waits when a close comes and goes gets the next value, or has seen the end.
#[test]
fn reopening_against_a_take() {
    model(|| {
        let ch = Arc::new(StaticChannel::<u32, 1>::new());
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        assert!(ch.close());
        assert!(ch.reopen());
        assert_eq!(ch.try_put(1), Ok(()));
        match taker.join().unwrap() {
            Some(value) => assert_eq!(value, 1),
            None => assert_eq!(ch.try_take(), Ok(1)),
        }
    });
}
