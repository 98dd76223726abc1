//! crossfire, which has no rendezvous: it makes a channel of capacity 0 one of capacity 1.
//!
//! It has cheaper types for a single consumer, and for a single producer too. They have columns of
//! their own, bounded only: every other column but tokio's and thingbuf's is of a channel for many
//! on either side.

use std::future;

use ::crossfire::{AsyncRx, AsyncTx, MAsyncRx, MAsyncTx, MTx, mpmc, mpsc, spsc};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A bounded channel of many producers and many consumers.
pub(crate) struct Mpmc;

impl Peer for Mpmc {
    const LIBRARY: &'static str = "crossfire";

    type Tx = MAsyncTx<mpmc::Array<usize>>;
    type Rx = MAsyncRx<mpmc::Array<usize>>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let Capacity::Room(room @ 1..) = capacity else {
            return None;
        };
        let (tx, rx) = mpmc::bounded_async(room);
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.recv()
    }
}

/// An unbounded channel of many producers, which never wait, and many consumers.
pub(crate) struct UnboundedMpmc;

impl Peer for UnboundedMpmc {
    const LIBRARY: &'static str = Mpmc::LIBRARY;

    type Tx = MTx<mpmc::List<usize>>;
    type Rx = MAsyncRx<mpmc::List<usize>>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let Capacity::Unbounded = capacity else {
            return None;
        };
        let (tx, rx) = mpmc::unbounded_async();
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        future::ready(tx.send(value))
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.recv()
    }
}

/// A bounded channel of many producers and one consumer.
pub(crate) struct Mpsc;

impl Peer for Mpsc {
    const LIBRARY: &'static str = "crossfire-mpsc";

    type Tx = MAsyncTx<mpsc::Array<usize>>;
    type Rx = AsyncRx<mpsc::Array<usize>>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (Capacity::Room(room @ 1..), 1) = (capacity, consumers) else {
            return None;
        };
        let (tx, rx) = mpsc::bounded_async(room);
        Some((vec![tx; producers], vec![rx]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.recv()
    }
}

/// A bounded channel of one producer and one consumer.
pub(crate) struct Spsc;

impl Peer for Spsc {
    const LIBRARY: &'static str = "crossfire-spsc";

    type Tx = AsyncTx<spsc::Array<usize>>;
    type Rx = AsyncRx<spsc::Array<usize>>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (Capacity::Room(room @ 1..), 1, 1) = (capacity, producers, consumers) else {
            return None;
        };
        let (tx, rx) = spsc::bounded_async(room);
        Some((vec![tx], vec![rx]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.recv()
    }
}
