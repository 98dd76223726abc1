//! The set that is built at run time: what it keeps between rounds, against its partners.

use crate::models::{Arc, block_on, model, poll_once, small_model};
use crate::{Channel, Select};
use core::pin::pin;
use core::task::Poll;
use loom::thread;
use std::boxed::Box;

/// Round after round it takes what comes on either channel, and misses nothing.
#[test]
fn a_set_used_again_against_two_putters() {
    model(|| {
        let channels = [(); 2].map(|()| Arc::new(Channel::new(1)));
        let putters = [0, 1].map(|n| {
            let ch = channels[n].clone();
            thread::spawn(move || block_on(ch.put(n + 1)).unwrap())
        });
        let mut set = Select::new();
        let keys = [0, 1].map(|n| set.add(channels[n].take()));
        let mut sum = 0;
        for _ in 0..2 {
            block_on(set.wait()).unwrap();
            sum += keys
                .iter()
                .filter_map(|&key| set.output(key).flatten())
                .sum::<usize>();
        }
        assert_eq!(sum, 3);
        for putter in putters {
            putter.join().unwrap();
        }
    });
}

/// One channel puts into the set twice: the call for the second value is not lost between rounds.
#[test]
fn a_set_used_again_against_one_putter() {
    for capacity in [0, 1] {
        model(move || {
            let a = Arc::new(Channel::new(capacity));
            let b = Channel::<u32>::new(0);
            let others = a.clone();
            let putter = thread::spawn(move || {
                block_on(others.put(1)).unwrap();
                block_on(others.put(2)).unwrap();
            });
            let mut set = Select::new();
            let from_a = set.add(a.take());
            set.add(b.take());
            for n in 1..=2 {
                assert_eq!(block_on(set.wait()), Some(from_a.index()));
                assert_eq!(set.output(from_a), Some(Some(n)));
            }
            putter.join().unwrap();
        });
    }
}

/// The wait is dropped, the set, too: the call goes to the next taker.
#[test]
fn a_dropped_set_against_its_call() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(1)), Channel::<u32>::new(0));
        let mut set = Select::new();
        set.add(a.take());
        set.add(b.take());
        {
            let mut wait = Box::pin(set.wait());
            assert!(poll_once(wait.as_mut()).is_pending());
        }
        let mut wait = Box::pin(set.wait());
        assert!(poll_once(wait.as_mut()).is_pending());
        let others = a.clone();
        let putter = thread::spawn(move || block_on(others.put(1)));
        let others = a.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        drop(wait);
        drop(set);
        assert_eq!(taker.join().unwrap(), Some(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
    });
}

/// A set whose wait was dropped does not hold a value back from another taker.
#[test]
fn a_set_that_nobody_waits_on_against_its_call() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(1)), Channel::<u32>::new(0));
        let mut set = Select::new();
        set.add(a.take());
        set.add(b.take());
        let mut wait = Box::pin(set.wait());
        assert!(poll_once(wait.as_mut()).is_pending());
        let others = a.clone();
        let putter = thread::spawn(move || block_on(others.put(1)));
        let others = a.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        drop(wait);
        assert_eq!(taker.join().unwrap(), Some(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
        drop(set);
    });
}

/// A put that is taken back while a taker comes is here or there.
#[test]
fn taking_a_put_back_against_a_take() {
    small_model(|| {
        let (a, b) = (Arc::new(Channel::new(0)), Channel::<u32>::new(0));
        let mut set = Select::new();
        let put = set.add(a.put(1));
        set.add(b.take());
        let mut wait = Box::pin(set.wait());
        assert!(poll_once(wait.as_mut()).is_pending());
        let others = a.clone();
        let taker = thread::spawn(move || others.try_take().ok());
        drop(wait);
        let back = set.take_back(put);
        let taken = taker.join().unwrap();
        assert_eq!(back.or(taken), Some(1));
        assert!(back.is_none() || taken.is_none(), "here and there");
        // That it happened is told once.
        let mut wait = pin!(set.wait());
        let told = poll_once(wait.as_mut());
        assert_eq!(
            told,
            if taken.is_some() {
                Poll::Ready(Some(put.index()))
            } else {
                Poll::Pending
            }
        );
    });
}

/// An arm that is removed while it is called for passes the call on; the others wait on.
#[test]
fn removing_an_arm_against_its_call() {
    model(|| {
        let (a, b) = (Arc::new(Channel::new(1)), Channel::new(1));
        let mut set = Select::new();
        let from_a = set.add(a.take());
        let from_b = set.add(b.take());
        let mut wait = Box::pin(set.wait());
        assert!(poll_once(wait.as_mut()).is_pending());
        let others = a.clone();
        let putter = thread::spawn(move || block_on(others.put(1)));
        let others = a.clone();
        let taker = thread::spawn(move || block_on(others.take()));
        drop(wait);
        assert!(set.remove(from_a));
        assert_eq!(taker.join().unwrap(), Some(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
        b.try_put(2).unwrap();
        assert_eq!(block_on(set.wait()), Some(from_b.index()));
        assert_eq!(set.output(from_b), Some(Some(2)));
    });
}

/// A set that puts, round after round, against a taker: in order, each once.
#[test]
fn a_set_that_puts_again_against_a_taker() {
    for capacity in [0, 1] {
        model(move || {
            let a = Arc::new(Channel::new(capacity));
            let b = Channel::<u32>::new(0);
            let others = a.clone();
            let taker = thread::spawn(move || [(); 2].map(|()| block_on(others.take()).unwrap()));
            let mut set = Select::new();
            let put = set.add(a.put(1));
            set.add(b.take());
            assert_eq!(block_on(set.wait()), Some(put.index()));
            assert_eq!(set.output(put), Some(Ok(())));
            assert_eq!(set.refill(put, 2), None);
            assert_eq!(block_on(set.wait()), Some(put.index()));
            assert_eq!(taker.join().unwrap(), [1, 2]);
        });
    }
}

/// A value that goes from one arm to the other, and back, is always in one of them: "nothing is ready"
/// is said of an instant, not of one look after the other.
#[test]
fn a_set_that_does_not_wait_against_a_value_that_moves() {
    small_model(|| {
        let channels = [(); 2].map(|()| Arc::new(Channel::new(1)));
        channels[1].try_put(1).unwrap();
        let [a, b] = channels.clone();
        let mover = thread::spawn(move || {
            for (from, to) in [(&b, &a), (&a, &b)] {
                to.try_put(1).unwrap();
                if from.try_take().is_err() {
                    break;
                }
            }
        });
        let mut set = Select::new().biased();
        let keys = [0, 1].map(|n| set.add(channels[n].take()));
        assert!(set.try_wait().is_some());
        assert!(keys.iter().any(|&key| set.output(key) == Some(Some(1))));
        mover.join().unwrap();
    });
}
