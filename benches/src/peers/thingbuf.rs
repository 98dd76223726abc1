//! thingbuf, which has neither a rendezvous nor an unbounded channel.

use ::thingbuf::mpsc::{Receiver, Sender, channel};

use super::{Ends, Peer, Taken};
use crate::row::Capacity;

/// A channel of many producers and one consumer.
pub(crate) struct Thingbuf;

impl Peer for Thingbuf {
    const LIBRARY: &'static str = "thingbuf";

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
