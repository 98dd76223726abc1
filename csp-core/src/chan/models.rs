//! Loom models of puts, takes, cancellation and close: every schedule of two or three threads.
//!
//! Run by `ci/loom.sh`. A schedule in which somebody sleeps for ever is a deadlock to loom, and a
//! failure. So that it is one, each model keeps a sender to its end: the close by the last one's
//! drop would wake the sleeper.

use crate::{Closed, Receiver, channel};
use alloc::boxed::Box;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use loom::future::block_on;
use loom::thread;

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn parking_against_a_put() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let _open = tx.clone();
            let putter = thread::spawn(move || block_on(tx.put(1)));
            assert_eq!(block_on(rx.take()), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

#[test]
fn parking_against_a_take_that_refills() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let open = tx.clone();
            let putter = thread::spawn(move || {
                for n in 0..3 {
                    block_on(tx.put(n)).unwrap();
                }
            });
            for n in 0..3 {
                assert_eq!(block_on(rx.take()), Some(n));
            }
            putter.join().unwrap();
            drop(open);
            assert_eq!(block_on(rx.take()), None);
        });
    }
}

#[test]
fn two_putters_against_a_taker() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let threads = [1, 2].map(|n| {
                let tx = tx.clone();
                thread::spawn(move || block_on(tx.put(n)).unwrap())
            });
            let sum = block_on(rx.take()).unwrap() + block_on(rx.take()).unwrap();
            assert_eq!(sum, 3);
            for thread in threads {
                thread.join().unwrap();
            }
        });
    }
}

#[test]
fn two_takers_against_a_putter() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let threads = [(); 2].map(|()| {
                let rx = rx.clone();
                thread::spawn(move || block_on(rx.take()).unwrap())
            });
            drop(rx);
            block_on(tx.put(1)).unwrap();
            block_on(tx.put(2)).unwrap();
            let sum: i32 = threads.map(|t| t.join().unwrap()).into_iter().sum();
            assert_eq!(sum, 3);
        });
    }
}

/// The baton: whoever drops a take that has been called passes the call on.
#[test]
fn a_dropped_take_against_its_call() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let _open = tx.clone();
            let mut dropped = Box::pin(unborrowed_take(rx.clone()));
            assert!(poll_once(dropped.as_mut()).is_pending());
            let taker = thread::spawn(move || block_on(rx.take()));
            let putter = thread::spawn(move || block_on(tx.put(1)));
            drop(dropped);
            assert_eq!(taker.join().unwrap(), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

async fn unborrowed_take(rx: Receiver<i32>) -> Option<i32> {
    rx.take().await
}

/// Only the newest waker counts, and it is never missed.
#[test]
fn a_new_waker_against_a_call() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let _open = tx.clone();
            let mut take = pin!(rx.take());
            assert!(poll_once(take.as_mut()).is_pending());
            let putter = thread::spawn(move || block_on(tx.put(1)));
            assert_eq!(block_on(take), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            if capacity == 1 {
                tx.try_put(0).unwrap();
            }
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(block_on(rx.take()), Some(0));
                }
                block_on(rx.take())
            });
            {
                let mut put = pin!(tx.put(1));
                if poll_once(put.as_mut()).is_pending() {
                    assert_eq!(block_on(put), Ok(()));
                }
            }
            assert_eq!(taker.join().unwrap(), Some(1));
        });
    }
}

/// A put that is dropped at any moment has happened or has not: never both, never neither.
#[test]
fn a_dropped_put_against_a_take() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            if capacity == 1 {
                tx.try_put(0).unwrap();
            }
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(rx.try_take(), Ok(0));
                }
                (rx.try_take().ok(), rx)
            });
            let mut place = Some(1);
            {
                let mut put = pin!(tx.put_from(&mut place));
                if poll_once(put.as_mut()).is_pending() {
                    thread::yield_now();
                }
            }
            let (early, rx) = taker.join().unwrap();
            let found = early.or_else(|| rx.try_take().ok());
            assert_eq!(place.is_some(), found.is_none());
        });
    }
}

