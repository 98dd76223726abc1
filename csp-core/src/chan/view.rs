//! The two ends of a static channel, each a view that forgets the other end and the capacity.

#[cfg(feature = "defmt")]
use super::Raw;
use super::core::Core;
use super::future::{Put, PutFrom, Take, WaitClosed};
use crate::error::{TryPutError, TryTakeError};
use core::fmt;
use core::ptr;

/// The putting end of a [`StaticChannel`](crate::StaticChannel); see
/// [`StaticChannel::sender`](crate::StaticChannel::sender).
///
/// A reference, and as cheap to copy. It keeps nothing open, and dropping it closes nothing.
///
/// # Examples
/// ```
/// # use csp_core::{StaticChannel, StaticSender, TryPutError};
/// static KEYS: StaticChannel<char, 1> = StaticChannel::new();
/// static BELLS: StaticChannel<char, 4> = StaticChannel::new();
///
/// // Of channels of any capacity.
/// for end in [KEYS.sender(), BELLS.sender()] {
///     let copy = end;
///     copy.try_put('a').unwrap();
///     assert!(end.close());
///     assert_eq!(copy.try_put('b'), Err(TryPutError::Closed('b')));
/// }
/// ```
pub struct StaticSender<'a, T> {
    core: &'a Core<T>,
}

/// The taking end of a [`StaticChannel`](crate::StaticChannel); see
/// [`StaticChannel::receiver`](crate::StaticChannel::receiver).
///
/// A reference, and as cheap to copy. It keeps nothing open, and dropping it closes nothing.
///
/// # Examples
/// ```
/// # use csp_core::{StaticChannel, StaticReceiver, block_on, select};
/// static KEYS: StaticChannel<char, 1> = StaticChannel::new();
/// static BELLS: StaticChannel<char, 4> = StaticChannel::new();
///
/// async fn either(keys: StaticReceiver<'_, char>, bells: StaticReceiver<'_, char>) -> Option<char> {
///     select! {
///         key = keys.take() => key,
///         bell = bells.take() => bell,
///     }
/// }
/// BELLS.try_put('b').unwrap();
/// assert_eq!(block_on(either(KEYS.receiver(), BELLS.receiver())), Some('b'));
/// ```
pub struct StaticReceiver<'a, T> {
    core: &'a Core<T>,
}

impl<'a, T> StaticSender<'a, T> {
    pub(super) fn new(core: &'a Core<T>) -> Self {
        StaticSender { core }
    }

    /// Puts a value, waiting until there is room; on a rendezvous, until a taker is there.
    ///
    /// # Cancel safety
    /// As [`StaticChannel::put`](crate::StaticChannel::put).
    ///
    /// # Errors
    /// [`Closed`](crate::Closed) with the value.
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, value: T) -> Put<'a, T> {
        Put::new(self.core, value)
    }

    /// Puts the value out of `place`, which keeps it until the put commits. An empty place is
    /// ready with `Ok` at once, and as an arm of a select never fires.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the value is in `place` exactly if it was not put.
    ///
    /// # Errors
    /// `Closed(())`, with the value still in `place`.
    #[doc(alias = "send")]
    pub fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'a, 's, T> {
        PutFrom::new(self.core, place)
    }

    /// Puts a value if that needs no waiting. For interrupt handlers with the feature
    /// `critical-section`.
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.core.try_put(value)
    }
}

impl<'a, T> StaticReceiver<'a, T> {
    pub(super) fn new(core: &'a Core<T>) -> Self {
        StaticReceiver { core }
    }

    /// Takes the next value, waiting for it; `None` means closed and empty.
    ///
    /// # Cancel safety
    /// A take that is dropped loses nothing.
    #[doc(alias = "recv")]
    #[inline]
    pub fn take(&self) -> Take<'a, T> {
        Take::new(self.core)
    }

    /// Takes the next value if one is there. For interrupt handlers with the feature
    /// `critical-section`.
    ///
    /// # Errors
    /// [`TryTakeError::Empty`] or [`TryTakeError::Closed`].
    #[doc(alias = "try_recv")]
    #[inline]
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.core.try_take()
    }
}

/// What both ends can do.
macro_rules! both_ends {
    ($name:ident) => {
        impl<'a, T> $name<'a, T> {
            #[cfg(feature = "defmt")]
            pub(crate) fn raw(&self) -> &Raw {
                &self.core.raw
            }

            /// Closes the channel; `true` if this call did it. See
            /// [`StaticChannel::close`](crate::StaticChannel::close).
            pub fn close(&self) -> bool {
                self.core.raw.close()
            }

            /// Waits until the channel is closed.
            ///
            /// # Cancel safety
            /// Dropping it changes nothing.
            pub fn closed(&self) -> WaitClosed<'a> {
                WaitClosed::new(&self.core.raw)
            }

            /// Whether the channel is closed. Values may still be stored.
            pub fn is_closed(&self) -> bool {
                self.core.raw.is_closed()
            }

            /// How many values are stored, not counting those promised to called takers.
            pub fn len(&self) -> usize {
                self.core.raw.len()
            }

            /// How many values the channel stores; 0 is a rendezvous.
            pub fn capacity(&self) -> usize {
                self.core.raw.capacity()
            }

            /// Whether no value is stored; always so on a rendezvous.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Whether as many values are stored as fit; always so on a rendezvous.
            pub fn is_full(&self) -> bool {
                self.len() == self.capacity()
            }

            /// Whether both are of the same channel.
            pub fn same_channel(&self, other: &Self) -> bool {
                ptr::eq(self.core, other.core)
            }
        }

        impl<T> Clone for $name<'_, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<'_, T> {}

        impl<T> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.core.raw.fmt_as(stringify!($name), f)
            }
        }
    };
}

both_ends!(StaticSender);
both_ends!(StaticReceiver);
