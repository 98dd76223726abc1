//! Our own channels and select.

use csp_core::{Channel, Receiver, Sender, select};

use super::select::with_64_names;
use super::{Ends, OURS, Peer, Taken};
use crate::item::Item;
use crate::row::Capacity;

/// A channel of `csp-core`.
pub(crate) struct Ours;

/// As `select::take_from`, with our own select.
macro_rules! take_from {
    ($rxs:ident, $total:ident, $($rx:ident)+) => {
        let [$($rx),+] = $rxs;
        for _ in 0..$total {
            let value = select! {
                $(taken = $rx.take() => taken,)+
            };
            assert!(value.is_some(), "the senders are alive");
        }
    };
}

impl Peer for Ours {
    const LIBRARY: &'static str = OURS;

    type Tx<T: Item> = Sender<T>;
    type Rx<T: Item> = Receiver<T>;

    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>> {
        let (tx, rx) = match capacity {
            Capacity::Room(room) => csp_core::channel(room),
            Capacity::Unbounded => Channel::unbounded().split(),
        };
        Some((vec![tx; producers], vec![rx; consumers]))
    }

    #[inline]
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send {
        tx.put(value)
    }

    #[inline]
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send {
        rx.take()
    }

    async fn take_from_2(rxs: [Self::Rx<usize>; 2], total: usize) {
        take_from!(rxs, total, a b);
    }

    async fn take_from_8(rxs: [Self::Rx<usize>; 8], total: usize) {
        take_from!(rxs, total, a b c d e f g h);
    }

    async fn take_from_64(rxs: [Self::Rx<usize>; 64], total: usize) {
        with_64_names!(take_from!(rxs, total,));
    }
}
