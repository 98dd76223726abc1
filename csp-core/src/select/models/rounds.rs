//! Sets, whose arms stay in line from one round to the next, against partners that meet those arms
//! asleep, awake, and in between.

use crate::models::{Arc, block_on, large_model, model, poll_once};
use crate::{Channel, Select, select};
use core::pin::pin;
use core::task::Poll;
use loom::thread::{self, JoinHandle};
use std::boxed::Box;

/// A channel that a model's threads share.
fn shared<T>(capacity: usize) -> Arc<Channel<T>> {
    Arc::new(Channel::new(capacity))
}

/// Another thread on a channel.
fn on<T, R>(
    ch: &Arc<Channel<T>>,
    run: impl FnOnce(&Channel<T>) -> R + Send + 'static,
) -> JoinHandle<R>
where
    T: Send + 'static,
    R: 'static,
{
    let ch = ch.clone();
    thread::spawn(move || run(&ch))
}

/// A set whose arms are all in line, and that is awake.
#[track_caller]
fn in_line(set: &mut Select<'_>) {
    assert_eq!(set.try_wait(), None);
}

/// A partner meets an arm in line while its set is awake, about to fall asleep, or asleep.
#[test]
fn a_set_in_line_against_a_put() {
    for capacity in [0, 1] {
        model(move || {
            let a = shared(capacity);
            let b = shared::<i32>(capacity);
            let mut set = Select::new();
            let take = set.add(a.take());
            set.add(b.take());
            in_line(&mut set);
            let putter = on(&a, |a| block_on(a.put(1)));
            assert_eq!(block_on(set.wait()), Some(take.index()));
            assert_eq!(set.output(take), Some(Some(1)));
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

/// The same from the other side: the set's put is completed, or it looks again.
#[test]
fn a_set_in_line_against_a_take() {
    for capacity in [0, 1] {
        model(move || {
            let a = shared(capacity);
            let b = shared::<i32>(0);
            if capacity == 1 {
                a.try_put(0).unwrap();
            }
            let mut set = Select::new();
            let put = set.add(a.put(1));
            set.add(b.take());
            in_line(&mut set);
            let taker = on(&a, move |a| {
                if capacity == 1 {
                    assert_eq!(block_on(a.take()), Some(0));
                }
                block_on(a.take())
            });
            assert_eq!(block_on(set.wait()), Some(put.index()));
            assert_eq!(set.output(put), Some(Ok(())));
            assert_eq!(taker.join().unwrap(), Some(1));
        });
    }
}

/// Two rounds for two values, whatever was noted when.
#[test]
fn a_set_that_is_woken_for_one_arm_finds_the_other_in_its_next_round() {
    for capacity in [0, 1] {
        model(move || {
            let a = shared(capacity);
            let b = shared(capacity);
            let mut set = Select::new();
            let keys = [set.add(a.take()), set.add(b.take())];
            in_line(&mut set);
            let putters = [(&a, 1), (&b, 2)].map(|(ch, v)| on(ch, move |ch| block_on(ch.put(v))));
            let mut sum = 0;
            for _ in 0..2 {
                let arm = block_on(set.wait()).unwrap();
                sum += set.output(keys[arm]).unwrap().unwrap();
            }
            assert_eq!(sum, 3);
            for putter in putters {
                putter.join().unwrap().unwrap();
            }
        });
    }
}

/// Who meets an arm of a set that is awake goes on to the next taker, and a rendezvous says that
/// nobody is there.
#[test]
fn a_set_between_rounds_takes_no_call_from_others() {
    model(|| {
        let a = shared(1);
        let mut set = Select::new();
        set.add(a.take());
        in_line(&mut set);
        // Behind the set's arm.
        let taker = on(&a, |a| block_on(a.take()));
        let putter = on(&a, |a| block_on(a.put(1)));
        assert_eq!(taker.join().unwrap(), Some(1));
        putter.join().unwrap().unwrap();
        drop(set);
    });
    model(|| {
        let a = shared(0);
        let mut set = Select::new();
        let take = set.add(a.take());
        in_line(&mut set);
        let putter = on(&a, |a| a.try_put(1).is_ok());
        assert!(set.try_wait().is_none() && set.output(take).is_none());
        assert!(!putter.join().unwrap());
    });
}

/// The baton: a wait that is dropped while it is called, with its arms in line, passes the call on.
#[test]
fn a_dropped_wait_against_its_call() {
    for capacity in [0, 1] {
        model(move || {
            let a = shared(capacity);
            let b = shared::<i32>(0);
            let mut set = Select::new();
            let take = set.add(a.take());
            set.add(b.take());
            in_line(&mut set);
            let putter = on(&a, |a| block_on(a.put(1)));
            let taker = on(&a, |a| block_on(a.take()));
            let got = poll_once(pin!(set.wait()));
            if got.is_ready() {
                assert_eq!(set.output(take), Some(Some(1)));
                a.close();
                assert_eq!(taker.join().unwrap(), None);
            } else {
                assert_eq!(taker.join().unwrap(), Some(1));
            }
            assert_eq!(putter.join().unwrap(), Ok(()));
        });
    }
}

/// Called for one arm, a set leaves by another, in line before it; the call goes on.
#[test]
fn a_biased_set_that_leaves_by_another_arm_passes_its_call_on() {
    for capacity in [0, 1] {
        model(move || {
            let a = shared(capacity);
            let b = shared(capacity);
            let mut set = Select::new().biased();
            let keys = [set.add(a.take()), set.add(b.take())];
            in_line(&mut set);
            let first = a.clone();
            let putter = on(&b, move |b| {
                block_on(b.put(2)).unwrap();
                block_on(first.put(1)).unwrap();
            });
            let other = on(&b, |b| block_on(b.take()));
            let arm = block_on(set.wait()).unwrap();
            if arm == 1 {
                assert_eq!(set.output(keys[1]), Some(Some(2)));
                assert_eq!(block_on(a.take()), Some(1));
                b.close();
                assert_eq!(other.join().unwrap(), None);
            } else {
                assert_eq!(set.output(keys[0]), Some(Some(1)));
                assert_eq!(other.join().unwrap(), Some(2));
            }
            putter.join().unwrap();
        });
    }
}

/// While one arm's put is being taken, another arm is met.
#[test]
fn a_note_against_a_put_that_is_being_completed() {
    model(|| {
        let a = shared(0);
        let b = shared(1);
        let mut set = Select::new();
        let (put, take) = (set.add(a.put(1)), set.add(b.take()));
        in_line(&mut set);
        let taker = on(&a, |a| block_on(a.take()));
        let putter = on(&b, |b| block_on(b.put(2)));
        let mut arms = [0; 2].map(|_| block_on(set.wait()).unwrap());
        arms.sort();
        assert_eq!(arms, [put.index(), take.index()]);
        assert_eq!(
            (set.output(put), set.output(take)),
            (Some(Ok(())), Some(Some(2)))
        );
        assert_eq!(taker.join().unwrap(), Some(1));
        putter.join().unwrap().unwrap();
    });
}

/// Two sets that cross, both with their arms in line when they begin.
#[test]
fn sets_that_cross() {
    large_model(|| {
        let a = shared::<i32>(0);
        let b = shared::<i32>(0);
        let other = {
            let (a, b) = (a.clone(), b.clone());
            thread::spawn(move || {
                let mut set = Select::new();
                let (put, take) = (set.add(a.put(1)), set.add(b.take()));
                match block_on(set.wait()) {
                    Some(0) => set.output(put).unwrap().map(|()| 1).unwrap(),
                    _ => -set.output(take).unwrap().unwrap(),
                }
            })
        };
        let mut set = Select::new();
        let (put, take) = (set.add(b.put(2)), set.add(a.take()));
        let first = set.try_wait();
        let mine = match first.or_else(|| block_on(set.wait())) {
            Some(0) => set.output(put).unwrap().map(|()| 2).unwrap(),
            _ => -set.output(take).unwrap().unwrap(),
        };
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// A set and a select on both sides of one channel never meet themselves, but do meet each other.
#[test]
fn put_and_take_of_one_channel_in_a_set_and_a_select() {
    model(|| {
        let ch = shared::<i32>(0);
        let other = on(&ch, |ch| {
            block_on(async {
                select! { biased; r = ch.put(1) => { r.unwrap(); 1 }, v = ch.take() => -v.unwrap() }
            })
        });
        let mut set = Select::new();
        let (take, put) = (set.add(ch.take()), set.add(ch.put(2)));
        let first = set.try_wait();
        let mine = match first.or_else(|| block_on(set.wait())) {
            Some(0) => -set.output(take).unwrap().unwrap(),
            _ => set.output(put).unwrap().map(|()| 2).unwrap(),
        };
        assert_eq!(mine + other.join().unwrap(), 0);
    });
}

/// A value taken back is with its owner or with a taker, and a set that is dropped has none left.
#[test]
fn taking_back_a_put_in_line_against_its_take() {
    for forget in [false, true] {
        model(move || {
            let a = shared(0);
            let mut set = Select::new();
            let put = set.add(a.put(1));
            let taker = on(&a, |a| a.try_take().ok());
            {
                let mut wait = Box::pin(set.wait());
                let _ = poll_once(wait.as_mut());
                if forget {
                    core::mem::forget(wait);
                }
            }
            let back = set.take_back(put);
            assert!(a.try_take().is_err());
            let done = poll_once(pin!(set.wait())) == Poll::Ready(Some(put.index()));
            assert_eq!(done, back.is_none());
            assert_eq!(taker.join().unwrap(), done.then_some(1));
            if forget {
                // The forgotten future has only a borrow of the set.
                assert_eq!(set.output(put).is_some(), done);
            }
        });
    }
}

/// An arm that is removed, and a set that is dropped, while a partner meets them.
#[test]
fn removal_against_a_put() {
    for capacity in [0, 1] {
        for whole in [false, true] {
            model(move || {
                let a = shared(capacity);
                let b = shared::<i32>(0);
                let mut set = Select::new();
                let take = set.add(a.take());
                set.add(b.take());
                let putter = on(&a, |a| block_on(a.put(1)));
                let waited = poll_once(pin!(set.wait()));
                let took = waited.is_ready();
                assert_eq!(set.output(take).is_some(), took);
                if whole {
                    drop(set);
                } else {
                    assert!(set.remove(take));
                    in_line(&mut set);
                }
                if took {
                    a.close();
                    assert_eq!(block_on(a.take()), None);
                } else {
                    assert_eq!(block_on(a.take()), Some(1));
                }
                assert_eq!(putter.join().unwrap(), Ok(()));
            });
        }
    }
}

#[test]
fn close_against_a_set_in_line() {
    model(|| {
        let a = shared::<i32>(0);
        let b = shared::<i32>(0);
        let mut set = Select::new();
        let (take, put) = (set.add(a.take()), set.add(b.put(1)));
        in_line(&mut set);
        let closers = [&a, &b].map(|ch| on(ch, |ch| ch.close()));
        for _ in 0..2 {
            let arm = block_on(set.wait()).unwrap();
            if arm == take.index() {
                assert_eq!(set.output(take), Some(None));
                assert!(set.remove(take));
            } else {
                assert_eq!(set.output(put).unwrap().unwrap_err().into_inner(), 1);
            }
        }
        assert_eq!(block_on(set.wait()), None);
        for closer in closers {
            assert!(closer.join().unwrap());
        }
    });
}

/// As a select's `default`: of two channels of which one always has a value, a set never says that
/// both were empty.
#[test]
fn try_wait_looks_at_one_instant() {
    model(|| {
        let a = shared(1);
        let b = shared(1);
        let mut set = Select::new().biased();
        set.add(b.take());
        set.add(a.take());
        in_line(&mut set);
        a.try_put(1).unwrap();
        let drained = a.clone();
        let mover = on(&b, move |b| {
            b.try_put(2).unwrap();
            let _ = drained.try_take();
        });
        assert!(set.try_wait().is_some());
        mover.join().unwrap();
    });
}
