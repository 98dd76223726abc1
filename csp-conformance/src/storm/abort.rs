//! Processes that are aborted in the middle.

use super::books::End;
use super::{Books, FEW, Handle, Random, Rx, Tx, Watched, end_of, storm_size};
use crate::Tested;
use crate::tools::yield_now;
use csp_core::rt::{Process, go};
use csp_core::{Channel, channel, select};
use std::sync::Arc;

/// More putters than takers, so that puts wait.
const PUTTERS: usize = 6;
const TAKERS: usize = 2;

/// Capacity 0.
pub async fn processes_aborted_on_a_rendezvous<R: Tested>(rt: R) {
    storm(rt, 0).await;
}

/// Capacity 1.
pub async fn processes_aborted_with_room_for_one<R: Tested>(rt: R) {
    storm(rt, 1).await;
}

/// Capacity 8.
pub async fn processes_aborted_with_room_for_eight<R: Tested>(rt: R) {
    storm(rt, 8).await;
}

/// Aborts processes, and starts others in their places.
async fn storm<R: Tested>(rt: R, capacity: usize) {
    let books = Books::new(storm_size(FEW));
    let (tx, rx) = channel(capacity);
    let (tx, rx) = (Handle::new(tx), Handle::new(rx));
    let (never_puts, never_takes) = (Channel::new(0), Channel::new(0));
    let start_putter = |seed| {
        let (tx, idle, books) = (tx.clone(), never_puts.clone(), books.clone());
        go(&rt, Watched::new(putter(tx, idle, books, seed)))
    };
    let start_taker = |seed| {
        let (rx, idle) = (rx.clone(), never_takes.clone());
        go(&rt, Watched::new(taker(rx, idle, seed)))
    };
    let mut processes: Vec<Process<()>> = Vec::new();
    let mut random = Random::new(capacity as u64);
    let (mut seed, mut aborted_putters, mut aborted) = (0, 0, 0);
    while books.made() < storm_size(FEW) {
        // Some at once, which are in the way of each other.
        let mut stopped = Vec::new();
        for index in 0..PUTTERS + TAKERS {
            let is_there = index < processes.len();
            if is_there && !processes[index].is_finished() && random.below(3) > 0 {
                continue;
            }
            seed += 1;
            let process = match index < PUTTERS {
                true => start_putter(seed),
                false => start_taker(seed),
            };
            if is_there {
                let old = std::mem::replace(&mut processes[index], process);
                old.abort();
                stopped.push((index, old));
            } else {
                processes.push(process);
            }
        }
        for (index, process) in stopped {
            if !end_of(process).await {
                aborted += 1;
                aborted_putters += usize::from(index < PUTTERS);
            }
        }
        for _ in 0..random.below(20) {
            yield_now().await;
        }
    }
    drop(tx);
    for process in processes {
        assert!(end_of(process).await);
    }
    drop(rx);
    books.audit();
    assert_eq!(books.count(End::WithChannel), 0, "all is taken to the end");
    let gone = books.count(End::WithPut);
    assert!(
        gone <= aborted_putters,
        "{gone} gone with {aborted_putters}"
    );
    println!("capacity {capacity}, {aborted} aborted: {}", books.line());
}

async fn putter(tx: Tx, idle: Channel<()>, books: Arc<Books>, seed: u64) {
    let mut random = Random::new(seed);
    // Not too many, or there would be few aborts for many values.
    for _ in 0..16 {
        let Some(token) = books.token() else { return };
        if random.below(4) == 0 {
            yield_now().await;
        }
        match random.below(3) {
            0 => tx.put(token).await.unwrap(),
            1 => select! {
                r = tx.put(token) => r.unwrap(),
                _ = idle.take() => unreachable!("nobody puts there"),
            },
            _ => {
                let mut place = Some(token);
                tx.put_from(&mut place).await.unwrap();
            }
        }
    }
}

async fn taker(rx: Rx, idle: Channel<()>, seed: u64) {
    let mut random = Random::new(seed);
    loop {
        if random.below(4) == 0 {
            yield_now().await;
        }
        let taken = match random.below(2) {
            0 => rx.take().await,
            _ => select! {
                v = rx.take() => v,
                r = idle.put(()) => unreachable!("nobody takes there: {r:?}"),
                v = rx.take() => v,
            },
        };
        match taken {
            Some(token) => token.taken(),
            None => return,
        }
    }
}