/// A hand-over place against a taker that comes anew and a putter that is parked: a take that has
/// been called and is not polled holds nobody up.
#[test]
fn a_hand_over_against_a_new_taker() {
    loom::model(|| {
        let (tx, rx) = channel(0);
        let mut idle = Box::pin(unborrowed_take(rx.clone()));
        assert!(poll_once(idle.as_mut()).is_pending());
        let taker = thread::spawn(move || block_on(rx.take()).unwrap());
        block_on(tx.put(1)).unwrap();
        block_on(tx.put(2)).unwrap();
        assert_eq!(taker.join().unwrap() + block_on(idle).unwrap(), 3);
    });
}

#[test]
fn close_against_a_put_and_a_take() {
    for capacity in [0, 1] {
        loom::model(move || {
            let (tx, rx) = channel(capacity);
            let closer = tx.clone();
            let closing = thread::spawn(move || closer.close());
            let putting = thread::spawn(move || block_on(tx.put(1)));
            let taken = block_on(rx.take());
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
        });
    }
}

#[test]
fn the_last_drops_against_a_parked_put_and_take() {
    loom::model(|| {
        let (tx, rx) = channel::<i32>(0);
        let taker = thread::spawn(move || block_on(rx.take()));
        drop(tx);
        assert_eq!(taker.join().unwrap(), None);
    });
    loom::model(|| {
        let (tx, rx) = channel(0);
        let putter = thread::spawn(move || block_on(tx.put(1)));
        drop(rx);
        assert_eq!(putter.join().unwrap(), Err(Closed(1)));
    });
}

#[test]
fn waiting_for_the_close_against_it() {
    loom::model(|| {
        let (tx, rx) = channel::<i32>(0);
        let waiting = thread::spawn(move || block_on(tx.closed()));
        rx.close();
        waiting.join().unwrap();
    });
}

#[test]
fn reopening_against_the_close_and_those_it_tells() {
    use crate::StaticChannel;
    use loom::sync::Arc;

    // A put that waits learns of the close or is taken; nobody sleeps for ever.
    loom::model(|| {
        let ch = Arc::new(StaticChannel::<i32, 0>::new());
        let putter = thread::spawn({
            let ch = ch.clone();
            move || block_on(ch.put(1))
        });
        let closer = thread::spawn({
            let ch = ch.clone();
            move || ch.close()
        });
        ch.reopen();
        assert!(closer.join().unwrap());
        if ch.is_closed() {
            assert!(ch.reopen());
        }
        let taken = ch.close().then(|| ch.try_take());
        assert!(taken.is_some_and(|taken| taken.is_err()));
        assert_eq!(putter.join().unwrap(), Err(Closed(1)));
    });
    // A take that waits when a close comes and goes gets the next value, or has seen the end.
    loom::model(|| {
        let ch = Arc::new(StaticChannel::<i32, 1>::new());
        let taker = thread::spawn({
            let ch = ch.clone();
            move || block_on(ch.take())
        });
        assert!(ch.close());
        assert!(ch.reopen());
        assert_eq!(ch.try_put(1), Ok(()));
        match taker.join().unwrap() {
            Some(value) => assert_eq!(value, 1),
            None => assert_eq!(ch.try_take(), Ok(1)),
        }
    });
}

#[test]
fn a_thread_that_blocks_against_a_task() {
    loom::model(|| {
        let (tx, rx) = channel(0);
        let _open = tx.clone();
        let blocked = thread::spawn(move || rx.take_blocking());
        assert_eq!(block_on(tx.put(1)), Ok(()));
        assert_eq!(blocked.join().unwrap(), Some(1));
    });
    loom::model(|| {
        let (tx, rx) = channel(0);
        let blocked = thread::spawn(move || tx.put_blocking(1));
        assert_eq!(block_on(rx.take()), Some(1));
        assert_eq!(blocked.join().unwrap(), Ok(()));
    });
}
