//! kanal.

use ::kanal::{AsyncReceiver, AsyncSender, bounded_async, unbounded_async};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A channel of many producers and many consumers.
pub(crate) struct Kanal;

impl Peer for Kanal {
    const LIBRARY: &'static str = "kanal";

    // A cancelled receive that a sender has already served drops the value.
    const SELECTS: bool = false;

    type Tx = AsyncSender<usize>;
    type Rx = AsyncReceiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => bounded_async(room),
            Capacity::Unbounded => unbounded_async(),
        };
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
