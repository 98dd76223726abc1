//! Our own channels and select.

use csp_core::{Channel, Receiver, Sender, select};

use super::{Ends, OURS, Peer, Taken};
use crate::row::Capacity;

/// A channel of `csp-core`.
pub(crate) struct Ours;

impl Peer for Ours {
    const LIBRARY: &'static str = OURS;

    type Tx = Sender<usize>;
    type Rx = Receiver<usize>;

    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => csp_core::channel(room),
            Capacity::Unbounded => Channel::unbounded().split(),
        };
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.put(value)
    }

    #[inline]
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send {
        rx.take()
    }

    async fn take_from_2(rxs: [Self::Rx; 2], total: usize) {
        let [a, b] = rxs;
        for _ in 0..total {
            let value = select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
            };
            assert!(value.is_some(), "the senders are alive");
        }
    }

    async fn take_from_8(rxs: [Self::Rx; 8], total: usize) {
        let [a, b, c, d, e, f, g, h] = rxs;
        for _ in 0..total {
            let value = select! {
                taken = a.take() => taken,
                taken = b.take() => taken,
                taken = c.take() => taken,
                taken = d.take() => taken,
                taken = e.take() => taken,
                taken = f.take() => taken,
                taken = g.take() => taken,
                taken = h.take() => taken,
            };
            assert!(value.is_some(), "the senders are alive");
        }
    }
}
