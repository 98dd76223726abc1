//! The shapes: who puts and who takes, written once for every library and every runtime.

use std::pin::Pin;
use std::time::Instant;

use crate::item::{Heavy, Item};
use crate::peers::{self, Peer, Taken};
use crate::row::{Capacity, Row, Shape, Size};
use crate::runtimes::Runtime;

/// Runs a row once, and gives its rate in million messages a second; `None` if this peer has no
/// channel for it.
pub(crate) fn rate<R: Runtime, P: Peer>(runtime: &R, row: &Row, messages: usize) -> Option<f64> {
    match row.size {
        Size::Word => {}
        Size::Line => return fan_of::<R, P, Heavy<8>>(runtime, row, messages),
        Size::Kibi => return fan_of::<R, P, Heavy<128>>(runtime, row, messages),
    }
    let capacity = row.capacity;
    match row.shape {
        Shape::Fan { .. } => fan_of::<R, P, usize>(runtime, row, messages),
        Shape::PingPong => {
            let there = peers::pair::<P, usize>(capacity)?;
            let back = peers::pair::<P, usize>(capacity)?;
            let trips = share(messages, 2);
            Some(runtime.block_on(ping_pong::<R, P>(runtime, there, back, trips)))
        }
        Shape::Select(_) if !P::SELECTS => None,
        Shape::Select(2) => {
            let (txs, rxs) = separate::<P, 2>(capacity)?;
            let each = share(messages, 2);
            let consumer = P::take_from_2(rxs, 2 * each);
            Some(runtime.block_on(select::<R, P, 2>(runtime, txs, consumer, each)))
        }
        // In a box, so that these large futures are compiled once and not for each runtime: a
        // virtual call is little beside them.
        Shape::Select(8) => {
            let (txs, rxs) = separate::<P, 8>(capacity)?;
            let each = share(messages, 8);
            let consumer = boxed(P::take_from_8(rxs, 8 * each));
            Some(runtime.block_on(select::<R, P, 8>(runtime, txs, consumer, each)))
        }
        Shape::Select(64) => {
            let (txs, rxs) = separate::<P, 64>(capacity)?;
            let each = share(messages, 64);
            let consumer = boxed(P::take_from_64(rxs, 64 * each));
            Some(runtime.block_on(select::<R, P, 64>(runtime, txs, consumer, each)))
        }
        Shape::Select(channels) => unreachable!("no row selects over {channels} channels"),
    }
}

/// The rate of so many messages since `start`, in millions a second.
pub(crate) fn rate_since(start: Instant, messages: usize) -> f64 {
    messages as f64 / start.elapsed().as_secs_f64() / 1e6
}

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

fn boxed(future: impl Future<Output = ()> + Send + 'static) -> Boxed {
    Box::pin(future)
}

fn fan_of<R: Runtime, P: Peer, T: Item>(runtime: &R, row: &Row, messages: usize) -> Option<f64> {
    let Shape::Fan {
        producers,
        consumers,
    } = row.shape
    else {
        unreachable!("no other row has items of {} bytes", row.size.bytes());
    };
    let (txs, rxs) = P::open::<T>(row.capacity, producers, consumers)?;
    let each = share(messages, producers);
    Some(runtime.block_on(fan::<R, P, T>(runtime, txs, rxs, each)))
}

/// Each of `txs` is put to by its own task, and each of `rxs` taken from until the channel is
/// closed and empty.
async fn fan<R: Runtime, P: Peer, T: Item>(
    runtime: &R,
    txs: Vec<P::Tx<T>>,
    rxs: Vec<P::Rx<T>>,
    each: usize,
) -> f64 {
    let total = txs.len() * each;
    let start = Instant::now();
    // The last producer to end closes the channel.
    let producers: Vec<_> = txs
        .into_iter()
        .map(|tx| runtime.spawn(async move { drop(produce::<P, T>(tx, each).await) }))
        .collect();
    let consumers: Vec<_> = rxs
        .into_iter()
        .map(|rx| runtime.spawn(consume::<P, T>(rx)))
        .collect();
    for producer in producers {
        producer.await;
    }
    let (mut taken, mut sum) = (0, 0);
    for consumer in consumers {
        let part = consumer.await;
        taken += part.0;
        sum += part.1;
    }
    let rate = rate_since(start, total);
    assert_eq!(taken, total, "every value is taken once");
    assert_eq!(sum, total * (each - 1) / 2, "and none in another's place");
    rate
}

/// One token goes there and back, `trips` times.
async fn ping_pong<R: Runtime, P: Peer>(
    runtime: &R,
    (mut there_tx, mut there_rx): (P::Tx<usize>, P::Rx<usize>),
    (mut back_tx, mut back_rx): (P::Tx<usize>, P::Rx<usize>),
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
    txs: [P::Tx<usize>; N],
    consumer: impl Future<Output = ()> + Send + 'static,
    each: usize,
) -> f64 {
    let start = Instant::now();
    // The producers give their senders back, to be dropped when the consumer is done: the arm of a
    // closed channel would be ready again and again.
    let producers = txs.map(|tx| runtime.spawn(produce::<P, usize>(tx, each)));
    runtime.spawn(consumer).await;
    let rate = rate_since(start, N * each);
    for producer in producers {
        producer.await;
    }
    rate
}

/// Puts `count` values, and gives the sender back.
async fn produce<P: Peer, T: Item>(mut tx: P::Tx<T>, count: usize) -> P::Tx<T> {
    for number in 0..count {
        assert!(
            P::put(&mut tx, T::carry(number)).await.is_ok(),
            "the receivers are alive"
        );
    }
    tx
}

/// Takes until the channel is closed and empty, and counts and adds up what came.
async fn consume<P: Peer, T: Item>(mut rx: P::Rx<T>) -> (usize, usize) {
    let (mut taken, mut sum) = (0, 0);
    while let Some(value) = P::take(&mut rx).await.value() {
        taken += 1;
        sum += value.number();
    }
    (taken, sum)
}

/// The ends of `N` channels that put, and those that take.
type Separate<P, const N: usize> = ([<P as Peer>::Tx<usize>; N], [<P as Peer>::Rx<usize>; N]);

/// `N` channels with one end on each side.
fn separate<P: Peer, const N: usize>(capacity: Capacity) -> Option<Separate<P, N>> {
    let pairs: Option<Vec<_>> = (0..N).map(|_| peers::pair::<P, usize>(capacity)).collect();
    let (txs, rxs): (Vec<_>, Vec<_>) = pairs?.into_iter().unzip();
    Some((txs.try_into().ok()?, rxs.try_into().ok()?))
}

/// What each of `parts` gets of `messages`, at least one.
pub(crate) fn share(messages: usize, parts: usize) -> usize {
    (messages / parts).max(1)
}
