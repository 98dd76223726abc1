//! One body over all kinds of channels: rendezvous, small, large and unbounded, on the heap, static and
//! for one thread; after kotlinx.coroutines, which runs its basic tests over all of its kinds
//! (`SimpleSendReceiveTest`, `BasicOperationsTest`).

mod common;

use common::{AnyChannel, Executor, Task, each_kind, now};
use csp_core::{Channel, Closed, LocalChannel, TryPutError, TryTakeError};
use std::cell::{Cell, RefCell};

const ANY: usize = usize::MAX;

/// Passes so many values from so many putters to so many takers, then closes; gives what each taker
/// got.
fn exchange(ch: &dyn AnyChannel<u32>, values: u32, putters: u32, takers: u32) -> Vec<Vec<u32>> {
    let left = Cell::new(putters);
    let taken = RefCell::new(Vec::new());
    let mut executor = Executor::new();
    for _ in 0..takers {
        executor.go(async {
            let mut own = Vec::new();
            while let Some(value) = ch.take().await {
                own.push(value);
            }
            taken.borrow_mut().push(own);
        });
    }
    for putter in 0..putters {
        let left = &left;
        executor.go(async move {
            for value in (putter..values).step_by(putters as usize) {
                ch.put(value).await.unwrap();
            }
            left.set(left.get() - 1);
            if left.get() == 0 {
                assert!(ch.close());
            }
        });
    }
    assert_eq!(executor.run(), 0, "all come to their end");
    drop(executor);
    taken.into_inner()
}

#[test]
fn every_kind_passes_everything_on_in_order_and_ends() {
    let many = if cfg!(miri) { 4 } else { 100 };
    for values in [0, 1, 2, many]
        .into_iter()
        .skip(if cfg!(miri) { 2 } else { 0 })
    {
        for (putters, takers) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
            each_kind(0, ANY, |ch| {
                let taken = exchange(ch, values, putters, takers);
                assert_eq!(taken.len(), takers as usize);
                for own in &taken {
                    for putter in 0..putters {
                        let of_one = own.iter().filter(|&value| value % putters == putter);
                        assert!(of_one.is_sorted(), "{putter}'s in order: {own:?}");
                    }
                }
                let mut all = taken.concat();
                all.sort();
                assert!(all.into_iter().eq(0..values));
            });
        }
    }
}

#[test]
fn every_kind_is_open_and_empty_at_first() {
    each_kind::<u32>(0, ANY, |ch| {
        assert_eq!((ch.is_closed(), ch.is_empty(), ch.len()), (false, true, 0));
        assert_eq!(ch.is_full(), ch.capacity() == 0);
        assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
        assert!(Task::new(ch.take()).poll().is_pending());
        assert!(Task::new(ch.closed()).poll().is_pending());
    });
}

#[test]
fn every_kind_takes_a_try_exactly_when_it_has_room_or_a_taker() {
    each_kind(0, ANY, |ch| {
        let room = ch.capacity().min(10);
        for n in 0..room {
            assert_eq!(ch.try_put(n), Ok(()));
            assert_eq!(ch.len(), n + 1);
        }
        if room < 10 {
            assert_eq!(ch.try_put(room), Err(TryPutError::Full(room)));
        }
        for n in 0..room {
            assert_eq!(ch.try_take(), Ok(n));
        }
        let mut taker = Task::parked(ch.take());
        assert_eq!(ch.try_put(7), Ok(()));
        assert_eq!(ch.len(), 0, "promised to the taker");
        assert_eq!(taker.woken(), Some(7));
    });
}

#[test]
fn every_kind_refuses_once_it_is_closed_and_gives_what_it_has() {
    each_kind(0, ANY, |ch| {
        let stored = ch.capacity().min(3);
        (0..stored).for_each(|n| ch.try_put(n).unwrap());
        assert!(ch.close() && ch.is_closed());
        assert_eq!(ch.try_put(9), Err(TryPutError::Closed(9)));
        assert_eq!(now(ch.put(9)), Err(Closed(9)));
        let taken: Vec<_> = std::iter::from_fn(|| now(ch.take())).collect();
        assert!(taken.into_iter().eq(0..stored));
        assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
        now(ch.closed());
    });
}

#[test]
fn every_kind_wakes_whoever_waits_when_it_is_closed() {
    each_kind::<u32>(0, ANY, |ch| {
        let mut takers = [Task::parked(ch.take()), Task::parked(ch.take())];
        let mut told = Task::parked(ch.closed());
        assert!(ch.close());
        takers
            .iter_mut()
            .for_each(|taker| assert_eq!(taker.woken(), None));
        told.woken();
    });
    each_kind(0, 100, |ch| {
        (0..ch.capacity()).for_each(|_| ch.try_put(0).unwrap());
        let mut putters = [Task::parked(ch.put(1)), Task::parked(ch.put(2))];
        assert!(ch.close());
        assert_eq!(putters[0].woken(), Err(Closed(1)));
        assert_eq!(putters[1].woken(), Err(Closed(2)));
    });
}

#[test]
fn each_end_says_the_same_of_its_channel() {
    macro_rules! says {
        ($all:expr, $stored:expr, $capacity:expr) => {
            for of_one in [
                $all.0.len() == $stored && $all.1.len() == $stored && $all.2.len() == $stored,
                [$all.0.is_empty(), $all.1.is_empty(), $all.2.is_empty()] == [$stored == 0; 3],
                [$all.0.is_full(), $all.1.is_full(), $all.2.is_full()] == [$stored == $capacity; 3],
                [$all.0.capacity(), $all.1.capacity(), $all.2.capacity()] == [$capacity; 3],
            ] {
                assert!(of_one, "{:?} {:?} {:?}", $all.0, $all.1, $all.2);
            }
        };
    }
    macro_rules! ends_of {
        ($ch:expr, $other:expr, $capacity:expr) => {
            let (ch, other) = ($ch, $other);
            let ((tx, rx), (other_tx, other_rx)) = (ch.clone().split(), other.clone().split());
            assert!(ch.same_channel(&ch.clone()) && !ch.same_channel(&other));
            assert!(tx.same_channel(&tx.clone()) && !tx.same_channel(&other_tx));
            assert!(rx.same_channel(&rx.clone()) && !rx.same_channel(&other_rx));
            for stored in 0..=$capacity {
                says!((&ch, &tx, &rx), stored, $capacity);
                assert_eq!(tx.try_put(1).is_ok(), stored < $capacity);
            }
        };
    }
    for capacity in [0, 1, 3] {
        ends_of!(Channel::new(capacity), Channel::new(capacity), capacity);
        ends_of!(
            LocalChannel::new(capacity),
            LocalChannel::new(capacity),
            capacity
        );
    }
}
