//! Whole runtimes that are dropped while threads of others wait for their processes.

use super::books::End;
use super::{Books, FEW, Handle, Random, Rx, Tx, Watched, storm_size};
use csp_core::rt::{Spawn, go};
use csp_core::{block_on, channel};
use std::hint::spin_loop;
use std::thread;

/// A runtime is dropped when fewer than that have gone through it. Counted, since of a time nobody
/// knows how many go in it.
const VALUES: usize = 40;

/// `new` makes a runtime of two threads: how to spawn on it, and what to drop.
///
/// Its processes go with it, and with them their ends, so that both threads come to an end.
pub fn runtimes_dropped_while_threads_wait_for_their_processes<R: Spawn, D>(
    new: impl Fn() -> (R, D),
) {
    let books = Books::new(storm_size(FEW));
    let mut random = Random::new(5);
    let mut runtimes = 0;
    while books.made() < storm_size(FEW) {
        let capacity = random.below(3);
        let (tx, there) = channel(capacity);
        let (back, rx) = channel(capacity);
        let (tx, there): (Tx, Rx) = (Handle::new(tx), Handle::new(there));
        let (back, rx): (Tx, Rx) = (Handle::new(back), Handle::new(rx));
        thread::scope(|scope| {
            scope.spawn(|| {
                // Moved, so that it goes when the thread ends.
                let tx = tx;
                while let Some(token) = books.token() {
                    if let Err(closed) = tx.put_blocking(token) {
                        return closed.into_inner().returned();
                    }
                }
            });
            scope.spawn(|| {
                let rx = rx;
                while let Some(token) = block_on(rx.take()) {
                    token.taken();
                }
            });
            let (rt, runtime) = new();
            for _ in 0..4 {
                go(&rt, Watched::new(pass_on(there.clone(), back.clone())));
            }
            drop((there, back));
            // It lives for so many values, and a moment more.
            let last = (books.made() + random.below(VALUES)).min(storm_size(FEW));
            while books.made() < last {
                thread::yield_now();
            }
            for _ in 0..random.below(1000) {
                spin_loop();
            }
            drop(runtime);
        });
        runtimes += 1;
    }
    books.audit();
    assert_eq!(books.count(End::WithPanic), 0);
    println!("{runtimes} runtimes: {}", books.line());
}

async fn pass_on(rx: Rx, tx: Tx) {
    while let Some(token) = rx.take().await {
        if let Err(closed) = tx.put(token).await {
            return closed.into_inner().returned();
        }
    }
}
