//! The shapes: who puts and who takes, written once for every library and every runtime.

use std::time::Instant;

use crate::peers::{Peer, Taken};
use crate::row::{Capacity, Row, Shape};
use crate::runtimes::Runtime;

/// Runs a row once, and gives its rate in million messages a second; `None` if this peer has no
/// channel for it.
pub(crate) fn rate<R: Runtime, P: Peer>(runtime: &R, row: &Row, messages: usize) -> Option<f64> {
    let capacity = row.capacity;
    match row.shape {
        Shape::Fan {
            producers,
            consumers,
        } => {
            let (txs, rxs) = P::open(capacity, producers, consumers)?;
            let each = share(messages, producers);
            Some(runtime.block_on(fan::<R, P>(runtime, txs, rxs, each)))
        }
        Shape::PingPong => {
            let there = pair::<P>(capacity)?;
            let back = pair::<P>(capacity)?;
            Some(runtime.block_on(ping_pong::<R, P>(runtime, there, back, share(messages, 2))))
        }
        Shape::Select2 if P::SELECTS => {
            let (txs, rxs) = separate::<P, 2>(capacity)?;
            let each = share(messages, 2);
            let consumer = P::take_from_2(rxs, 2 * each);
            Some(runtime.block_on(select::<R, P, 2>(runtime, txs, consumer, each)))
        }
        Shape::Select8 if P::SELECTS => {
            let (txs, rxs) = separate::<P, 8>(capacity)?;
            let each = share(messages, 8);
            let consumer = P::take_from_8(rxs, 8 * each);
            Some(runtime.block_on(select::<R, P, 8>(runtime, txs, consumer, each)))
        }
        Shape::Select2 | Shape::Select8 => None,
    }
}

/// The rate of so many messages since `start`, in millions a second.
pub(crate) fn rate_since(start: Instant, messages: usize) -> f64 {
    messages as f64 / start.elapsed().as_secs_f64() / 1e6
}

/// Each of `txs` is put to by its own task, and each of `rxs` taken from until the channel is
/// closed and empty.
async fn fan<R: Runtime, P: Peer>(
    runtime: &R,
    txs: Vec<P::Tx>,
    rxs: Vec<P::Rx>,
    each: usize,
) -> f64 {
    let total = txs.len() * each;
    let start = Instant::now();
    // The last producer to end closes the channel.
    let producers: Vec<_> = txs
        .into_iter()
        .map(|tx| runtime.spawn(async move { drop(produce::<P>(tx, each).await) }))
        .collect();
    let consumers: Vec<_> = rxs
        .into_iter()
        .map(|rx| runtime.spawn(consume::<P>(rx)))
        .collect();
    for producer in producers {
        producer.await;
    }
    let mut taken = 0;
    for consumer in consumers {
        taken += consumer.await;
    }
    let rate = rate_since(start, total);
    assert_eq!(taken, total, "every value is taken once");
    rate
}

/// One token goes there and back, `trips` times.
async fn ping_pong<R: Runtime, P: Peer>(
    runtime: &R,
    (mut there_tx, mut there_rx): (P::Tx, P::Rx),
    (mut back_tx, mut back_rx): (P::Tx, P::Rx),
    trips: usize,
) -> f64 {
    let start = Instant::now();
    let ping = runtime.spawn(async move {
        for trip in 0..trips {
            assert!(
                P::put(&mut there_tx, trip).await.is_ok(),
                "the receivers are alive"
            );
            assert_eq!(P::take(&mut back_rx).await.value(), Some(trip));
        }
    });
    let pong = runtime.spawn(async move {
        for trip in 0..trips {
            assert_eq!(P::take(&mut there_rx).await.value(), Some(trip));
            assert!(
                P::put(&mut back_tx, trip).await.is_ok(),
                "the receivers are alive"
            );
        }
    });
    ping.await;
    pong.await;
    rate_since(start, 2 * trips)
}

/// Each of `txs` is put to by its own task, and `consumer` takes every value from all of their
/// channels.
async fn select<R: Runtime, P: Peer, const N: usize>(
    runtime: &R,
    txs: [P::Tx; N],
    consumer: impl Future<Output = ()> + Send + 'static,
    each: usize,
) -> f64 {
    let start = Instant::now();
    // The producers give their senders back, to be dropped when the consumer is done: the arm of a
    // closed channel would be ready again and again.
    let producers = txs.map(|tx| runtime.spawn(produce::<P>(tx, each)));
    runtime.spawn(consumer).await;
    let rate = rate_since(start, N * each);
    for producer in producers {
        producer.await;
    }
    rate
}

/// Puts `count` values, and gives the sender back.
async fn produce<P: Peer>(mut tx: P::Tx, count: usize) -> P::Tx {
    for value in 0..count {
        assert!(
            P::put(&mut tx, value).await.is_ok(),
            "the receivers are alive"
        );
    }
    tx
}

/// Takes until the channel is closed and empty, and counts.
async fn consume<P: Peer>(mut rx: P::Rx) -> usize {
    let mut taken = 0;
    while P::take(&mut rx).await.value().is_some() {
        taken += 1;
    }
    taken
}

/// A channel with one end on each side.
fn pair<P: Peer>(capacity: Capacity) -> Option<(P::Tx, P::Rx)> {
    let (txs, rxs) = P::open(capacity, 1, 1)?;
    Some((txs.into_iter().next()?, rxs.into_iter().next()?))
}

/// The ends of `N` channels that put, and those that take.
type Separate<P, const N: usize> = ([<P as Peer>::Tx; N], [<P as Peer>::Rx; N]);

/// `N` channels with one end on each side.
fn separate<P: Peer, const N: usize>(capacity: Capacity) -> Option<Separate<P, N>> {
    let pairs: Option<Vec<_>> = (0..N).map(|_| pair::<P>(capacity)).collect();
    let (txs, rxs): (Vec<_>, Vec<_>) = pairs?.into_iter().unzip();
    Some((txs.try_into().ok()?, rxs.try_into().ok()?))
}

/// What each of `parts` gets of `messages`, at least one.
fn share(messages: usize, parts: usize) -> usize {
    (messages / parts).max(1)
}
