//! tokio's `mpsc`, which has no rendezvous. Under tokio its ends also spend the task's cooperative
//! budget.

use std::future;

use ::tokio::sync::mpsc::{
    Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel,
};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A bounded channel of many producers and one consumer.
pub(crate) struct Mpsc;

impl Peer for Mpsc {
    const LIBRARY: &'static str = "tokio";

    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (tx, rx) = match (capacity, consumers) {
            (Capacity::Room(room @ 1..), 1) => channel(room),
            _ => return None,
        };
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

/// An unbounded channel of many producers, which never wait, and one consumer.
pub(crate) struct UnboundedMpsc;

impl Peer for UnboundedMpsc {
    const LIBRARY: &'static str = Mpsc::LIBRARY;

    type Tx<T: Item> = UnboundedSender<T>;
    type Rx<T: Item> = UnboundedReceiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (tx, rx) = match (capacity, consumers) {
            (Capacity::Unbounded, 1) => unbounded_channel(),
            _ => return None,
        };
        Some((vec![tx; producers], vec![rx]))
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
