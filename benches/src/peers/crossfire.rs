//! crossfire, which has no rendezvous: it makes a channel of capacity 0 one of capacity 1.
//!
//! It has cheaper types for a single consumer, and for a single producer too. They have columns of
//! their own, bounded only: every other column but tokio's and thingbuf's is of a channel for many
//! on either side.

use std::future;

use ::crossfire::{AsyncRx, AsyncTx, MAsyncRx, MAsyncTx, MTx, mpmc, mpsc, spsc};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A bounded channel of many producers and many consumers.
pub(crate) struct Mpmc;

impl Peer for Mpmc {
    const LIBRARY: &'static str = "crossfire";

    type Tx<T: Item> = MAsyncTx<mpmc::Array<T>>;
    type Rx<T: Item> = MAsyncRx<mpmc::Array<T>>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let Capacity::Room(room @ 1..) = capacity else {
            return None;
        };
        let (tx, rx) = mpmc::bounded_async(room);
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.recv()
    }
}

/// An unbounded channel of many producers, which never wait, and many consumers.
pub(crate) struct UnboundedMpmc;

impl Peer for UnboundedMpmc {
    const LIBRARY: &'static str = Mpmc::LIBRARY;

    type Tx<T: Item> = MTx<mpmc::List<T>>;
    type Rx<T: Item> = MAsyncRx<mpmc::List<T>>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let Capacity::Unbounded = capacity else {
            return None;
        };
        let (tx, rx) = mpmc::unbounded_async();
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        future::ready(tx.send(value))
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.recv()
    }
}

/// A bounded channel of many producers and one consumer.
pub(crate) struct Mpsc;

impl Peer for Mpsc {
    const LIBRARY: &'static str = "crossfire-mpsc";

    type Tx<T: Item> = MAsyncTx<mpsc::Array<T>>;
    type Rx<T: Item> = AsyncRx<mpsc::Array<T>>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (Capacity::Room(room @ 1..), 1) = (capacity, consumers) else {
            return None;
        };
        let (tx, rx) = mpsc::bounded_async(room);
        Some((vec![tx; producers], vec![rx]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.recv()
    }
}

/// A bounded channel of one producer and one consumer.
pub(crate) struct Spsc;

impl Peer for Spsc {
    const LIBRARY: &'static str = "crossfire-spsc";

    type Tx<T: Item> = AsyncTx<spsc::Array<T>>;
    type Rx<T: Item> = AsyncRx<spsc::Array<T>>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (Capacity::Room(room @ 1..), 1, 1) = (capacity, producers, consumers) else {
            return None;
        };
        let (tx, rx) = spsc::bounded_async(room);
        Some((vec![tx], vec![rx]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send(value)
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.recv()
    }
}
