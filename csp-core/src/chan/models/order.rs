//! What one thread did before is seen by the other after. Loom's cell reports an access that nothing
//! orders after the one before it.

use crate::models::{Arc, block_on, model, small_model};
use crate::{Channel, Closed, select};
use loom::cell::UnsafeCell;
use loom::thread;

/// A channel beside a place that has no lock of its own.
struct Beside {
    ch: Channel<u32>,
    place: UnsafeCell<u32>,
}

// SAFETY: that the place is touched by one thread at a time is what the models check.
unsafe impl Sync for Beside {}

fn beside(capacity: usize) -> (Arc<Beside>, Arc<Beside>) {
    let beside = Arc::new(Beside {
        ch: Channel::new(capacity),
        place: UnsafeCell::new(0),
    });
    (beside.clone(), beside)
}

impl Beside {
    fn write(&self) {
        // SAFETY: as above.
        self.place.with_mut(|place| unsafe { *place += 1 });
    }

    fn read(&self) -> u32 {
        // SAFETY: as above.
        self.place.with(|place| unsafe { *place })
    }
}

#[test]
fn a_put_comes_before_its_take() {
    for capacity in [0, 1] {
        small_model(move || {
            let (mine, others) = beside(capacity);
            let putter = thread::spawn(move || {
                others.write();
                block_on(others.ch.put(1))
            });
            assert_eq!(block_on(mine.ch.take()), Some(1));
            assert_eq!(mine.read(), 1);
            putter.join().unwrap().unwrap();
        });
    }
}

#[test]
fn on_a_rendezvous_the_take_comes_before_the_puts_end() {
    small_model(|| {
        let (mine, others) = beside(0);
        let taker = thread::spawn(move || {
            others.write();
            block_on(others.ch.take())
        });
        assert_eq!(block_on(mine.ch.put(1)), Ok(()));
        assert_eq!(mine.read(), 1);
        assert_eq!(taker.join().unwrap(), Some(1));
    });
    small_model(|| {
        let (mine, others) = beside(0);
        let taker = thread::spawn(move || {
            others.write();
            block_on(others.ch.take())
        });
        let put = block_on(async {
            select! { r = mine.ch.put(1) => r }
        });
        assert_eq!(put, Ok(()));
        assert_eq!(mine.read(), 1);
        assert_eq!(taker.join().unwrap(), Some(1));
    });
}

#[test]
fn a_take_comes_before_the_end_of_the_put_that_gets_its_room() {
    small_model(|| {
        let (mine, others) = beside(1);
        mine.ch.try_put(0).unwrap();
        let taker = thread::spawn(move || {
            others.write();
            others.ch.try_take()
        });
        assert_eq!(block_on(mine.ch.put(1)), Ok(()));
        assert_eq!(mine.read(), 1);
        assert_eq!(taker.join().unwrap(), Ok(0));
    });
}

#[test]
fn a_close_comes_before_whatever_sees_it() {
    // The thread that closes runs first. Loom goes back from a store to the last access before it, which
    // here is the closing thread's own: that another looked still before that, it would not try anew.
    fn closing(look: fn(&Channel<u32>) -> bool) {
        small_model(move || {
            let (mine, others) = beside(0);
            let looker = thread::spawn(move || {
                if look(&others.ch) {
                    assert_eq!(others.read(), 1);
                }
            });
            mine.write();
            assert!(mine.ch.close());
            looker.join().unwrap();
        });
    }
    closing(|ch| ch.is_closed());
    closing(|ch| block_on(ch.take()).is_none());
    closing(|ch| block_on(ch.put(1)) == Err(Closed(1)));
    closing(|ch| {
        block_on(ch.closed());
        true
    });
    closing(|ch| {
        block_on(async {
            select! { v = ch.take() => v.is_none(), r = ch.put(1) => r.is_err() }
        })
    });
}

/// Three threads: what the first did reaches the third through the second.
#[test]
fn what_is_passed_on_brings_along_what_came_before() {
    model(|| {
        let (mine, others) = beside(0);
        let next = Arc::new(Channel::new(1));
        let first = thread::spawn({
            let others = others.clone();
            move || {
                others.write();
                block_on(others.ch.put(1)).unwrap();
            }
        });
        let second = thread::spawn({
            let next = next.clone();
            move || {
                let value = block_on(others.ch.take()).unwrap();
                next.try_put(value).unwrap();
            }
        });
        assert_eq!(block_on(next.take()), Some(1));
        assert_eq!(mine.read(), 1);
        first.join().unwrap();
        second.join().unwrap();
    });
}
