//! tokio's `mpsc`, which has no rendezvous. Under tokio its ends also spend the task's cooperative
//! budget.

use std::future;

use ::tokio::sync::mpsc::{
    Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel,
};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A bounded channel of many producers and one consumer.
pub(crate) struct Mpsc;

impl Peer for Mpsc {
    const LIBRARY: &'static str = "tokio";

    type Tx = Sender<usize>;
    type Rx = Receiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match (capacity, consumers) {
            (Capacity::Room(room @ 1..), 1) => channel(room),
            _ => return None,
        };
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

/// An unbounded channel of many producers, which never wait, and one consumer.
pub(crate) struct UnboundedMpsc;

impl Peer for UnboundedMpsc {
    const LIBRARY: &'static str = Mpsc::LIBRARY;

    type Tx = UnboundedSender<usize>;
    type Rx = UnboundedReceiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match (capacity, consumers) {
            (Capacity::Unbounded, 1) => unbounded_channel(),
            _ => return None,
        };
        Some((vec![tx; producers], vec![rx]))
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
