//! asyncband, which has no rendezvous.

use std::future;

use ::asyncband::mpmc::{
    BoundedReceiver, BoundedSender, UnboundedReceiver, UnboundedSender, bounded, unbounded,
};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A bounded channel of many producers and many consumers.
pub(crate) struct Asyncband;

impl Peer for Asyncband {
    const LIBRARY: &'static str = "asyncband";

    type Tx<T: Item> = BoundedSender<T>;
    type Rx<T: Item> = BoundedReceiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let Capacity::Room(room @ 1..) = capacity else {
            return None;
        };
        let (tx, rx) = bounded(room);
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
pub(crate) struct Unbounded;

impl Peer for Unbounded {
    const LIBRARY: &'static str = Asyncband::LIBRARY;

    type Tx<T: Item> = UnboundedSender<T>;
    type Rx<T: Item> = UnboundedReceiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let Capacity::Unbounded = capacity else {
            return None;
        };
        let (tx, rx) = unbounded();
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
