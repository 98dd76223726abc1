//! Parking against whoever comes at that moment: nobody sleeps beside what he waits for.

use crate::models::{Arc, block_on, both, large_model, model, poll_once, small_model};
use crate::{Channel, StaticChannel};
use core::pin::pin;
use loom::thread;
use std::boxed::Box;

#[test]
fn parking_against_a_put() {
    for capacity in [0, 1] {
        small_model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let other = ch.clone();
            let putter = thread::spawn(move || block_on(other.put(1)));
            assert_eq!(block_on(ch.take()), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

#[test]
fn parking_against_a_take_that_refills() {
    for capacity in [0, 1] {
        model(move || puts_against_takes(&Arc::new(Channel::new(capacity))));
    }
}

/// One thread puts three values, the other one takes them.
pub(super) fn puts_against_takes(ch: &Arc<Channel<u32>>) {
    let other = ch.clone();
    let putter = thread::spawn(move || {
        for n in 0..3 {
            block_on(other.put(n)).unwrap();
        }
    });
    for n in 0..3 {
        assert_eq!(block_on(ch.take()), Some(n));
    }
    putter.join().unwrap();
}

/// Of three takers two have been called, and there is one place for what is promised to them, so
/// that a put waits as well. The first take moves its value in, and has to call the third taker.
#[test]
fn a_refill_calls_the_next_taker() {
    model(|| {
        let ch = Arc::new(StaticChannel::<u32, 1>::new());
        let [mut first, mut second, mut third] = [(); 3].map(|()| {
            let ch = ch.clone();
            Box::pin(async move { ch.take().await.unwrap() })
        });
        for take in [&mut first, &mut second, &mut third] {
            assert!(poll_once(take.as_mut()).is_pending());
        }
        ch.try_put(1).unwrap();
        ch.try_put(2).unwrap();
        let mut put = pin!(ch.put(3));
        assert!(poll_once(put.as_mut()).is_pending());
        let taker = thread::spawn(move || block_on(first));
        // The second is not polled until then: with its own take it would call the third, too.
        let (last, put) = block_on(both(third, put));
        assert_eq!(put, Ok(()));
        assert_eq!(taker.join().unwrap() + last + block_on(second), 6);
    });
}

#[test]
fn two_putters_against_a_taker() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let putters = [1, 2].map(|n| {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.put(n)).unwrap())
            });
            let sum = block_on(ch.take()).unwrap() + block_on(ch.take()).unwrap();
            assert_eq!(sum, 3);
            for putter in putters {
                putter.join().unwrap();
            }
        });
    }
}

#[test]
fn two_takers_against_a_putter() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let takers = [(); 2].map(|()| {
                let ch = ch.clone();
                thread::spawn(move || block_on(ch.take()).unwrap())
            });
            block_on(ch.put(1)).unwrap();
            block_on(ch.put(2)).unwrap();
            let sum: i32 = takers.map(|t| t.join().unwrap()).into_iter().sum();
            assert_eq!(sum, 3);
        });
    }
}

