//! The libraries that run, ours first, and what the shapes ask of each.
//!
//! Everything here is dispatched statically, and a library's own futures are handed out as they
//! are: what is measured is the library alone.

mod async_channel;
mod crossfire;
mod flume;
mod kanal;
mod ours;
mod thingbuf;
mod tokio;

use crate::row::{Capacity, Row};
use crate::runtimes::{Runtime, Tokio};
use crate::shapes;

/// The column of our own figures.
pub(crate) const OURS: &str = "csp";

/// The crates behind the other columns.
pub(crate) const CRATES: [&str; 6] = [
    "kanal",
    "flume",
    "async-channel",
    "tokio",
    "crossfire",
    "thingbuf",
];

/// A channel's ends that put, and its ends that take.
pub(crate) type Ends<P> = (Vec<<P as Peer>::Tx>, Vec<<P as Peer>::Rx>);

/// A type of channel that carries `usize`.
pub(crate) trait Peer: Sized + 'static {
    /// The library's column. A library with several types of channel offers each for the rows that
    /// it is made for.
    const LIBRARY: &'static str;

    /// Whether a take that another arm has overtaken leaves its value in the channel. Without that
    /// there is no select.
    const SELECTS: bool = true;

    /// The end that puts.
    type Tx: Send + 'static;

    /// The end that takes.
    type Rx: Send + 'static;

    /// Opens a channel with so many ends on either side; `None` if this type of channel is not for
    /// that.
    fn open(capacity: Capacity, producers: usize, consumers: usize) -> Option<Ends<Self>>;

    /// Puts a value.
    fn put(tx: &mut Self::Tx, value: usize) -> impl Future<Output = Result<(), impl Send>> + Send;

    /// Takes a value.
    fn take(rx: &mut Self::Rx) -> impl Future<Output: Taken + Send> + Send;

    /// Takes `total` values, each with a fresh select over two channels that stay open.
    fn take_from_2(rxs: [Self::Rx; 2], total: usize) -> impl Future<Output = ()> + Send + 'static {
        async move {
            let [mut a, mut b] = rxs;
            for _ in 0..total {
                let value = ::tokio::select! {
                    taken = Self::take(&mut a) => taken.value(),
                    taken = Self::take(&mut b) => taken.value(),
                };
                assert!(value.is_some(), "the senders are alive");
            }
        }
    }

    /// The same over eight.
    fn take_from_8(rxs: [Self::Rx; 8], total: usize) -> impl Future<Output = ()> + Send + 'static {
        async move {
            let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = rxs;
            for _ in 0..total {
                let value = ::tokio::select! {
                    taken = Self::take(&mut a) => taken.value(),
                    taken = Self::take(&mut b) => taken.value(),
                    taken = Self::take(&mut c) => taken.value(),
                    taken = Self::take(&mut d) => taken.value(),
                    taken = Self::take(&mut e) => taken.value(),
                    taken = Self::take(&mut f) => taken.value(),
                    taken = Self::take(&mut g) => taken.value(),
                    taken = Self::take(&mut h) => taken.value(),
                };
                assert!(value.is_some(), "the senders are alive");
            }
        }
    }
}

/// What a take gives, whichever way the library tells that the channel is closed.
pub(crate) trait Taken {
    /// The value, or `None` if the channel is closed and empty.
    fn value(self) -> Option<usize>;
}

impl Taken for Option<usize> {
    #[inline]
    fn value(self) -> Option<usize> {
        self
    }
}

impl<E> Taken for Result<usize, E> {
    #[inline]
    fn value(self) -> Option<usize> {
        self.ok()
    }
}

/// A type of channel with the shapes compiled for it and for one runtime.
pub(crate) struct Entrant<R> {
    /// The library's column.
    pub(crate) library: &'static str,
    /// Runs a row once: `shapes::rate` for this type of channel.
    pub(crate) rate: fn(&R, &Row, usize) -> Option<f64>,
}

impl<R: Runtime> Entrant<R> {
    fn new<P: Peer>() -> Self {
        Self {
            library: P::LIBRARY,
            rate: shapes::rate::<R, P>,
        }
    }
}

/// Every type of channel, in the order of the columns.
pub(crate) fn entrants<R: Runtime>() -> Vec<Entrant<R>> {
    vec![
        Entrant::new::<ours::Ours>(),
        Entrant::new::<kanal::Kanal>(),
        Entrant::new::<flume::Flume>(),
        Entrant::new::<async_channel::AsyncChannel>(),
        Entrant::new::<tokio::Mpsc>(),
        Entrant::new::<tokio::UnboundedMpsc>(),
        Entrant::new::<crossfire::Mpmc>(),
        Entrant::new::<crossfire::UnboundedMpmc>(),
        Entrant::new::<crossfire::Mpsc>(),
        Entrant::new::<crossfire::Spsc>(),
        Entrant::new::<thingbuf::Thingbuf>(),
    ]
}

/// The columns, ours first. They are the same on every runtime.
pub(crate) fn libraries() -> Vec<&'static str> {
    let mut libraries: Vec<_> = entrants::<Tokio>()
        .iter()
        .map(|entrant| entrant.library)
        .collect();
    // A library's types of channel stand side by side.
    libraries.dedup();
    libraries
}
