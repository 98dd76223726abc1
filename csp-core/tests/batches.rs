//! Many values at a time, on every kind of channel: order, conservation and fairness of `put_all`,
//! `take_many` and `drain`, whatever is cancelled or closed in between.

mod common;

use common::{AnyChannel, Executor, Ledger, Random, Task, Value, each_kind, now, poll_once};
use csp_core::{Channel, Closed, LocalChannel, channel, select};
use std::cell::{Cell, RefCell};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::thread;

const ANY: usize = usize::MAX;

/// An interpreter would take minutes for more.
const MIRI: bool = cfg!(miri);

/// Takes all that can be taken, one at a time.
fn take_each<T>(ch: &dyn AnyChannel<T>) -> Vec<T> {
    std::iter::from_fn(|| ch.try_take().ok()).collect()
}

#[test]
fn batches_keep_order_between_processes() {
    const MANY: usize = if MIRI { 8 } else { 300 };
    for &max in if MIRI { &[3][..] } else { &[1, 7, ANY] } {
        each_kind(0, ANY, |ch| {
            let taken = RefCell::new(Vec::new());
            let mut executor = Executor::new();
            executor.go(async {
                ch.put_all((0..MANY).collect()).await.unwrap();
                ch.close();
            });
            executor.go(async {
                loop {
                    let mut buffer = vec![ANY];
                    let count = ch.take_many(&mut buffer, max).await;
                    assert!(count <= max && buffer.len() == count + 1);
                    if count == 0 {
                        break;
                    }
                    taken.borrow_mut().extend(buffer.drain(1..));
                }
            });
            assert_eq!(executor.run(), 0);
            assert!(taken.borrow().iter().copied().eq(0..MANY));
        });
    }
}

#[test]
fn put_all_stores_what_fits_and_waits_with_the_next() {
    each_kind(1, 100, |ch| {
        let capacity = ch.capacity();
        let mut all = Task::parked(ch.put_all((0..capacity + 2).collect()));
        assert_eq!(ch.len(), capacity);
        // The value that waits moves up, and nothing more until the put is polled.
        assert_eq!(ch.try_take(), Ok(0));
        assert_eq!(ch.len(), capacity);
        assert!(all.is_woken());
        assert_eq!(ch.try_take(), Ok(1));
        assert_eq!(ch.len(), capacity - 1);
        all.ready().unwrap();
        assert!(take_each(ch).into_iter().eq(2..capacity + 2));
    });
}

#[test]
fn put_all_of_nothing_is_ready_whatever_the_channel() {
    each_kind::<u8>(0, ANY, |ch| {
        now(ch.put_all(vec![])).unwrap();
        ch.close();
        now(ch.put_all(vec![])).unwrap();
    });
}

#[test]
fn put_all_calls_every_taker_that_waits() {
    each_kind(0, ANY, |ch| {
        // More than one batch of wakes, and more than there are hand-over places.
        let mut takers: Vec<_> = (0..20).map(|_| Task::parked(ch.take())).collect();
        let mut all = Task::new(ch.put_all((0..20).collect()));
        let mut taken = Vec::new();
        for _ in 0..100 {
            let done = all.poll().is_ready();
            for taker in &mut takers {
                if taker.is_woken() {
                    taken.extend(match taker.poll() {
                        Poll::Ready(value) => value,
                        Poll::Pending => None,
                    });
                }
            }
            takers.retain(|taker| !taker.is_woken() && taker.polls() < 2);
            if done {
                break;
            }
        }
        assert!(takers.is_empty());
        assert!(taken.into_iter().eq(0..20));
    });
}

