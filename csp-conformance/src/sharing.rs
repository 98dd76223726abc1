//! Sharing: threads among processes, and channels among threads.

use crate::Tested;
use crate::tools::{together, yield_now};
use csp_core::rt::{go, go_local, tick};
use csp_core::{Receiver, Sender, channel, select};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// How many turns the sibling must get while the busy process makes at most so many laps.
const TURNS: u32 = 10;
const LAPS: u32 = 1_000_000;

/// Puts and takes that are always ready, on one thread.
pub async fn a_process_that_never_waits_lets_its_sibling_run<R: Tested>(rt: R) {
    beside_a_sibling(&rt, async |lap, tx, rx| {
        tx.put(lap).await.unwrap();
        assert_eq!(rx.take().await, Some(lap));
    })
    .await;
}

/// Selects that are always ready, on one thread.
pub async fn a_process_that_always_selects_lets_its_sibling_run<R: Tested>(rt: R) {
    beside_a_sibling(&rt, async |lap, tx, rx| {
        // First there is only room, then there is only a value.
        for _ in 0..2 {
            select! {
                put = tx.put(lap) => put.unwrap(),
                taken = rx.take() => assert_eq!(taken, Some(lap)),
            }
        }
    })
    .await;
}

/// Runs a process that does nothing but `lap`, and a sibling that counts its own turns.
async fn beside_a_sibling<R: Tested>(
    rt: &R,
    lap: impl AsyncFn(u32, &Sender<u32>, &Receiver<u32>) + 'static,
) {
    rt.local(async move {
        let turns = Rc::new(Cell::new(0));
        let seen = turns.clone();
        let busy = go_local(rt, async move {
            let (tx, rx) = channel(1);
            for n in 0..LAPS {
                lap(n, &tx, &rx).await;
                if seen.get() == TURNS {
                    return true;
                }
            }
            false
        });
        go_local(rt, async move {
            for _ in 0..TURNS {
                turns.set(turns.get() + 1);
                yield_now().await;
            }
        });
        assert!(busy.await.unwrap(), "the sibling did not run");
    })
    .await;
}

/// An idle program does nothing: its processes have been polled once each, however long they wait; then
/// once more.
pub async fn processes_that_wait_are_polled_once_and_when_there_is_a_reason<R: Tested>(rt: R) {
    const EACH: usize = 10;
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = |process: Pin<Box<dyn Future<Output = ()> + Send>>| {
        let (polls, mut process) = (polls.clone(), process);
        go(
            &rt,
            poll_fn(move |cx| {
                polls.fetch_add(1, SeqCst);
                process.as_mut().poll(cx)
            }),
        )
    };
    let (tx, rx) = channel::<()>(0);
    let (full, rest) = channel(1);
    full.put(()).await.unwrap();
    // Nobody takes its ticks.
    let clock = tick(&rt, Duration::from_millis(1));
    let mut processes = Vec::new();
    for _ in 0..EACH {
        let (waits, selects, fills, told) = (rx.clone(), rx.clone(), full.clone(), tx.clone());
        let timer = rt.sleep(Duration::MAX);
        processes.push(counted(Box::pin(async move {
            assert_eq!(waits.take().await, None);
        })));
        processes.push(counted(Box::pin(async move {
            select! { _ = selects.take() => {}, _ = timer => {} }
        })));
        processes.push(counted(Box::pin(async move {
            assert!(fills.put(()).await.is_err());
        })));
        processes.push(counted(Box::pin(async move { told.closed().await })));
    }
    while polls.load(SeqCst) < 4 * EACH {
        yield_now().await;
    }
    rt.sleep(Duration::from_millis(50)).await;
    assert_eq!(polls.load(SeqCst), 4 * EACH, "once each");
    rx.close();
    rest.close();
    for process in processes {
        process.await.unwrap();
    }
    assert_eq!(polls.load(SeqCst), 8 * EACH, "and once more");
    drop(clock);
}

/// Capacity 0.
pub async fn four_by_four_on_a_rendezvous<R: Tested>(rt: R) {
    four_by_four(&rt, 0).await;
}

/// Capacity 1.
pub async fn four_by_four_with_room_for_one<R: Tested>(rt: R) {
    four_by_four(&rt, 1).await;
}

/// Capacity 2.
pub async fn four_by_four_with_room_for_two<R: Tested>(rt: R) {
    four_by_four(&rt, 2).await;
}

/// Capacity 100.
pub async fn four_by_four_with_room_for_a_hundred<R: Tested>(rt: R) {
    four_by_four(&rt, 100).await;
}

const WRITERS: u32 = 4;
const READERS: u32 = 4;
const EACH: u32 = 5_000;

/// Every value that four writers put is taken by exactly one of four readers, who cancel every other
/// take; and what one reader has from one writer is in the writer's order.
///
/// Half of each are processes of the runtime, the other half runs inside the test's own future, so
/// that two threads are at work on a runtime of one thread too.
async fn four_by_four<R: Tested>(rt: &R, capacity: usize) {
    let (tx, rx) = channel(capacity);
    let (done, taken) = channel(READERS as usize);
    let mut inside: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
    for n in 0..WRITERS {
        let writer = write(n, tx.clone());
        if n % 2 == 0 {
            go(rt, writer);
        } else {
            inside.push(Box::pin(writer));
        }
    }
    for n in 0..READERS {
        let (done, rx, clock) = (done.clone(), rx.clone(), rt.clone());
        let reader = async move { done.put(read(&clock, &rx).await).await.unwrap() };
        if n % 2 == 0 {
            go(rt, reader);
        } else {
            inside.push(Box::pin(reader));
        }
    }
    drop((tx, rx, done));
    together(inside).await;

    let mut all = Vec::new();
    while let Some(values) = taken.take().await {
        for n in 0..WRITERS {
            let of_one = values.iter().filter(|value| **value / EACH == n);
            assert!(of_one.is_sorted(), "out of order");
        }
        all.extend(values);
    }
    all.sort_unstable();
    assert!(all.into_iter().eq(0..WRITERS * EACH), "lost or repeated");
}

async fn write(n: u32, tx: Sender<u32>) {
    for value in n * EACH..(n + 1) * EACH {
        tx.put(value).await.expect("the readers stay to the end");
    }
}

/// Takes to the end, and gives up now and then: at the next poll, or after a time.
async fn read<R: Tested>(rt: &R, rx: &Receiver<u32>) -> Vec<u32> {
    let mut values = Vec::new();
    for way in (0..10).cycle() {
        let taken = match way {
            0 => select! {
                taken = rx.take() => taken,
                _ = rt.sleep(Duration::from_millis(1)) => continue,
            },
            1..5 => select! {
                taken = rx.take() => taken,
                _ = yield_now() => continue,
            },
            _ => rx.take().await,
        };
        match taken {
            Some(value) => values.push(value),
            None => break,
        }
    }
    values
}
