//! A search engine in four versions, after Rob Pike's talk "Go Concurrency Patterns".
//!
//! The web, image and video searches are made up: each takes up to 100 ms. Asked one after the
//! other they add up (1.0); asked at once, the slowest counts (2.0); with a time limit, the slow ones
//! are left out (2.1); with three replicas of each, of which the first to answer counts, hardly any
//! is slow (3.0).
//!
//! ```text
//! cargo run --release --example google_search -- [--runtime tokio|smol|async-std]
//! ```

use csp_core::rt::{Runtime, channelify, go, never, timeout};
use csp_core::{Receiver, channel, select};
use examples::{Arguments, run, say};
use std::time::Duration;

const KINDS: [&str; 3] = ["web", "image", "video"];
const LIMIT: Duration = Duration::from_millis(80);
const REPLICAS: usize = 3;

type Results = Vec<&'static str>;

/// One server's answer.
async fn search<R: Runtime>(rt: R, kind: &'static str) -> &'static str {
    rt.sleep(Duration::from_millis(fastrand::u64(..100))).await;
    kind
}

/// The answer of the replica that is first; the others find nobody there to take theirs.
async fn first<R: Runtime>(rt: R, kind: &'static str) -> &'static str {
    let (tx, rx) = channel(1);
    for _ in 0..REPLICAS {
        let (tx, answer) = (tx.clone(), search(rt.clone(), kind));
        go(&rt, async move { tx.put(answer.await).await });
    }
    rx.take().await.expect("all replicas answer")
}

async fn serial<R: Runtime>(rt: &R) -> Results {
    let mut results = Vec::new();
    for kind in KINDS {
        results.push(search(rt.clone(), kind).await);
    }
    results
}

/// Takes what comes from three searches that run already, until all are there or time is up.
async fn gather(searches: [Receiver<&'static str>; 3], too_late: Receiver<()>) -> Results {
    let mut results = Vec::new();
    for search in &searches {
        select! {
            biased; // what is there in time is not too late
            result = search.take() => results.extend(result),
            _ = too_late.take() => {},
        }
    }
    results
}

/// Prints what a search gives, and how long it takes.
async fn timed<R: Runtime>(rt: &R, version: &str, results: impl Future<Output = Results>) {
    let start = rt.now();
    let results = results.await.join(", ");
    let elapsed = (rt.now() - start).as_millis();
    say!("{version:<15} {elapsed:>4} ms: {results}");
}

async fn google_search<R: Runtime>(rt: R) {
    let at_once = || KINDS.map(|kind| channelify(&rt, search(rt.clone(), kind)));
    let replicated = || KINDS.map(|kind| channelify(&rt, first(rt.clone(), kind)));
    let limit = || timeout(&rt, LIMIT);

    timed(&rt, "1.0 serial", serial(&rt)).await;
    timed(&rt, "2.0 parallel", gather(at_once(), never())).await;
    timed(&rt, "2.1 80 ms limit", gather(at_once(), limit())).await;
    timed(&rt, "3.0 replicas", gather(replicated(), limit())).await;
}

fn main() {
    let runtime = Arguments::new("google_search").parse();
    run!(runtime, |rt| google_search(rt))
}
