//! The rows without a runtime: a thread a task, and the calls that block it.

use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use csp_core::Channel;

use crate::peers::OURS;
use crate::row::{Capacity, Row, Shape};
use crate::shapes::{rate_since, share};

/// A type of channel for threads.
pub(crate) trait Blocking: 'static {
    /// The library's column.
    const LIBRARY: &'static str;

    /// The end that puts.
    type Tx: Clone + Send + 'static;

    /// The end that takes.
    type Rx: Send + 'static;

    /// Opens a channel with one end that puts and so many that take; `None` if this type of channel
    /// is not for that.
    fn open(capacity: Capacity, consumers: usize) -> Option<(Self::Tx, Vec<Self::Rx>)>;

    /// Puts, and says whether that came about.
    fn put(tx: &Self::Tx, value: usize) -> bool;

    /// The next value; `None` if the channel is closed and empty.
    fn take(rx: &Self::Rx) -> Option<usize>;
}

/// Runs a row once for each library that has channels for threads: its column and its rate, in
/// million messages a second.
pub(crate) fn rate(library: &str, row: &Row, messages: usize) -> Option<f64> {
    match library {
        Ours::LIBRARY => rate_of::<Ours>(row, messages),
        Crossbeam::LIBRARY => rate_of::<Crossbeam>(row, messages),
        Std::LIBRARY => rate_of::<Std>(row, messages),
        _ => None,
    }
}

fn rate_of<B: Blocking>(row: &Row, messages: usize) -> Option<f64> {
    match row.shape {
        Shape::Fan {
            producers,
            consumers,
        } => fan::<B>(row.capacity, producers, consumers, messages),
        Shape::PingPong => ping_pong::<B>(row.capacity, share(messages, 2)),
        Shape::Select(_) => None,
    }
}

/// As `shapes::fan`.
fn fan<B: Blocking>(
    capacity: Capacity,
    producers: usize,
    consumers: usize,
    messages: usize,
) -> Option<f64> {
    let (tx, rxs) = B::open(capacity, consumers)?;
    let each = share(messages, producers);
    let total = producers * each;
    let start = Instant::now();
    let taken: usize = thread::scope(|scope| {
        for tx in vec![tx; producers] {
            scope.spawn(move || {
                for number in 0..each {
                    assert!(B::put(&tx, number), "the receivers are alive");
                }
            });
        }
        let consumers: Vec<_> = rxs
            .into_iter()
            .map(|rx| scope.spawn(move || std::iter::from_fn(|| B::take(&rx)).count()))
            .collect();
        let taken = consumers
            .into_iter()
            .map(|consumer| consumer.join().expect("no thread panics"));
        taken.sum()
    });
    let rate = rate_since(start, total);
    assert_eq!(taken, total, "every value is taken once");
    Some(rate)
}

/// As `shapes::ping_pong`.
fn ping_pong<B: Blocking>(capacity: Capacity, trips: usize) -> Option<f64> {
    let (there_tx, there_rx) = B::open(capacity, 1)?;
    let (back_tx, back_rx) = B::open(capacity, 1)?;
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            for trip in 0..trips {
                assert!(B::put(&there_tx, trip), "the receivers are alive");
                assert_eq!(B::take(&back_rx[0]), Some(trip));
            }
        });
        scope.spawn(move || {
            for trip in 0..trips {
                assert_eq!(B::take(&there_rx[0]), Some(trip));
                assert!(B::put(&back_tx, trip), "the receivers are alive");
            }
        });
    });
    Some(rate_since(start, 2 * trips))
}

/// Ours.
pub(crate) struct Ours;

impl Blocking for Ours {
    const LIBRARY: &'static str = OURS;

    type Tx = csp_core::Sender<usize>;
    type Rx = csp_core::Receiver<usize>;

    fn open(capacity: Capacity, consumers: usize) -> Option<(Self::Tx, Vec<Self::Rx>)> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => csp_core::channel(room),
            Capacity::Unbounded => Channel::unbounded().split(),
        };
        Some((tx, vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &Self::Tx, value: usize) -> bool {
        tx.put_blocking(value).is_ok()
    }

    #[inline]
    fn take(rx: &Self::Rx) -> Option<usize> {
        rx.take_blocking()
    }
}

/// crossbeam-channel.
pub(crate) struct Crossbeam;

impl Blocking for Crossbeam {
    const LIBRARY: &'static str = "crossbeam";

    type Tx = crossbeam_channel::Sender<usize>;
    type Rx = crossbeam_channel::Receiver<usize>;

    fn open(capacity: Capacity, consumers: usize) -> Option<(Self::Tx, Vec<Self::Rx>)> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => crossbeam_channel::bounded(room),
            Capacity::Unbounded => crossbeam_channel::unbounded(),
        };
        Some((tx, vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &Self::Tx, value: usize) -> bool {
        tx.send(value).is_ok()
    }

    #[inline]
    fn take(rx: &Self::Rx) -> Option<usize> {
        rx.recv().ok()
    }
}

/// The standard library's `mpsc`, whose bounded and unbounded senders are of two types.
struct Std;

#[derive(Clone)]
enum StdSender {
    Bounded(mpsc::SyncSender<usize>),
    Unbounded(mpsc::Sender<usize>),
}

impl Blocking for Std {
    const LIBRARY: &'static str = "std";

    type Tx = StdSender;
    type Rx = mpsc::Receiver<usize>;

    fn open(capacity: Capacity, consumers: usize) -> Option<(Self::Tx, Vec<Self::Rx>)> {
        if consumers > 1 {
            return None;
        }
        let (tx, rx) = match capacity {
            Capacity::Room(room) => {
                let (tx, rx) = mpsc::sync_channel(room);
                (StdSender::Bounded(tx), rx)
            }
            Capacity::Unbounded => {
                let (tx, rx) = mpsc::channel();
                (StdSender::Unbounded(tx), rx)
            }
        };
        Some((tx, vec![rx]))
    }

    #[inline]
    fn put(tx: &Self::Tx, value: usize) -> bool {
        match tx {
            StdSender::Bounded(tx) => tx.send(value).is_ok(),
            StdSender::Unbounded(tx) => tx.send(value).is_ok(),
        }
    }

    #[inline]
    fn take(rx: &Self::Rx) -> Option<usize> {
        rx.recv().ok()
    }
}
