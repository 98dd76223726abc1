//! Why a process gave no result.

use alloc::boxed::Box;
use alloc::string::String;
use core::any::Any;
use core::error::Error;
use core::fmt;

/// A process ended without a result.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// # #[cfg(feature = "std")] {
/// use csp_core::rt::{Stopped, go};
///
/// let stopped = block_on(go(&Threads, async { panic!("no more wood") })).unwrap_err();
/// assert_eq!(stopped.panic_message(), Some("no more wood"));
/// assert_eq!(stopped.to_string(), "the process panicked: no more wood");
/// # } }
/// ```
pub enum Stopped {
    /// It panicked, with this payload.
    ///
    /// Seen with the `std` feature only: without it nothing catches a panic.
    Panicked(Payload),
    /// It was aborted, or its runtime shut down, or its result was taken before.
    Cancelled,
}

impl Stopped {
    /// Whether the process panicked.
    pub fn is_panic(&self) -> bool {
        matches!(self, Stopped::Panicked(_))
    }

    /// Whether the process was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Stopped::Cancelled)
    }

    /// What the process panicked with, if that is text.
    pub fn panic_message(&self) -> Option<&str> {
        match self {
            Stopped::Panicked(payload) => payload.message(),
            Stopped::Cancelled => None,
        }
    }

    /// What the process panicked with, to be passed to `std::panic::resume_unwind` for example.
    ///
    /// # Errors
    ///
    /// Gives `self` back if the process did not panic.
    pub fn into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self {
            Stopped::Panicked(payload) => Ok(payload.into_inner()),
            Stopped::Cancelled => Err(self),
        }
    }
}

impl fmt::Debug for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Panicked(payload) => f.debug_tuple("Panicked").field(payload).finish(),
            Stopped::Cancelled => f.write_str("Cancelled"),
        }
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Panicked(payload) => match payload.message() {
                Some(message) => write!(f, "the process panicked: {message}"),
                None => f.write_str("the process panicked"),
            },
            Stopped::Cancelled => f.write_str("the process was cancelled"),
        }
    }
}

impl Error for Stopped {}

/// What a process panicked with.
///
/// The box as the panic left it is not [`Sync`]; in here it is, so that a [`Stopped`] can be
/// returned with `?` as any `Box<dyn Error + Send + Sync>`.
pub struct Payload(Box<dyn Any + Send>);

// SAFETY: a `&Payload` reaches the value in `message` alone, which asks its type through the vtable
// and reads it only if that is `&'static str` or `String`, both of which are `Sync`.
unsafe impl Sync for Payload {}

impl Payload {
    #[cfg_attr(not(feature = "std"), allow(dead_code))]
    pub(super) fn new(payload: Box<dyn Any + Send>) -> Self {
        Payload(payload)
    }

    /// The panic's message, if the payload is text, as that of `panic!("…")` is.
    pub fn message(&self) -> Option<&str> {
        match self.0.downcast_ref::<&'static str>() {
            Some(message) => Some(message),
            None => self.0.downcast_ref::<String>().map(String::as_str),
        }
    }

    /// The box as the panic left it.
    pub fn into_inner(self) -> Box<dyn Any + Send> {
        self.0
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => fmt::Debug::fmt(message, f),
            None => f.write_str(".."),
        }
    }
}
