//! flume.

use ::flume::{Receiver, Sender, bounded, unbounded};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A channel of many producers and many consumers.
pub(crate) struct Flume;

impl Peer for Flume {
    const LIBRARY: &'static str = "flume";

    type Tx = Sender<usize>;
    type Rx = Receiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => bounded(room),
            Capacity::Unbounded => unbounded(),
        };
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.send_async(value)
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.recv_async()
    }
}