#[test]
fn whoever_waited_before_comes_first() {
    each_kind(0, 100, |ch| {
        let capacity = ch.capacity();
        (0..capacity).for_each(|_| ch.try_put(0).unwrap());
        let mut one = Task::parked(ch.put(1));
        let mut all = Task::parked(ch.put_all(vec![2, 4, 5]));
        let mut other = Task::parked(ch.put(3));
        let mut taken = Vec::new();
        for _ in 0..capacity + 5 {
            taken.push(ch.try_take().unwrap());
            let _ = all.is_woken() && all.poll().is_ready();
        }
        assert_eq!(one.ready(), Ok(()));
        assert_eq!(other.ready(), Ok(()));
        assert_eq!(taken[capacity..], [1, 2, 3, 4, 5]);
        assert!(ch.try_take().is_err());
    });
}

#[test]
fn take_many_serves_all_who_wait_to_put() {
    each_kind(0, 100, |ch| {
        let capacity = ch.capacity();
        (0..capacity).for_each(|n| ch.try_put(n).unwrap());
        // More than one batch of wakes.
        let many = if MIRI { 24 } else { 50 };
        let waiting = capacity..capacity + many;
        let mut putters: Vec<_> = waiting.map(|n| Task::parked(ch.put(n))).collect();
        let mut buffer = Vec::new();
        assert_eq!(now(ch.take_many(&mut buffer, 1)), 1);
        // The room goes to the first who waits.
        assert_eq!(ch.len(), capacity);
        assert_eq!(now(ch.take_many(&mut buffer, many - 20)), many - 20);
        assert_eq!(ch.len(), capacity);
        let done = putters.iter().filter(|putter| putter.is_woken());
        assert_eq!(done.count(), many - 19);
        assert_eq!(now(ch.take_many(&mut buffer, ANY)), capacity + 19);
        assert!(buffer.into_iter().eq(0..capacity + many));
        assert!(putters.iter_mut().all(|putter| putter.woken() == Ok(())));
        assert!(ch.try_take().is_err());
    });
}

#[test]
fn take_many_takes_at_most_what_it_is_told_to() {
    each_kind(2, ANY, |ch| {
        ch.try_put(1).unwrap();
        ch.try_put(2).unwrap();
        let mut buffer = Vec::new();
        assert_eq!(now(ch.take_many(&mut buffer, 0)), 0);
        assert_eq!(now(ch.take_many(&mut buffer, 1)), 1);
        ch.close();
        assert_eq!(now(ch.take_many(&mut buffer, 5)), 1);
        assert_eq!(now(ch.take_many(&mut buffer, 5)), 0);
        assert_eq!(buffer, [1, 2]);
    });
}

#[test]
fn waiting_take_many_is_called_once_and_takes_what_has_come_by_then() {
    each_kind(0, 100, |ch| {
        let mut buffer = Vec::new();
        let mut many = Task::parked(ch.take_many(&mut buffer, 10));
        many.assert_pending();
        many.change_waker();
        many.assert_pending();
        ch.try_put(1).unwrap();
        let more = (2..5).filter(|&n| ch.try_put(n).is_ok()).count();
        assert_eq!(many.woken(), 1 + more);
        drop(many);
        assert!(buffer.into_iter().eq(1..2 + more));

        let mut buffer = vec![];
        let mut many = Task::parked(ch.take_many(&mut buffer, 10));
        ch.close();
        assert_eq!(many.woken(), 0);
    });
}

#[test]
fn take_many_called_in_vain_waits_in_front() {
    each_kind(0, 100, |ch| {
        let (mut first, mut second) = (vec![], vec![]);
        let mut first = Task::parked(ch.take_many(&mut first, 5));
        let mut second = Task::parked(ch.take_many(&mut second, 5));
        ch.try_put(1).unwrap();
        assert_eq!(ch.try_take(), Ok(1));
        assert!(first.is_woken());
        first.assert_pending();
        ch.try_put(2).unwrap();
        assert!(first.is_woken() && !second.is_woken());
        assert_eq!(first.ready(), 1);
        second.assert_pending();
    });
}

#[test]
fn dropped_take_many_passes_its_call_on() {
    each_kind(0, 100, |ch| {
        let mut buffer = vec![];
        let many = Task::parked(ch.take_many(&mut buffer, 5));
        let mut take = Task::parked(ch.take());
        ch.try_put(1).unwrap();
        assert!(many.is_woken() && !take.is_woken());
        drop(many);
        assert_eq!(take.woken(), Some(1));
        assert!(buffer.is_empty());
    });
}

