//! async-channel, which has no rendezvous.

use ::async_channel::{Receiver, Sender, bounded, unbounded};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A channel of many producers and many consumers.
pub(crate) struct AsyncChannel;

impl Peer for AsyncChannel {
    const LIBRARY: &'static str = "async-channel";

    type Tx = Sender<usize>;
    type Rx = Receiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match capacity {
            Capacity::Room(0) => return None,
            Capacity::Room(room) => bounded(room),
            Capacity::Unbounded => unbounded(),
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
