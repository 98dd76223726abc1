//! Channels between threads, blocking and async mixed: nothing lost, nothing twice.

mod common;

use common::heap;
use csp_core::{
    Channel, PutTimeoutError, Select, StaticChannel, TakeTimeoutError, block_on, channel, select,
    select_blocking,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// Longer than any test waits for.
const LONG: Duration = Duration::from_secs(600);
const EACH: usize = if cfg!(miri) { 2 } else { 2000 };

/// Who put it, and how many it had put before.
type Item = (usize, usize);

/// Runs so many writers, and so many readers until the channel has ended, and checks that each
/// value arrived once, and that no reader saw two of one writer in the wrong order.
fn exchange(
    writers: usize,
    readers: usize,
    close: impl FnOnce() + Send,
    write: impl Fn(Item) + Sync,
    read: impl Fn() -> Option<Item> + Sync,
) {
    let taken = collect(writers, readers, close, write, read);
    for items in &taken {
        let mut last = BTreeMap::new();
        for &(writer, n) in items {
            let before = last.insert(writer, n);
            assert!(
                before.is_none_or(|before| before < n),
                "{writer}'s values in order"
            );
        }
    }
    check_all(writers, taken);
}

/// [`exchange`] over several channels, among which there is no order.
fn exchange_unordered(
    writers: usize,
    readers: usize,
    close: impl FnOnce() + Send,
    write: impl Fn(Item) + Sync,
    read: impl Fn() -> Option<Item> + Sync,
) {
    check_all(writers, collect(writers, readers, close, write, read));
}

/// What each reader took, in its order.
fn collect(
    writers: usize,
    readers: usize,
    close: impl FnOnce() + Send,
    write: impl Fn(Item) + Sync,
    read: impl Fn() -> Option<Item> + Sync,
) -> Vec<Vec<Item>> {
    let taken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..readers {
            scope.spawn(|| {
                let items = std::iter::from_fn(&read).collect();
                taken.lock().unwrap().push(items);
            });
        }
        let writers: Vec<_> = (0..writers)
            .map(|writer| {
                let write = &write;
                scope.spawn(move || (0..EACH).for_each(|n| write((writer, n))))
            })
            .collect();
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
        close();
    });
    taken.into_inner().unwrap()
}

fn check_all(writers: usize, taken: Vec<Vec<Item>>) {
    let mut all: Vec<_> = taken.into_iter().flatten().collect();
    all.sort();
    let expected = (0..writers).flat_map(|writer| (0..EACH).map(move |n| (writer, n)));
    assert!(all.into_iter().eq(expected), "each value once");
}

/// The numbers of writers and readers.
const CROWDS: [(usize, usize); 4] = [(1, 1), (4, 1), (1, 4), (3, 3)];

#[test]
fn many_writers_and_readers_exchange_each_value_once() {
    // An interpreter need not see all.
    let count = if cfg!(miri) { 2 } else { 5 };
    for capacity in [0, 2, 1, 100, usize::MAX].into_iter().take(count) {
        for (writers, readers) in CROWDS {
            let ch = heap(capacity);
            let put = |item| ch.put_blocking(item).unwrap();
            exchange(
                writers,
                readers,
                || assert!(ch.close()),
                put,
                || ch.take_blocking(),
            );
        }
    }
}

#[test]
fn many_writers_and_readers_exchange_each_value_once_on_static_channels() {
    fn check<const N: usize>() {
        for (writers, readers) in CROWDS {
            let ch = StaticChannel::<_, N>::new();
            let put = |item| ch.put_blocking(item).unwrap();
            exchange(
                writers,
                readers,
                || assert!(ch.close()),
                put,
                || ch.take_blocking(),
            );
        }
    }
    check::<0>();
    check::<1>();
    check::<100>();
}

#[test]
fn tries_mix_with_waiting_calls() {
    for capacity in [0, 1, 100] {
        let ch = Channel::new(capacity);
        let put = |item: Item| match item.1 % 2 {
            0 => ch.put_blocking(item).unwrap(),
            _ => {
                if let Err(error) = ch.try_put(item) {
                    block_on(ch.put(error.into_inner())).unwrap();
                }
            }
        };
        let take = || ch.try_take().ok().or_else(|| ch.take_blocking());
        exchange(3, 3, || assert!(ch.close()), put, take);
    }
}

#[test]
fn selects_on_both_sides_exchange_each_value_once() {
    for capacity in [0, 1, 2] {
        let (a, b) = (Channel::new(capacity), Channel::new(capacity));
        let put = |item| {
            let (mut here, mut there) = (Some(item), Some(item));
            // Each select puts one of the two, whichever arm it is.
            select_blocking! {
                r = a.put_from(&mut here) => r.unwrap(),
                r = b.put_from(&mut there) => r.unwrap(),
            }
            assert_ne!(here, there);
        };
        let take = || select_blocking! { v = a.take() => v, v = b.take() => v };
        let close = || {
            // A reader ends at the first end it sees: only when nothing is left.
            while !(a.is_empty() && b.is_empty()) {
                thread::yield_now();
            }
            a.close();
            b.close();
        };
        exchange_unordered(3, 3, close, put, take);
    }
}

#[test]
fn sets_and_selects_and_plain_calls_meet() {
    let (a, b) = (Channel::new(0), Channel::new(0));
    let put = |item: Item| {
        let mut set = Select::new();
        let here = set.add(a.put(item));
        let there = set.add(b.put(item));
        assert!(set.wait_blocking().is_some());
        assert!(set.output(here).is_some() != set.output(there).is_some());
    };
    let take = || {
        block_on(async {
            select! { v = b.take() => v, v = a.take() => v }
        })
    };
    exchange_unordered(2, 2, || assert!(a.close() && b.close()), put, take);
}

