//! kanal.

use ::kanal::{AsyncReceiver, AsyncSender, bounded_async, unbounded_async};

use super::{Ends, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A channel of many producers and many consumers.
pub(crate) struct Kanal;

impl Peer for Kanal {
    const LIBRARY: &'static str = "kanal";

    // A cancelled receive that a sender has already served drops the value.
    const SELECTS: bool = false;

    type Tx<T: Item> = AsyncSender<T>;
    type Rx<T: Item> = AsyncReceiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => bounded_async(room),
            Capacity::Unbounded => unbounded_async(),
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
