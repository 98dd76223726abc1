//! The libraries that run, ours first, and what the shapes ask of each.
//!
//! Everything here is dispatched statically, and a library's own futures are handed out as they
//! are: what is measured is the library alone.

mod async_channel;
mod asyncband;
mod crossfire;
mod flume;
mod futures;
mod kanal;
mod ours;
mod select;
mod thingbuf;
mod tokio;

use crate::item::Item;
use crate::row::{Capacity, On, Row};
use crate::runtimes::Runtime;
use crate::shapes;

pub(crate) use self::async_channel::AsyncChannel;
pub(crate) use self::asyncband::Asyncband;
pub(crate) use self::crossfire::Mpmc as Crossfire;
pub(crate) use self::flume::Flume;
pub(crate) use self::kanal::Kanal;
pub(crate) use self::ours::Ours;
pub(crate) use self::thingbuf::Thingbuf;
pub(crate) use self::tokio::Mpsc as TokioMpsc;

/// The column of our own figures.
pub(crate) const OURS: &str = "csp";

/// The crates behind the other columns.
pub(crate) const CRATES: [&str; 9] = [
    "kanal",
    "flume",
    "async-channel",
    "crossfire",
    "asyncband",
    "tokio",
    "thingbuf",
    "futures-channel",
    "crossbeam-channel",
];

/// A library's column, and whether its channels are as general as ours: ends that may be shared on
/// both sides. Those for one consumer, or for one producer too, can do with less, so they are
/// compared in a ratio of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Library {
    /// The column's name.
    pub(crate) name: &'static str,
    /// Whether both ends can be cloned.
    pub(crate) general: bool,
}

/// Every column, ours first, then those that are as general, then the others.
pub(crate) const LIBRARIES: [Library; 14] = [
    general(OURS),
    general("kanal"),
    general("flume"),
    general("async-channel"),
    general("crossfire"),
    general("asyncband"),
    special("tokio"),
    special("thingbuf"),
    special("futures"),
    special("crossfire-mpsc"),
    special("crossfire-spsc"),
    general("crossbeam"),
    special("std"),
    special(GO),
];

impl Library {
    /// Whether the library has channels for what runs there.
    pub(crate) fn runs_on(&self, runtime: On) -> bool {
        let for_threads = matches!(self.name, "crossbeam" | "std");
        match runtime {
            On::Threads => for_threads || self.name == OURS,
            _ => !for_threads,
        }
    }
}

/// The column of Go's channels, which run in a process of their own. They are compared with none
/// but ours.
pub(crate) const GO: &str = "go";

const fn general(name: &'static str) -> Library {
    Library {
        name,
        general: true,
    }
}

const fn special(name: &'static str) -> Library {
    Library {
        name,
        general: false,
    }
}

/// A channel's ends that put, and its ends that take.
pub(crate) type Ends<P, T> = (Vec<<P as Peer>::Tx<T>>, Vec<<P as Peer>::Rx<T>>);

/// A type of channel.
pub(crate) trait Peer: Sized + 'static {
    /// The library's column. A library with several types of channel offers each for the rows that
    /// it is made for.
    const LIBRARY: &'static str;

    /// Whether a take that another arm has overtaken leaves its value in the channel. Without that
    /// there is no select.
    const SELECTS: bool = true;

    /// The end that puts.
    type Tx<T: Item>: Send + 'static;

    /// The end that takes.
    type Rx<T: Item>: Send + 'static;

    /// Opens a channel with so many ends on either side; `None` if this type of channel is not for
    /// that.
    fn open<T: Item>(
        capacity: Capacity,
        producers: usize,
        consumers: usize,
    ) -> Option<Ends<Self, T>>;

    /// Puts a value.
    fn put<T: Item>(
        tx: &mut Self::Tx<T>,
        value: T,
    ) -> impl Future<Output = Result<(), impl Send>> + Send;

    /// Takes a value.
    fn take<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output: Taken<T> + Send> + Send;

    /// Takes `total` values, each with a fresh select over two channels that stay open.
    fn take_from_2(
        rxs: [Self::Rx<usize>; 2],
        total: usize,
    ) -> impl Future<Output = ()> + Send + 'static {
        select::from_2::<Self>(rxs, total)
    }

    /// The same over eight.
    fn take_from_8(
        rxs: [Self::Rx<usize>; 8],
        total: usize,
    ) -> impl Future<Output = ()> + Send + 'static {
        select::from_8::<Self>(rxs, total)
    }

    /// The same over sixty-four.
    fn take_from_64(
        rxs: [Self::Rx<usize>; 64],
        total: usize,
    ) -> impl Future<Output = ()> + Send + 'static {
        select::from_64::<Self>(rxs, total)
    }
}

/// What a take gives, whichever way the library tells that the channel is closed.
pub(crate) trait Taken<T> {
    /// The value, or `None` if the channel is closed and empty.
    fn value(self) -> Option<T>;
}

impl<T> Taken<T> for Option<T> {
    #[inline]
    fn value(self) -> Option<T> {
        self
    }
}

impl<T, E> Taken<T> for Result<T, E> {
    #[inline]
    fn value(self) -> Option<T> {
        self.ok()
    }
}

/// A channel with one end on each side.
pub(crate) fn pair<P: Peer, T: Item>(capacity: Capacity) -> Option<(P::Tx<T>, P::Rx<T>)> {
    pair_of::<P, T>(P::open(capacity, 1, 1)?)
}

/// The first end on each side.
pub(crate) fn pair_of<P: Peer, T: Item>(ends: Ends<P, T>) -> Option<(P::Tx<T>, P::Rx<T>)> {
    let (txs, rxs) = ends;
    Some((txs.into_iter().next()?, rxs.into_iter().next()?))
}

/// A type of channel with the shapes compiled for it and for one runtime.
pub(crate) struct Entrant<R> {
    /// The library's column.
    library: &'static str,
    /// Runs a row once: `shapes::rate` for this type of channel.
    rate: fn(&R, &Row, usize) -> Option<f64>,
}

impl<R: Runtime> Entrant<R> {
    fn new<P: Peer>() -> Self {
        Self {
            library: P::LIBRARY,
            rate: shapes::rate::<R, P>,
        }
    }
}

/// Runs a row once with a library. It may enter several types of channel; at most one of them is for this
/// row.
pub(crate) fn rate<R>(
    entrants: &[Entrant<R>],
    library: &str,
    runtime: &R,
    row: &Row,
    messages: usize,
) -> Option<f64> {
    let mut of_library = entrants.iter().filter(|entrant| entrant.library == library);
    of_library.find_map(|entrant| (entrant.rate)(runtime, row, messages))
}

/// Every type of channel, in the order of the columns.
pub(crate) fn entrants<R: Runtime>() -> Vec<Entrant<R>> {
    vec![
        Entrant::new::<Ours>(),
        Entrant::new::<Kanal>(),
        Entrant::new::<Flume>(),
        Entrant::new::<AsyncChannel>(),
        Entrant::new::<Crossfire>(),
        Entrant::new::<crossfire::UnboundedMpmc>(),
        Entrant::new::<Asyncband>(),
        Entrant::new::<asyncband::Unbounded>(),
        Entrant::new::<TokioMpsc>(),
        Entrant::new::<tokio::UnboundedMpsc>(),
        Entrant::new::<Thingbuf>(),
        Entrant::new::<futures::Mpsc>(),
        Entrant::new::<futures::UnboundedMpsc>(),
        Entrant::new::<crossfire::Mpsc>(),
        Entrant::new::<crossfire::Spsc>(),
    ]
}