#[test]
fn cancelled_takes_lose_nothing_between_threads() {
    for capacity in [0, 1, 100] {
        let ch = Channel::new(capacity);
        let put = |item| ch.put_blocking(item).unwrap();
        let take = || {
            loop {
                // The take loses at once, or wins; either way its value is somewhere.
                match ch.take_blocking_timeout(Duration::from_micros(1)) {
                    Ok(item) => return Some(item),
                    Err(TakeTimeoutError::Closed) => return None,
                    Err(TakeTimeoutError::Timeout) => {}
                }
            }
        };
        exchange(2, 3, || assert!(ch.close()), put, take);
    }
}

#[test]
fn put_that_runs_out_of_time_gives_its_value_back_and_is_not_delivered() {
    for capacity in [0, 1] {
        let ch = Channel::new(capacity);
        let put = |mut item| {
            while let Err(error) = ch.put_blocking_timeout(item, Duration::from_micros(1)) {
                assert!(error.is_timeout());
                item = error.into_inner();
            }
        };
        exchange(3, 2, || assert!(ch.close()), put, || ch.take_blocking());
    }
    let (tx, rx) = channel(0);
    let timeout = tx.put_blocking_timeout("mine", Duration::from_millis(1));
    assert_eq!(timeout, Err(PutTimeoutError::Timeout("mine")));
    assert_eq!(
        rx.take_blocking_timeout(Duration::ZERO),
        Err(TakeTimeoutError::Timeout)
    );
    rx.close();
    assert_eq!(
        tx.put_blocking_timeout("mine", LONG),
        Err(PutTimeoutError::Closed("mine"))
    );
}

#[test]
fn close_ends_those_who_block() {
    let (tx, rx) = channel(0);
    let (full, _held) = channel(0);
    thread::scope(|scope| {
        let takers: Vec<_> = (0..3).map(|_| scope.spawn(|| rx.take_blocking())).collect();
        let timed = scope.spawn(|| rx.take_blocking_timeout(LONG));
        let selects = scope.spawn(|| select_blocking! { v = rx.take() => v, v = &rx => v });
        let putter = scope.spawn(|| full.put_blocking(7));
        drop(tx);
        full.close();
        assert!(
            takers
                .into_iter()
                .all(|taker| taker.join().unwrap().is_none())
        );
        assert_eq!(
            timed.join().unwrap(),
            Err::<u8, _>(TakeTimeoutError::Closed)
        );
        assert_eq!(selects.join().unwrap(), None);
        assert_eq!(
            putter.join().unwrap().map_err(|closed| closed.into_inner()),
            Err(7)
        );
    });
}

#[test]
fn select_blocking_has_all_that_select_has() {
    let (a, b) = (Channel::new(1), Channel::new(0));
    let poll = |guard: bool| {
        select_blocking! {
            biased;
            v = a.take(), if guard => v,
            r = b.put(1) => { r.unwrap(); Some(0) }
            default => None,
        }
    };
    assert_eq!(poll(true), None);
    a.put_blocking(7).unwrap();
    assert_eq!((poll(false), poll(true)), (None, Some(7)));
    let sum = |values: &[u32]| -> Option<u32> {
        let mut sum = 0;
        for &value in values {
            a.put_blocking(value).unwrap();
            select_blocking! {
                v = a.take() => match v? {
                    0 => continue,
                    9 => break,
                    v => sum += v,
                },
            }
        }
        Some(sum)
    };
    assert_eq!(sum(&[1, 0, 2, 9, 4]), Some(3));
}

#[test]
fn what_was_written_before_a_put_or_a_close_is_seen_after_the_take() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    for capacity in [0, 1, 3] {
        let ch = Channel::new(capacity);
        let (written, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1..=EACH {
                    written.store(n, Relaxed);
                    ch.put_blocking(n).unwrap();
                    // The k-th take comes before put k + capacity is complete; one more value may
                    // be promised to the taker, and it may not have noted the last one yet.
                    assert!(taken.load(Relaxed) + capacity + 2 >= n);
                }
                written.store(EACH + 1, Relaxed);
                ch.close();
            });
            while let Some(n) = ch.take_blocking() {
                taken.store(n, Relaxed);
                assert!(written.load(Relaxed) >= n);
            }
            assert_eq!(written.load(Relaxed), EACH + 1);
        });
    }
}

#[test]
fn each_question_has_one_answer() {
    for capacity in [0, 1, 3, usize::MAX] {
        let (questions, answers) = (Channel::new(capacity), Channel::new(capacity));
        let ask_blocking = |n| {
            questions.put_blocking(n).unwrap();
            answers.take_blocking()
        };
        let ask = |n| {
            block_on(async {
                questions.put(n).await.unwrap();
                answers.take().await
            })
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                while let Some(n) = questions.take_blocking() {
                    answers.put_blocking(n + 1).unwrap();
                }
            });
            // One who asks alone gets his own answer; of two each gets one of theirs.
            for n in 0..EACH {
                assert_eq!(ask_blocking(n), Some(n + 1));
                assert_eq!(ask(n), Some(n + 1));
            }
            let other = scope.spawn(|| (0..EACH).filter_map(ask_blocking).sum::<usize>());
            let sum = (0..EACH).filter_map(ask).sum::<usize>() + other.join().unwrap();
            assert_eq!(sum, EACH * (EACH + 1));
            questions.close();
        });
        assert_eq!(answers.len(), 0);
    }
}