/// Only the newest waker counts, and it is never missed.
#[test]
fn a_new_waker_against_a_call() {
    for capacity in [0, 1] {
        small_model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let mut take = pin!(ch.take());
            assert!(poll_once(take.as_mut()).is_pending());
            let other = ch.clone();
            let putter = thread::spawn(move || block_on(other.put(1)));
            assert_eq!(block_on(take), Some(1));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

#[test]
fn a_new_waker_against_a_take_of_the_put() {
    for capacity in [0, 1] {
        small_model(move || {
            let ch = Arc::new(Channel::new(capacity));
            if capacity == 1 {
                ch.try_put(0).unwrap();
            }
            let mut put = pin!(ch.put(1));
            assert!(poll_once(put.as_mut()).is_pending());
            let other = ch.clone();
            let taker = thread::spawn(move || {
                if capacity == 1 {
                    assert_eq!(other.try_take(), Ok(0));
                }
                block_on(other.take())
            });
            assert_eq!(block_on(put), Ok(()));
            assert_eq!(taker.join().unwrap(), Some(1));
        });
    }
}

/// A hand-over place against a taker that comes anew and a putter that is parked: a take that has
/// been called and is not polled holds nobody up.
#[test]
fn a_hand_over_against_a_new_taker() {
    model(|| {
        let ch = Arc::new(Channel::new(0));
        let mut idle = pin!(ch.take());
        assert!(poll_once(idle.as_mut()).is_pending());
        let other = ch.clone();
        let taker = thread::spawn(move || block_on(other.take()).unwrap());
        block_on(ch.put(1)).unwrap();
        block_on(ch.put(2)).unwrap();
        assert_eq!(taker.join().unwrap() + block_on(idle).unwrap(), 3);
    });
}

/// The same with one place, which is taken: the second put parks behind it, and is not overtaken by
/// a third when the place becomes free.
#[test]
fn a_hand_over_against_a_parked_putter() {
    large_model(|| {
        let ch = Arc::new(StaticChannel::<u32, 0>::new());
        let mut idle = pin!(ch.take());
        assert!(poll_once(idle.as_mut()).is_pending());
        ch.try_put(1).unwrap();
        let mut second = pin!(ch.put(2));
        assert!(poll_once(second.as_mut()).is_pending());
        let other = ch.clone();
        let third = thread::spawn(move || block_on(other.put(3)));
        let other = ch.clone();
        let taker = thread::spawn(move || [(); 2].map(|()| block_on(other.take()).unwrap()));
        assert_eq!(block_on(second), Ok(()));
        let last = block_on(idle).unwrap();
        let [a, b] = taker.join().unwrap();
        assert_eq!(a + b + last, 6);
        assert!(a < b, "{b} overtook {a}");
        third.join().unwrap().unwrap();
    });
}

/// Nobody sees more values in a channel than its capacity, whatever is promised to called takers.
#[test]
fn looking_at_the_length_against_a_put_and_a_take() {
    for capacity in [0, 1] {
        model(move || {
            let ch = Arc::new(Channel::new(capacity));
            let mut idle = pin!(ch.take());
            assert!(poll_once(idle.as_mut()).is_pending());
            let other = ch.clone();
            let mover = thread::spawn(move || {
                let _ = other.try_put(1);
                let _ = other.try_put(2);
                let _ = other.try_take();
            });
            let len = ch.len();
            assert!(len <= capacity, "{len} of {capacity}");
            mover.join().unwrap();
        });
    }
}

/// Two who put find the ring too short at the same time. It begins with five places.
fn grows_against_puts_and_takes<T: Copy + Into<u64> + From<u8> + Send + 'static>(before: u8) {
    model(move || {
        let ch = Arc::new(Channel::unbounded());
        for n in 0..before {
            ch.try_put(T::from(n)).unwrap();
            ch.try_take().unwrap();
        }
        let putters = [[1, 2], [3, 4]].map(|values| {
            let ch = ch.clone();
            thread::spawn(move || {
                for n in values {
                    ch.try_put(T::from(n)).unwrap();
                }
            })
        });
        let mut sum = ch.try_take().map_or(0, Into::into);
        for putter in putters {
            putter.join().unwrap();
        }
        while let Ok(n) = ch.try_take() {
            sum += n.into();
        }
        assert_eq!(sum, 10);
    });
}

#[test]
fn a_ring_that_grows_against_puts_and_takes() {
    grows_against_puts_and_takes::<u32>(0);
}

/// Five places are a block here; at first the last one is next.
#[test]
fn a_ring_that_goes_on_in_blocks_against_puts_and_takes() {
    grows_against_puts_and_takes::<u64>(4);
}

#[test]
fn a_thread_that_blocks_against_a_task() {
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let other = ch.clone();
        let blocked = thread::spawn(move || other.take_blocking());
        assert_eq!(block_on(ch.put(1)), Ok(()));
        assert_eq!(blocked.join().unwrap(), Some(1));
    });
    small_model(|| {
        let ch = Arc::new(Channel::new(0));
        let other = ch.clone();
        let blocked = thread::spawn(move || other.put_blocking(1));
        assert_eq!(block_on(ch.take()), Some(1));
        assert_eq!(blocked.join().unwrap(), Ok(()));
    });
}