/// Puts ten values and takes `before` of them, then does that with the future. Every value has to
/// be where it may be.
fn interrupted(
    ch: &dyn AnyChannel<Value>,
    before: usize,
    is_polled_again: bool,
    interrupt: impl FnOnce(&dyn AnyChannel<Value>, Pin<&mut common::AnyPutAll<'_, Value>>) -> Vec<u32>,
) {
    let ledger = Ledger::new();
    let values: Vec<_> = (0..10).map(|id| ledger.value(id)).collect();
    let mut taken = Vec::new();
    {
        let mut all = pin!(ch.put_all(values));
        for _ in 0..before {
            let _ = poll_once(all.as_mut());
            taken.extend(ch.try_take().map(|value| value.id));
        }
        if is_polled_again {
            let _ = poll_once(all.as_mut());
        }
        let rest = interrupt(ch, all);
        taken.extend(take_each(ch).iter().map(|value| value.id));
        taken.extend(rest);
    }
    let count = taken.len() as u32;
    assert!(taken.into_iter().eq(0..count), "in order, nothing left out");
    assert!(count == 10 || ledger.alive() == 0);
    ledger.assert_settled();
}

/// How many values are taken before the interruption, and whether it is polled once more.
fn interruptions() -> impl Iterator<Item = (usize, bool)> {
    let all = (0..=10).flat_map(|n| [(n, false), (n, true)]);
    all.step_by(if MIRI { 11 } else { 1 })
}

#[test]
fn rest_of_an_interrupted_put_all_is_what_has_not_been_put() {
    for (before, again) in interruptions() {
        each_kind(0, ANY, |ch| {
            let expected = Cell::new(0);
            interrupted(ch, before, again, |_, all| {
                let rest: Vec<_> = all.rest().map(|value| value.id).collect();
                expected.set(rest.len());
                rest
            });
            // Nothing is left of it in the channel.
            assert!(ch.try_take().is_err());
            assert!(before > 0 || again || expected.get() == 10);
        });
    }
}

#[test]
fn put_all_in_whose_middle_the_channel_is_closed_gives_the_rest_back() {
    for (before, again) in interruptions() {
        each_kind(0, ANY, |ch| {
            interrupted(ch, before, again, |ch, mut all| {
                ch.close();
                match poll_once(all.as_mut()) {
                    Poll::Ready(Ok(())) => vec![],
                    Poll::Ready(Err(Closed(rest))) => rest.map(|value| value.id).collect(),
                    Poll::Pending => panic!("waits on a closed channel"),
                }
            });
        });
    }
}

#[test]
fn dropped_put_all_has_put_the_first_values_and_drops_the_others() {
    for (before, again) in interruptions() {
        for capacity in [0, 1, 3, ANY] {
            let ledger = Ledger::new();
            let ch = LocalChannel::new(capacity);
            let mut taken = Vec::new();
            {
                let values: Vec<_> = (0..10).map(|id| ledger.value(id)).collect();
                let mut all = pin!(ch.put_all(values));
                for _ in 0..before {
                    let _ = poll_once(all.as_mut());
                    taken.extend(ch.try_take().map(|value| value.id));
                }
                if again {
                    let _ = poll_once(all.as_mut());
                }
            }
            let stored: Vec<_> = ch.drain();
            assert_eq!(ledger.alive(), stored.len());
            taken.extend(stored.iter().map(|value| value.id));
            let count = taken.len() as u32;
            assert!(taken.into_iter().eq(0..count));
            drop(stored);
            ledger.assert_settled();
        }
    }
}

/// On a rendezvous it pulls as many as might be handed over, of which only as many are as takers wait.
#[test]
fn dropped_put_all_drops_what_it_had_pulled_for_nobody() {
    let ledger = Ledger::new();
    {
        let ch = Channel::new(0);
        let mut taker = Task::parked(ch.take());
        let values: Vec<_> = (0..9).map(|id| ledger.value(id)).collect();
        let all = Task::parked(ch.put_all(values));
        assert_eq!(ledger.alive(), 9);
        drop(all);
        assert_eq!(ledger.alive(), 1);
        assert_eq!(taker.woken().map(|value| value.id), Some(0));
    }
    ledger.assert_settled();
}

#[test]
fn rest_can_be_put_again() {
    let ch = Channel::new(2);
    let mut all = Box::pin(ch.put_all(0..6));
    assert!(poll_once(all.as_mut()).is_pending());
    let rest = all.as_mut().rest();
    assert_eq!(rest.size_hint(), (4, Some(4)));
    // It has ended.
    assert!(poll_once(all.as_mut()).is_ready());
    assert_eq!(ch.drain(), [0, 1]);
    let mut again = Task::parked(ch.put_all(rest));
    assert_eq!(ch.drain(), [2, 3, 4]);
    again.woken().unwrap();
    assert_eq!(ch.drain(), [5]);
}

#[test]
fn batches_lose_a_select_without_losing_values() {
    let (values, other) = (Channel::new(1), Channel::new(1));
    let mut buffer = Vec::new();
    let mut race = Task::parked(async {
        select! {
            n = values.take_many(&mut buffer, 9) => n,
            v = other.take() => v.unwrap(),
        }
    });
    values.try_put(1).unwrap();
    other.try_put(7).unwrap();
    let first = race.ready();
    drop(race);
    assert!(buffer.len() == 1 && first == 1 || values.drain() == [1] && first == 7);

    let mut all = pin!(values.put_all(0..3));
    let put_or_take = now(async {
        select! {
            _ = all.as_mut() => true,
            v = other.take() => v == Some(7),
            default => false,
        }
    });
    assert_eq!(put_or_take, first == 1);
    let rest = all.rest();
    assert!(values.drain().into_iter().chain(rest).eq(0..3));
}

#[test]
fn values_of_any_size_go_in_batches() {
    const MANY: usize = if MIRI { 5 } else { 200 };
    fn round<T: PartialEq + std::fmt::Debug + Clone>(value: T) {
        for capacity in [0, 3, ANY] {
            let ch = LocalChannel::new(capacity);
            let mut many = Task::new(ch.put_all(vec![value.clone(); MANY]));
            let mut taken = vec![];
            while many.poll().is_pending() {
                taken.extend(ch.drain());
            }
            taken.extend(ch.drain());
            assert_eq!(taken, vec![value.clone(); MANY]);
        }
    }
    #[derive(PartialEq, Debug, Clone)]
    #[repr(align(64))]
    struct Aligned(u8);
    round(());
    round(7_u8);
    round(Aligned(7));
    round([7_u64; 20]);
    round([7_u8; 3000]);
    round(String::from("seven"));
}

#[test]
fn unbounded_channel_takes_a_batch_of_any_length() {
    const MANY: usize = if MIRI { 50 } else { 100_000 };
    let ch = Channel::unbounded();
    now(ch.put_all(0..MANY)).unwrap();
    assert_eq!(ch.len(), MANY);
    let mut buffer = Vec::new();
    assert_eq!(now(ch.take_many(&mut buffer, MANY / 2)), MANY / 2);
    buffer.extend(ch.drain());
    assert!(buffer.into_iter().eq(0..MANY));
}

/// Random programs of batches and single operations, some cancelled: each value once, those of one
/// putter in order.
#[test]
fn random_batches_conserve_values_and_order() {
    for seed in 0..if MIRI { 1 } else { 400 } {
        each_kind(0, ANY, |ch| {
            let mut random = Random::new(seed);
            let taken = Rc::new(RefCell::new(Vec::new()));
            let kept = Rc::new(RefCell::new(Vec::new()));
            let mut next = 0;
            let mut tasks: Vec<Task<'_, ()>> = Vec::new();
            for _ in 0..if MIRI { 8 } else { 60 } {
                match random.below(8) {
                    0..=2 => {
                        let count = random.below(12) as u32;
                        let values: Vec<_> = (next..next + count).collect();
                        next += 100;
                        let kept = kept.clone();
                        tasks.push(Task::new(async move {
                            // Gives what is left to the books, when it is dropped as well.
                            struct Keep<'a>(
                                Pin<Box<common::AnyPutAll<'a, u32>>>,
                                Rc<RefCell<Vec<u32>>>,
                            );
                            impl Drop for Keep<'_> {
                                fn drop(&mut self) {
                                    self.1.borrow_mut().extend(self.0.as_mut().rest());
                                }
                            }
                            let mut all = Keep(Box::pin(ch.put_all(values)), kept);
                            if let Err(Closed(rest)) = all.0.as_mut().await {
                                all.1.borrow_mut().extend(rest);
                            }
                        }));
                    }
                    3..=4 => {
                        let (max, taken) = (random.below(20), taken.clone());
                        tasks.push(Task::new(async move {
                            let mut buffer = vec![];
                            ch.take_many(&mut buffer, max).await;
                            taken.borrow_mut().extend(buffer);
                        }));
                    }
                    5 => taken.borrow_mut().extend(ch.try_take().ok()),
                    6 if !tasks.is_empty() => {
                        tasks.swap_remove(random.below(tasks.len()));
                    }
                    _ => {}
                }
                tasks.retain_mut(|task| {
                    let is_turn = task.polls() == 0 || task.is_woken() && random.below(3) > 0;
                    !(is_turn && task.poll().is_ready())
                });
            }
            ch.close();
            tasks.retain_mut(|task| task.poll().is_pending());
            assert!(tasks.is_empty(), "somebody waits on a closed channel");
            taken.borrow_mut().extend(ch.drain());
            // In the order in which they were taken, then what came back.
            let mut all = taken.take();
            for putter in 0..next / 100 {
                let own = all.iter().copied().filter(|v| v / 100 == putter);
                let back = kept
                    .borrow()
                    .iter()
                    .copied()
                    .filter(|v| v / 100 == putter)
                    .min();
                let own: Vec<_> = own.collect();
                assert!(
                    own.iter()
                        .copied()
                        .eq(putter * 100..putter * 100 + own.len() as u32)
                );
                assert!(back.is_none_or(|back| back == putter * 100 + own.len() as u32));
            }
            all.extend(kept.take());
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "a value twice");
        });
    }
}

