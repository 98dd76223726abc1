//! futures-channel's `mpsc`, which has no rendezvous: each sender has a place of its own besides the
//! shared ones, and those are counted here, so that the capacity is that of the row.

use std::future::{self, poll_fn};

use ::futures_channel::mpsc::{
    Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded,
};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A bounded channel of many producers and one consumer.
pub(crate) struct Mpsc;

impl Peer for Mpsc {
    const LIBRARY: &'static str = "futures";

    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (Capacity::Room(room @ 1..), 1) = (capacity, consumers) else {
            return None;
        };
        let (tx, rx) = channel(room.checked_sub(producers)?);
        // The first one is moved: a sender too many would be a place too many.
        let mut txs: Vec<_> = (1..producers).map(|_| tx.clone()).collect();
        txs.push(tx);
        Some((txs, vec![rx]))
    }

    #[inline]
    async fn put<T: Item>(tx: &mut Self::Tx<T>, value: T) -> Result<(), impl Send> {
        poll_fn(|cx| tx.poll_ready(cx)).await?;
        tx.start_send(value)
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
        let (Capacity::Unbounded, 1) = (capacity, consumers) else {
            return None;
        };
        let (tx, rx) = unbounded();
        Some((vec![tx; producers], vec![rx]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        future::ready(tx.unbounded_send(value))
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.recv()
    }
}
