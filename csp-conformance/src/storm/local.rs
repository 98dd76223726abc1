//! Local runtimes that end while others wake their processes.

use super::{Books, FEW, Handle, Random, Rx, Tx, Watched, end_of, have_it_alone, storm_size};
use crate::Tested;
use crate::tools::{Drops, yield_now};
use csp_core::rt::{go, go_local};
use csp_core::{channel, select};
use std::future::pending;
use std::hint::spin_loop;
use std::sync::Arc;

/// Processes that another thread wakes all at once.
const LISTENERS: usize = 30;

/// What a local runtime leaves behind is dropped with it, ends of channels included, although other
/// threads are just waking it: so nobody waits for it for ever.
pub async fn local_runtimes_dropped_while_others_wake_their_processes<R: Tested>(rt: R) {
    let books = Books::new(storm_size(FEW));
    let mut random = Random::new(9);
    let mut runtimes = 0;
    while books.made() < storm_size(FEW) {
        one(&rt, &books, random.below(3), &mut random).await;
        runtimes += 1;
    }
    books.audit();
    println!("{runtimes} local runtimes: {}", books.line());
}

async fn one<R: Tested>(rt: &R, books: &Arc<Books>, capacity: usize, random: &mut Random) {
    // From here to there, and back.
    let (tx, there) = channel(capacity);
    let (back, rx) = channel(capacity);
    let (tx, there) = (Handle::new(tx), Handle::new(there));
    let (back, rx) = (Handle::new(back), Handle::new(rx));
    if random.below(2) == 0 {
        have_it_alone(&there);
    }
    let (bell, rings) = channel::<()>(0);
    let drops = Drops::default();
    let (turns, ring) = (random.below(12), random.below(12));
    let (way, more) = (random.below(3), random.below(12));
    let far = [
        go(rt, Watched::new(putter(tx, books.clone()))),
        go(rt, taker(rx)),
        go(rt, async move {
            later(ring).await;
            bell.close();
        }),
    ];
    let local = rt.local(async {
        for _ in 0..LISTENERS {
            let (rings, captured) = (rings.clone(), drops.capture());
            go_local(rt, async move {
                let _captured = captured;
                rings.take().await;
                pending::<()>().await;
            });
        }
        for _ in 0..3 {
            let (there, back, captured) = (there.clone(), back.clone(), drops.capture());
            go_local(rt, async move {
                let _captured = captured;
                Watched::new(pass_on(there, back)).await;
            });
        }
        drop((there, back));
        later(turns).await;
        match way {
            // Ends by itself, at some time or in the middle of the ringing.
            0 => {}
            1 => {
                while !rings.is_closed() {
                    spin_loop();
                }
            }
            _ => pending().await,
        }
    });
    select! {
        biased;
        _ = local => {}
        _ = later(turns + more) => {}
    }
    assert_eq!(
        drops.count(),
        3 + LISTENERS,
        "processes dropped with their runtime"
    );
    for process in far {
        assert!(end_of(process).await);
    }
}

async fn later(turns: usize) {
    for _ in 0..turns {
        yield_now().await;
    }
}

async fn putter(tx: Tx, books: Arc<Books>) {
    while let Some(token) = books.token() {
        if let Err(closed) = tx.put(token).await {
            return closed.into_inner().returned();
        }
    }
}

async fn pass_on(rx: Rx, tx: Tx) {
    while let Some(token) = rx.take().await {
        if let Err(closed) = tx.put(token).await {
            return closed.into_inner().returned();
        }
    }
}

async fn taker(rx: Rx) {
    while let Some(token) = rx.take().await {
        token.taken();
    }
}