#[test]
fn batches_between_threads_conserve_values_and_order() {
    const EACH: u32 = if MIRI { 10 } else { 5_000 };
    for capacity in [0, 1, 64, ANY] {
        let (tx, rx) = channel(capacity);
        let putters: Vec<_> = (0..2)
            .map(|putter| {
                let tx = tx.clone();
                thread::spawn(move || {
                    let values = (0..EACH).map(move |n| (putter, n));
                    csp_core::block_on(tx.put_all(values)).unwrap();
                })
            })
            .collect();
        drop(tx);
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let rx = rx.clone();
                thread::spawn(move || {
                    let mut all = Vec::new();
                    while csp_core::block_on(rx.take_many(&mut all, 50)) > 0 {}
                    all
                })
            })
            .collect();
        putters
            .into_iter()
            .for_each(|putter| putter.join().unwrap());
        let taken = takers.into_iter().map(|taker| taker.join().unwrap());
        let taken: Vec<Vec<_>> = taken.collect();
        // Each taker sees the values of each putter in their order.
        for (putter, of_one) in (0..2).flat_map(|p| taken.iter().map(move |t| (p, t))) {
            let own = of_one.iter().filter(|(p, _)| *p == putter);
            assert!(own.is_sorted());
        }
        let mut all = taken.concat();
        all.sort_unstable();
        let expected = (0..2).flat_map(|putter| (0..EACH).map(move |n| (putter, n)));
        assert!(all.into_iter().eq(expected));
    }
}
