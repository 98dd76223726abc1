//! Loom models of select: every schedule of two or three threads.
//!
//! Run by `ci/loom.sh`. Each keeps its senders to its end, as those of `chan/models.rs` do.

use crate::{channel, select};
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use loom::future::block_on;
use loom::thread;

/// Runs a model whose selects make the same choices in every run.
fn model(run: impl Fn() + Sync + Send + 'static) {
    loom::model(move || {
        crate::select::seed(1);
        run();
    });
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_select_of_takes_against_a_put() {
    for capacity in [0, 1] {
        model(move || {
            let (a, from_a) = channel(capacity);
            let (_b, from_b) = channel::<i32>(capacity);
            let _open = a.clone();
            let putter = thread::spawn(move || block_on(a.put(1)));
            let got = block_on(async {
                select! { biased; v = from_b.take() => v, v = from_a.take() => v }
            });
            assert_eq!(got, Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

/// Two values for one select: it takes one, and the call for the other goes to the other taker.
#[test]
fn a_select_called_twice_takes_once() {
    for capacity in [0, 1] {
        model(move || {
            let (a, from_a) = channel(capacity);
            let (b, from_b) = channel(capacity);
            let (rest_a, rest_b) = (from_a.clone(), from_b.clone());
            let _open = (a.clone(), b.clone());
            let putters = [a, b].map(|tx| thread::spawn(move || block_on(tx.put(1)).unwrap()));
            let which = block_on(async {
                select! { biased; _ = from_a.take() => 'a', _ = from_b.take() => 'b' }
            });
            let rest = if which == 'a' { rest_b } else { rest_a };
            assert_eq!(block_on(rest.take()), Some(1));
            for putter in putters {
                putter.join().unwrap();
            }
        });
    }
}

/// Of two puts in one select exactly one happens, whoever takes.
#[test]
fn a_select_of_puts_against_two_takers() {
    for (cap_a, cap_b) in [(0, 0), (0, 1), (1, 1)] {
        model(move || {
            let (a, from_a) = channel(cap_a);
            let (b, from_b) = channel(cap_b);
            if cap_a == 1 {
                a.try_put(0).unwrap();
            }
            if cap_b == 1 {
                b.try_put(0).unwrap();
            }
            let takers = [(cap_a, from_a), (cap_b, from_b)].map(|(capacity, rx)| {
                thread::spawn(move || {
                    if capacity == 1 {
                        assert_eq!(block_on(rx.take()), Some(0));
                    }
                    block_on(rx.take())
                })
            });
            block_on(async {
                select! { r = a.put(1) => r.unwrap(), r = b.put(2) => r.unwrap() }
            });
            drop((a, b));
            let got = takers.map(|t| t.join().unwrap());
            assert!(got == [Some(1), None] || got == [None, Some(2)], "{got:?}");
        });
    }
}

/// Two selects that cross: what one puts is what the other takes.
#[test]
fn selects_that_cross() {
    model(|| {
        let (a, from_a) = channel::<i32>(0);
        let (b, from_b) = channel::<i32>(0);
        let other = {
            let (a, from_b) = (a.clone(), from_b.clone());
            thread::spawn(move || {
                block_on(async {
                    select! { biased; r = a.put(1) => { r.unwrap(); 1 }, v = from_b.take() => -v.unwrap() }
                })
            })
        };
        let mine = block_on(async {
            select! { biased; r = b.put(2) => { r.unwrap(); 2 }, v = from_a.take() => -v.unwrap() }
        });
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// A put and a take of one channel in one select never meet each other, but do meet another's.
#[test]
fn put_and_take_of_one_channel_in_two_selects() {
    model(|| {
        let (tx, rx) = channel::<i32>(0);
        let other = {
            let (tx, rx) = (tx.clone(), rx.clone());
            thread::spawn(move || {
                block_on(async {
                    select! { biased; r = tx.put(1) => { r.unwrap(); 1 }, v = rx.take() => -v.unwrap() }
                })
            })
        };
        let mine = block_on(async {
            select! { biased; v = rx.take() => -v.unwrap(), r = tx.put(2) => { r.unwrap(); 2 } }
        });
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// A select that is dropped while its put is being moved: the put has happened or has not.
#[test]
fn a_dropped_select_against_a_take_of_its_put() {
    for capacity in [0, 1] {
        model(move || {
            let (a, from_a) = channel(capacity);
            let (_b, from_b) = channel::<i32>(0);
            if capacity == 1 {
                a.try_put(0).unwrap();
            }
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(from_a.try_take(), Ok(0));
                }
                (from_a.try_take().ok(), from_a)
            });
            let mut place = Some(1);
            {
                let mut select = pin!(async {
                    select! {
                        r = a.put_from(&mut place) => r.unwrap(),
                        _ = from_b.take() => unreachable!(),
                    }
                });
                let _ = poll_once(select.as_mut());
            }
            let (early, from_a) = taker.join().unwrap();
            let found = early.or_else(|| from_a.try_take().ok());
            assert_eq!(place.is_some(), found.is_none());
        });
    }
}

/// Polled for no reason while its put is being taken, a select learns that it is done, or waits on.
#[test]
fn a_poll_of_a_select_against_a_take_of_its_put() {
    model(|| {
        let (a, from_a) = channel(0);
        let (_b, from_b) = channel::<i32>(0);
        let _open = a.clone();
        let mut place = Some(1);
        let taken = {
            let mut select = pin!(async {
                select! { biased; r = a.put_from(&mut place) => r.is_ok(), _ = from_b.take() => false }
            });
            assert!(poll_once(select.as_mut()).is_pending());
            let rx = from_a.clone();
            let taker = thread::spawn(move || rx.try_take().ok());
            let early = poll_once(select.as_mut());
            let taken = taker.join().unwrap();
            match early {
                Poll::Ready(put) => assert!(put && taken == Some(1)),
                Poll::Pending if taken.is_some() => assert!(block_on(select)),
                // The take came while the select looked, and found nobody to claim.
                Poll::Pending => {}
            }
            taken
        };
        // With its taker, or still here.
        assert_eq!(taken.or(place), Some(1));
        assert!(taken.is_none() || place.is_none());
    });
}

/// A select that is dropped while its take is called: the call goes to the next taker.
#[test]
fn a_dropped_select_against_its_call() {
    for capacity in [0, 1] {
        model(move || {
            let (a, from_a) = channel(capacity);
            let (_b, from_b) = channel::<i32>(0);
            let rest = from_a.clone();
            let open = a.clone();
            let putter = thread::spawn(move || block_on(a.put(1)));
            let taker = thread::spawn(move || block_on(rest.take()));
            let got = {
                let mut select = pin!(async {
                    select! { v = from_a.take() => v, v = from_b.take() => v }
                });
                poll_once(select.as_mut())
            };
            if let Poll::Ready(value) = got {
                assert_eq!(value, Some(1));
                open.close();
                assert_eq!(taker.join().unwrap(), None);
            } else {
                assert_eq!(taker.join().unwrap(), Some(1));
            }
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

/// The baton of a select: called for one arm, it leaves by another.
#[test]
fn a_select_that_leaves_by_another_arm_passes_its_call_on() {
    for capacity in [0, 1] {
        model(move || {
            let (a, from_a) = channel(capacity);
            let (b, from_b) = channel(capacity);
            let rest = from_b.clone();
            let open = (a.clone(), b.clone());
            let putter = thread::spawn(move || {
                block_on(b.put(2)).unwrap();
                block_on(a.put(1)).unwrap();
            });
            let other = thread::spawn(move || block_on(rest.take()));
            let got = block_on(async {
                select! { biased; v = from_a.take() => v, v = from_b.take() => v }
            });
            if got == Some(2) {
                assert_eq!(block_on(from_a.take()), Some(1));
                open.1.close();
                assert_eq!(other.join().unwrap(), None);
            } else {
                assert_eq!(other.join().unwrap(), Some(2));
            }
            putter.join().unwrap();
        });
    }
}

#[test]
fn close_against_a_select() {
    model(|| {
        let (a, from_a) = channel::<i32>(0);
        let (b, from_b) = channel::<i32>(0);
        let closer = thread::spawn(move || {
            a.close();
        });
        let got = block_on(async {
            select! { v = from_a.take() => v, r = b.put(1) => Some(r.unwrap_err().into_inner()) }
        });
        assert_eq!(got, None);
        closer.join().unwrap();
        drop(from_b);
    });
    model(|| {
        let (b, from_b) = channel::<i32>(0);
        let closer = thread::spawn(move || drop(from_b));
        let got = block_on(async {
            select! { r = b.put(1) => r.unwrap_err().into_inner(), r = b.put(2) => r.unwrap_err().into_inner() }
        });
        assert!(got == 1 || got == 2);
        closer.join().unwrap();
    });
}

/// `default` means one instant: of two channels of which one always has a value, it never says
/// that both were empty. (Go's NonblockSelectRace.)
#[test]
fn default_looks_at_one_instant() {
    model(|| {
        let (a, from_a) = channel(1);
        let (b, from_b) = channel(1);
        a.try_put(1).unwrap();
        let drain_a = from_a.clone();
        let mover = thread::spawn(move || {
            b.try_put(2).unwrap();
            let _ = drain_a.try_take();
            b
        });
        let found = block_on(async {
            // Looks at the second first, which is the wrong order for one look at each.
            select! { biased; v = from_b.take() => v, v = from_a.take() => v, default => None }
        });
        assert!(found.is_some());
        mover.join().unwrap();
        drop(a);
    });
}
