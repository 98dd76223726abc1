//! thingbuf, which has neither a rendezvous nor an unbounded channel.

use ::thingbuf::mpsc::{Receiver, Sender, channel};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A channel of many producers and one consumer.
pub(crate) struct Thingbuf;

impl Peer for Thingbuf {
    const LIBRARY: &'static str = "thingbuf";

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
