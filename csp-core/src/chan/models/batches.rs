//! Batches: of many values under one lock each calls whom it has to.

use super::cancel;
use crate::models::{Arc, block_on, both, model, poll_once, small_model};
use crate::{Channel, Closed};
use core::pin::pin;
use loom::thread;
use std::vec::Vec;

/// Takes that number of values in batches.
async fn take_in_batches(ch: &Channel<u32>, count: usize) -> Vec<u32> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let missing = count - taken.len();
        assert!(ch.take_many(&mut taken, missing).await > 0);
    }
    taken
}

#[test]
fn a_put_all_against_a_take_many() {
    for capacity in [0, 1, 2] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let other = ch.clone();
            let putter = thread::spawn(move || block_on(other.put_all(1..=3)).is_ok());
            assert_eq!(block_on(take_in_batches(&ch, 3)), [1, 2, 3]);
            assert!(putter.join().unwrap());
        });
    }
}

/// A batch for two who sleep, of which one wants more than one value.
#[test]
fn a_put_all_against_a_parked_take_and_a_parked_take_many() {
    for capacity in [0, 2] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let other = ch.clone();
            let putter = thread::spawn(move || block_on(other.put_all([1, 2, 4])).is_ok());
            let (one, mut others) = block_on(both(ch.take(), take_in_batches(&ch, 2)));
            others.extend(one);
            assert_eq!(others.iter().sum::<u32>(), 7);
            assert!(putter.join().unwrap());
        });
    }
}

/// A batch of takes serves two who sleep with their values.
#[test]
fn a_take_many_against_two_parked_puts() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let putters = [1, 2].map(|value| {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.put(value)).unwrap())
            });
            let mut taken = block_on(take_in_batches(&ch, 2));
            taken.sort_unstable();
            assert_eq!(taken, [1, 2]);
            for putter in putters {
                putter.join().unwrap();
            }
        });
    }
}

/// The baton: a `take_many` that has been called and is dropped passes the call on.
#[test]
fn a_dropped_take_many_against_its_call() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let mut buffer = Vec::new();
            cancel::drop_beside_a_take_and_a_put(&ch, ch.take_many(&mut buffer, 2));
        });
    }
}

/// The rest of a `put_all` is exactly what nobody has taken, whenever it is asked for it.
#[test]
fn the_rest_of_a_put_all_against_a_take() {
    for capacity in [0, 1] {
        small_model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let mut all = pin!(ch.put_all(0..3));
            assert!(poll_once(all.as_mut()).is_pending());
            let other = ch.clone();
            let taker = thread::spawn(move || other.try_take().ok());
            let rest: Vec<_> = all.rest().collect();
            let taken = taker.join().unwrap().into_iter().chain(ch.drain());
            assert!(taken.chain(rest).eq(0..3));
        });
    }
}

#[test]
fn a_put_all_against_a_close() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let other = ch.clone();
            let closer = thread::spawn(move || {
                let first = other.try_take().ok();
                other.close();
                first
            });
            let rest = match block_on(ch.put_all(0..3)) {
                Ok(()) => Vec::new(),
                Err(Closed(rest)) => rest.collect(),
            };
            let taken = closer.join().unwrap().into_iter().chain(ch.drain());
            assert!(taken.chain(rest).eq(0..3));
        });
    }
}
