//! async-channel, which has no rendezvous.

use ::async_channel::{Receiver, Sender, bounded, unbounded};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A channel of many producers and many consumers.
pub(crate) struct AsyncChannel;

impl Peer for AsyncChannel {
    const LIBRARY: &'static str = "async-channel";

    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (tx, rx) = match capacity {
            Capacity::Room(0) => return None,
            Capacity::Room(room) => bounded(room),
            Capacity::Unbounded => unbounded(),
        };
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
