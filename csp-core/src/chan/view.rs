//! The two ends of a static channel, each a view that forgets the other end and the capacity.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::PutAll;
#[cfg(feature = "alloc")]
use super::batch::{self, TakeMany};
use super::core::Core;
use super::future::{Put, PutFrom, Take, WaitClosed};
use super::permit::{Permit, Reserve};
use crate::error::{TryPutError, TryReserveError, TryTakeError};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
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

    /// Puts all values of an iterator, in their order, many under one lock, waiting whenever there is
    /// no room.
    ///
    /// Values are pulled out of the iterator before the lock is taken, never more than seem to fit, but
    /// one at least. Others may put in between, and whoever waited before comes first.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the first values have been put, and the others are dropped with the
    /// future: those that it had pulled, and the iterator. To keep them, pin the future and ask it for
    /// its [`rest`](crate::PutAll::rest).
    ///
    /// # Errors
    /// [`Closed`](crate::Closed) with the [`Rest`](crate::Rest), an iterator of the values that have not
    /// been put, if the channel is closed before all are.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, StaticChannel};
    /// # block_on(async {
    /// static CH: StaticChannel<u32, 4> = StaticChannel::new();
    /// CH.sender().put_all([1, 2, 3]).await.unwrap();
    /// assert_eq!(CH.len(), 3);
    ///
    /// CH.close();
    /// let closed = CH.sender().put_all([4, 5]).await.unwrap_err();
    /// assert!(closed.into_inner().eq([4, 5]));
    /// # });
    /// ```
    #[doc(alias = "send_many")]
    #[doc(alias = "send_all")]
    pub fn put_all<I: IntoIterator<Item = T>>(&self, values: I) -> PutAll<'a, T, I::IntoIter> {
        PutAll::new(self.core, values.into_iter())
    }

    /// Waits until the buffer has room for a value, in line with the puts, and reserves it; see
    /// [`StaticChannel::reserve`](crate::StaticChannel::reserve).
    ///
    /// # Cancel safety
    /// Dropped before it is ready, it gives up its place in the line, and room that it has got goes to
    /// whoever is next.
    ///
    /// # Errors
    /// [`ReserveError`](crate::ReserveError): `Closed`, or `Rendezvous`, if the capacity is 0.
    #[doc(alias = "permit")]
    pub fn reserve(&self) -> Reserve<'a, T> {
        Reserve::new(self.core)
    }

    /// Reserves room for a value if that needs no waiting; see
    /// [`StaticChannel::try_reserve`](crate::StaticChannel::try_reserve).
    ///
    /// # Errors
    /// [`TryReserveError`]: `Full`, `Closed`, or `Rendezvous`, if the capacity is 0.
    pub fn try_reserve(&self) -> Result<Permit<'a, T>, TryReserveError> {
        Permit::now(self.core)
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

    /// Waits until there is a value, then takes all that are there, at most `max`, and adds them to
    /// `buffer`; many under one lock (a kibibyte of them). Gives their number: 0 means closed and empty,
    /// or that `max` is 0.
    ///
    /// # Cancel safety
    /// It waits only as long as it has taken nothing. Dropped before it is ready, it has taken nothing
    /// and loses nothing.
    ///
    /// # Panics
    /// If `buffer` would have to be larger than a vector can be.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, StaticChannel};
    /// # block_on(async {
    /// static CH: StaticChannel<u32, 4> = StaticChannel::new();
    /// CH.sender().put_all([1, 2, 3]).await.unwrap();
    /// CH.close();
    ///
    /// let mut buffer = Vec::new();
    /// assert_eq!(CH.receiver().take_many(&mut buffer, 2).await, 2);
    /// assert_eq!(CH.receiver().take_many(&mut buffer, 2).await, 1);
    /// assert_eq!(CH.receiver().take_many(&mut buffer, 2).await, 0);
    /// assert_eq!(buffer, [1, 2, 3]);
    /// # });
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "recv_many")]
    pub fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> TakeMany<'a, 'b, T> {
        TakeMany::new(self.core, buffer, max)
    }

    /// Takes all that is there, without waiting, the values of waiting puts included; many under one
    /// lock. What others put meanwhile comes along.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::StaticChannel;
    /// static CH: StaticChannel<u32, 4> = StaticChannel::new();
    /// CH.sender().try_put(1).unwrap();
    /// CH.sender().try_put(2).unwrap();
    /// assert_eq!(CH.receiver().drain(), [1, 2]);
    /// assert!(CH.receiver().drain().is_empty());
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Vec<T> {
        batch::drain(self.core)
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
