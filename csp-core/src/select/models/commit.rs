//! Of the arms of a select exactly one commits, whoever comes; `default` means one instant.

use crate::models::{Arc, block_on, large_model, model, small_model};
use crate::{Channel, StaticChannel, select};
use loom::thread;

#[test]
fn a_select_of_takes_against_a_put() {
    for capacity in [0, 1] {
        small_model(move || {
            let a = Arc::new(Channel::new(capacity));
            let b = Channel::<u32>::new(capacity);
            let others = a.clone();
            let putter = thread::spawn(move || block_on(others.put(1)));
            let got = block_on(async {
                select! { biased; v = b.take() => v, v = a.take() => v }
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
        large_model(move || {
            let (a, b) = (
                Arc::new(Channel::new(capacity)),
                Arc::new(Channel::new(capacity)),
            );
            let putters = [a.clone(), b.clone()]
                .map(|ch| thread::spawn(move || block_on(ch.put(1)).unwrap()));
            let rest = block_on(async {
                select! { biased; _ = a.take() => &b, _ = b.take() => &a }
            });
            assert_eq!(block_on(rest.take()), Some(1));
            for putter in putters {
                putter.join().unwrap();
            }
        });
    }
}

/// Of two puts in one select exactly one happens, whoever takes, on buffered and rendezvous
/// channels: the value of the other can be put once more.
#[test]
fn a_select_of_puts_against_two_takers() {
    for (of_a, of_b) in [(0, 0), (0, 1), (1, 1)] {
        large_model(move || {
            let channels = [of_a, of_b].map(|capacity| Arc::new(Channel::new(capacity)));
            for (ch, capacity) in channels.iter().zip([of_a, of_b]) {
                if capacity == 1 {
                    ch.try_put(0).unwrap();
                }
            }
            let takers = [0, 1].map(|n| {
                let ch = channels[n].clone();
                thread::spawn(move || {
                    if ch.capacity() == 1 {
                        assert_eq!(block_on(ch.take()), Some(0));
                    }
                    block_on(ch.take())
                })
            });
            let [a, b] = &channels;
            let (rest, value) = block_on(async {
                select! {
                    r = a.put(1) => { r.unwrap(); (b, 2) }
                    r = b.put(2) => { r.unwrap(); (a, 1) }
                }
            });
            block_on(rest.put(value)).unwrap();
            assert_eq!(
                takers.map(|taker| taker.join().unwrap()),
                [Some(1), Some(2)]
            );
            assert!(channels.iter().all(|ch| ch.try_take().is_err()));
        });
    }
}

/// The same with one taker that takes from both: the loser's value never turns up.
#[test]
fn a_select_of_puts_against_a_select_of_takes() {
    for capacity in [0, 1] {
        model(move || {
            let (a, b) = (
                Arc::new(Channel::new(0)),
                Arc::new(StaticChannel::<u32, 1>::new()),
            );
            if capacity == 1 {
                b.try_put(0).unwrap();
            }
            let (from_a, from_b) = (a.clone(), b.clone());
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(from_b.try_take(), Ok(0));
                }
                block_on(async {
                    select! { biased; v = from_b.take() => v, v = from_a.take() => v }
                })
            });
            let put = block_on(async {
                select! { biased; r = a.put(1) => r.map(|()| 1), r = b.put(2) => r.map(|()| 2) }
            });
            assert_eq!(taker.join().unwrap(), put.ok());
            assert!(a.try_take().is_err() && b.try_take().is_err());
        });
    }
}

#[test]
fn close_against_a_select() {
    small_model(|| {
        let (a, b) = (Arc::new(Channel::<u32>::new(0)), Channel::<u32>::new(0));
        let others = a.clone();
        let closer = thread::spawn(move || others.close());
        let got = block_on(async {
            select! { v = a.take() => v, r = b.put(1) => Some(r.unwrap_err().into_inner()) }
        });
        assert_eq!(got, None);
        assert!(closer.join().unwrap());
    });
    small_model(|| {
        let b = Arc::new(Channel::<u32>::new(0));
        let others = b.clone();
        let closer = thread::spawn(move || others.close());
        let got = block_on(async {
            select! { r = b.put(1) => r.unwrap_err().into_inner(), r = b.put(2) => r.unwrap_err().into_inner() }
        });
        assert!(got == 1 || got == 2);
        assert!(closer.join().unwrap());
    });
}

/// Closing against a select that another partner claims at the same time.
#[test]
fn close_against_a_select_and_its_partner() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Arc::new(Channel::<u32>::new(0)));
        let others = b.clone();
        let closer = thread::spawn(move || others.close());
        let others = a.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        let put = block_on(async {
            select! { r = a.put(1) => { r.unwrap(); true }, v = b.take() => { assert_eq!(v, None); false } }
        });
        if !put {
            block_on(a.put(2)).unwrap();
        }
        assert_eq!(taker.join().unwrap(), Some(if put { 1 } else { 2 }));
        assert!(closer.join().unwrap());
    });
}

/// `default` means one instant: of two channels of which one always has a value, it never says
/// that both were empty. (Go's NonblockSelectRace.)
#[test]
fn default_looks_at_one_instant() {
    small_model(|| {
        let (a, b) = (Arc::new(Channel::new(1)), Arc::new(Channel::new(1)));
        a.try_put(1).unwrap();
        let others = (a.clone(), b.clone());
        let mover = thread::spawn(move || {
            others.1.try_put(2).unwrap();
            let _ = others.0.try_take();
        });
        let found = block_on(async {
            // Looks at the second first, which is the wrong order for one look at each.
            select! { biased; v = b.take() => v, v = a.take() => v, default => None }
        });
        assert!(found.is_some());
        mover.join().unwrap();
    });
}
