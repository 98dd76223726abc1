//! A channel whose lock is in halves: whoever needs but one against whoever needs the other, or both.

use super::{cancel, close, parking};
use crate::models::{Arc, block_on, both, model, small_model};
use crate::{Channel, TryPutError, TryTakeError, channel, select};
use loom::thread;

fn halve(ch: &Channel<u32>) {
    ch.take().core().raw.halve();
}

fn halved(capacity: usize) -> Arc<Channel<u32>> {
    let ch = Channel::new(capacity);
    halve(&ch);
    Arc::new(ch)
}

/// The ring goes around, and each side comes to the end of what it can do by itself.
#[test]
fn puts_against_takes() {
    for capacity in [1, 2] {
        model(move || {
            let ch = halved(capacity);
            parking::puts_against_takes(&ch);
            assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        });
    }
}

#[test]
fn tries_against_tries() {
    small_model(|| {
        let ch = halved(1);
        ch.try_put(0).unwrap();
        let other = ch.clone();
        let putter = thread::spawn(move || (1..3).filter(|&n| other.try_put(n).is_ok()).count());
        let mut taken = (0..2).filter(|_| ch.try_take().is_ok()).count();
        let put = 1 + putter.join().unwrap();
        assert!(taken > 0, "a value was there from the beginning");
        assert_eq!(ch.len(), put - taken);
        while ch.try_take().is_ok() {
            taken += 1;
        }
        assert_eq!(taken, put);
        // Nothing has been taken that is still counted.
        assert_eq!(ch.try_put(7), Ok(()));
        assert_eq!(ch.try_put(8), Err(TryPutError::Full(8)));
    });
}

/// It is in one piece when they begin.
#[test]
fn halving_against_a_put_and_a_take() {
    model(|| {
        let ch = Arc::new(Channel::new(1));
        ch.try_put(0).unwrap();
        let other = ch.clone();
        let putter = thread::spawn(move || block_on(other.put(1)));
        let other = ch.clone();
        let taker = thread::spawn(move || {
            assert_eq!(block_on(other.take()), Some(0));
            assert_eq!(block_on(other.take()), Some(1));
        });
        halve(&ch);
        assert_eq!(putter.join().unwrap(), Ok(()));
        taker.join().unwrap();
    });
}

#[test]
fn of_two_who_halve_one_does() {
    small_model(|| {
        let ch = Arc::new(Channel::new(1));
        let other = ch.clone();
        let halving = thread::spawn(move || {
            halve(&other);
            other.try_put(1)
        });
        halve(&ch);
        assert_eq!(block_on(ch.take()), Some(1));
        assert_eq!(halving.join().unwrap(), Ok(()));
    });
}

/// A take that finds a value has to let the put in that waits, and so takes both halves.
#[test]
fn two_takes_against_two_puts() {
    model(|| {
        let ch = halved(1);
        let other = ch.clone();
        let putter = thread::spawn(move || block_on(both(other.put(1), other.put(2))));
        let (first, second) = block_on(both(ch.take(), ch.take()));
        assert_eq!(first.unwrap() + second.unwrap(), 3);
        assert_eq!(putter.join().unwrap(), (Ok(()), Ok(())));
    });
}

#[test]
fn a_dropped_take_against_a_put() {
    model(|| {
        let ch = halved(1);
        cancel::drop_beside_a_take_and_a_put(&ch, ch.take());
    });
}

#[test]
fn close_against_a_put_and_takes() {
    model(|| {
        let ch = halved(1);
        close::close_beside_a_put_and_a_take(&ch);
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
    });
}

/// What the last drop closes is drained first.
#[test]
fn the_last_drop_against_a_take() {
    small_model(|| {
        let (tx, rx) = channel(2);
        rx.take().core().raw.halve();
        let putter = thread::spawn(move || {
            tx.try_put(1).unwrap();
            tx.try_put(2).unwrap();
        });
        assert_eq!(block_on(rx.take()), Some(1));
        assert_eq!(block_on(rx.take()), Some(2));
        assert_eq!(block_on(rx.take()), None);
        putter.join().unwrap();
    });
}

/// A select takes all halves of all its channels.
#[test]
fn a_select_against_a_put_and_a_take() {
    model(|| {
        let (full, empty) = (halved(1), halved(1));
        full.try_put(0).unwrap();
        let other = full.clone();
        let taker = thread::spawn(move || block_on(other.take()));
        let other = empty.clone();
        let putter = thread::spawn(move || other.try_put(2));
        let selected = block_on(async {
            select! {
                done = full.put(1) => done.map(|()| 1).unwrap(),
                value = empty.take() => value.unwrap(),
            }
        });
        assert_eq!(taker.join().unwrap(), Some(0));
        assert_eq!(putter.join().unwrap(), Ok(()));
        let left = (full.try_take().ok(), empty.try_take().ok());
        match selected {
            1 => assert_eq!(left, (Some(1), Some(2))),
            _ => assert_eq!(left, (None, None)),
        }
    });
}
