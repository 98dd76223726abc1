//! What a put or a take can fail with. The value always comes back.

use core::error::Error;
use core::fmt;

/// A put failed because the channel is closed; the value comes back in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(
    /// The value that was not put.
    pub T,
);

/// A put that must not wait failed; the value comes back in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TryPutError<T> {
    /// There is no room now, or, on a rendezvous, nobody waits to take.
    Full(T),
    /// The channel is closed and never takes another value.
    Closed(T),
}

/// A take that must not wait got nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryTakeError {
    /// Nothing is there now.
    Empty,
    /// Nothing is there and the channel is closed: nothing will come.
    Closed,
}

/// No room could be reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReserveError {
    /// The channel is closed and never takes another value.
    Closed,
    /// The channel is a rendezvous, which has no room.
    Rendezvous,
}

/// No room could be reserved without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryReserveError {
    /// There is no room now, or others wait for it.
    Full,
    /// The channel is closed and never takes another value.
    Closed,
    /// The channel is a rendezvous, which has no room.
    Rendezvous,
}

/// A put with a time limit failed; the value comes back in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PutTimeoutError<T> {
    /// The time was over before there was room.
    Timeout(T),
    /// The channel is closed and never takes another value.
    Closed(T),
}

/// A take with a time limit got nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeTimeoutError {
    /// The time was over before a value came.
    Timeout,
    /// Nothing is there and the channel is closed: nothing will come.
    Closed,
}

impl<T> Closed<T> {
    /// The value that was not put.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> TryPutError<T> {
    /// The value that was not put.
    pub fn into_inner(self) -> T {
        match self {
            TryPutError::Full(value) | TryPutError::Closed(value) => value,
        }
    }

    /// Whether another try may succeed later.
    pub fn is_full(&self) -> bool {
        matches!(self, TryPutError::Full(_))
    }

    /// Whether the channel is closed.
    pub fn is_closed(&self) -> bool {
        matches!(self, TryPutError::Closed(_))
    }
}

impl TryPutError<()> {
    /// The error with the value that is still in its place.
    #[inline]
    pub(crate) fn with<T>(self, place: Option<T>) -> TryPutError<T> {
        match (self, place) {
            (TryPutError::Full(()), Some(value)) => TryPutError::Full(value),
            (TryPutError::Closed(()), Some(value)) => TryPutError::Closed(value),
            (_, None) => unreachable!("a put that fails leaves its value in its place"),
        }
    }
}

impl<T> PutTimeoutError<T> {
    /// The value that was not put.
    pub fn into_inner(self) -> T {
        match self {
            PutTimeoutError::Timeout(value) | PutTimeoutError::Closed(value) => value,
        }
    }

    /// Whether the time was over, the channel still open.
    pub fn is_timeout(&self) -> bool {
        matches!(self, PutTimeoutError::Timeout(_))
    }
}

const CLOSED: &str = "the channel is closed";
const FULL: &str = "the channel has no room";
const RENDEZVOUS: &str = "a rendezvous has no room to reserve";

impl<T> fmt::Debug for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closed(..)")
    }
}

impl<T> fmt::Display for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(CLOSED)
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryPutError::Full(_) => "Full(..)",
            TryPutError::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryPutError::Full(_) => FULL,
            TryPutError::Closed(_) => CLOSED,
        })
    }
}

impl fmt::Display for TryTakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryTakeError::Empty => "the channel is empty",
            TryTakeError::Closed => "the channel is closed and empty",
        })
    }
}

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReserveError::Closed => CLOSED,
            ReserveError::Rendezvous => RENDEZVOUS,
        })
    }
}

impl fmt::Display for TryReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryReserveError::Full => FULL,
            TryReserveError::Closed => CLOSED,
            TryReserveError::Rendezvous => RENDEZVOUS,
        })
    }
}

impl<T> fmt::Debug for PutTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PutTimeoutError::Timeout(_) => "Timeout(..)",
            PutTimeoutError::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for PutTimeoutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PutTimeoutError::Timeout(_) => "no room came within the time limit",
            PutTimeoutError::Closed(_) => CLOSED,
        })
    }
}

impl fmt::Display for TakeTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TakeTimeoutError::Timeout => "no value came within the time limit",
            TakeTimeoutError::Closed => "the channel is closed and empty",
        })
    }
}

impl<T> Error for Closed<T> {}
impl<T> Error for TryPutError<T> {}
impl Error for TryTakeError {}
impl Error for ReserveError {}
impl Error for TryReserveError {}
impl<T> Error for PutTimeoutError<T> {}
impl Error for TakeTimeoutError {}
