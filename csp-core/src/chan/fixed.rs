//! The channel without a heap: its ring lies beside its core.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::PutAll;
#[cfg(feature = "alloc")]
use super::batch::{self, TakeMany};
use super::core::Core;
use super::future::{Put, PutFrom, Take, WaitClosed};
use super::permit::{Permit, Reserve};
use super::raw::Sort;
use super::view::{StaticReceiver, StaticSender};
use crate::buffer::Slot;
use crate::error::{TryPutError, TryReserveError, TryTakeError};
use crate::sync::const_fn;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::fmt;
use core::mem::MaybeUninit;
use core::ptr;

/// A channel that stores up to `N` values in itself; 0 is a rendezvous. Made to be a `static`.
///
/// It has no ends that could be dropped, so only [`close`](Self::close) closes it, and
/// [`reopen`](Self::reopen) makes it good for another use. Who should put only, or take only, is
/// given a [`sender`](Self::sender) or a [`receiver`](Self::receiver).
///
/// With the feature `critical-section` an interrupt handler may [`try_put`](Self::try_put) and
/// [`try_take`](Self::try_take): neither waits or allocates.
///
/// A future of it that is forgotten ([`core::mem::forget`]) while it waits keeps its place among
/// the waiters for ever. That is sound, because a pinned future that is forgotten keeps its memory:
/// a put's value can still be taken, and a take that is called and never looks again holds one
/// value back from those who sleep, though not from those who try.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, StaticChannel};
/// static EVENTS: StaticChannel<u32, 2> = StaticChannel::new();
///
/// EVENTS.try_put(1).unwrap();
/// assert_eq!(block_on(EVENTS.take()), Some(1));
/// ```
pub struct StaticChannel<T, const N: usize> {
    core: Core<T>,
    ring: Ring<T, N>,
}

/// One hand-over place: what a rendezvous needs, and no more memory than that.
const PLACES: u8 = 1;

/// `N + PLACES` places in a row, which an array of that length cannot be declared to be.
#[repr(C)]
struct Ring<T, const N: usize> {
    buffer: [Slot<T>; N],
    places: [Slot<T>; PLACES as usize],
}

// SAFETY: the ring is touched only through the core, under its lock.
unsafe impl<T: Send, const N: usize> Sync for StaticChannel<T, N> {}

impl<T, const N: usize> StaticChannel<T, N> {
    const_fn! {
        /// An open, empty channel. One for 2<sup>31</sup> values or more does not compile.
        pub fn new() -> Self {
            const { assert!(N < (1 << 31) - 1, "a static channel for 2^31 values or more") };
            StaticChannel {
                core: Core::new(N, N, PLACES, Sort::Fixed, ptr::null_mut()),
                ring: Ring {
                    buffer: [const { UnsafeCell::new(MaybeUninit::uninit()) }; N],
                    places: [const { UnsafeCell::new(MaybeUninit::uninit()) }; PLACES as usize],
                },
            }
        }
    }

    /// The putting end: a view that can only put, whatever the capacity.
    ///
    /// # Examples
    /// ```
    /// use csp_core::{StaticChannel, StaticSender};
    ///
    /// static TICKS: StaticChannel<u8, 1> = StaticChannel::new();
    ///
    /// fn handler(ticks: StaticSender<'static, u8>) {
    ///     let _ = ticks.try_put(1);
    /// }
    /// handler(TICKS.sender());
    /// assert_eq!(TICKS.try_take(), Ok(1));
    /// ```
    pub fn sender(&self) -> StaticSender<'_, T> {
        StaticSender::new(self.core())
    }

    /// The taking end: a view that can only take, whatever the capacity.
    ///
    /// # Examples
    /// ```
    /// use csp_core::{StaticChannel, StaticReceiver, block_on};
    ///
    /// static TICKS: StaticChannel<u8, 1> = StaticChannel::new();
    ///
    /// async fn count(ticks: StaticReceiver<'static, u8>) -> u32 {
    ///     let mut count = 0;
    ///     while ticks.take().await.is_some() {
    ///         count += 1;
    ///     }
    ///     count
    /// }
    /// TICKS.try_put(1).unwrap();
    /// TICKS.close();
    /// assert_eq!(block_on(count(TICKS.receiver())), 1);
    /// ```
    pub fn receiver(&self) -> StaticReceiver<'_, T> {
        StaticReceiver::new(self.core())
    }

    /// The core, which knows from here on where its ring is.
    ///
    /// The channel may have been moved since the last time; it cannot be while anybody uses it,
    /// so all who do so at once say the same.
    #[inline]
    fn core(&self) -> &Core<T> {
        self.core
            .set_slots(ptr::from_ref(&self.ring).cast_mut().cast());
        &self.core
    }

    /// Puts a value, waiting until there is room; on a rendezvous, until a taker is there.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the put has either been committed already or will never be; in
    /// the second case the value is dropped with the future. To keep the value, use
    /// [`put_from`](Self::put_from).
    ///
    /// # Errors
    /// [`Closed`](crate::Closed) with the value.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, Closed, StaticChannel};
    /// static JOBS: StaticChannel<u32, 1> = StaticChannel::new();
    ///
    /// assert_eq!(block_on(JOBS.put(1)), Ok(()));
    /// JOBS.close();
    /// assert_eq!(block_on(JOBS.put(2)), Err(Closed(2)));
    /// ```
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, value: T) -> Put<'_, T> {
        Put::new(self.core(), value)
    }

    /// Puts the value out of `place`, which keeps it until the put commits. An empty place is
    /// ready with `Ok` at once, and as an arm of a select never fires.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the value is in `place` exactly if it was not put.
    ///
    /// # Errors
    /// `Closed(())`, with the value still in `place`.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, select, StaticChannel};
    /// static REPORTS: StaticChannel<u32, 0> = StaticChannel::new();
    ///
    /// let mut report = Some(7);
    /// block_on(async {
    ///     select! {
    ///         result = REPORTS.put_from(&mut report) => result.unwrap(),
    ///         default => println!("nobody listens"),
    ///     }
    /// });
    /// assert_eq!(report, Some(7));
    /// ```
    #[doc(alias = "send")]
    pub fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T> {
        PutFrom::new(self.core(), place)
    }

    /// Takes the next value, waiting for it; `None` means closed and empty.
    ///
    /// # Cancel safety
    /// A take that is dropped loses nothing.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, StaticChannel};
    /// static JOBS: StaticChannel<u32, 1> = StaticChannel::new();
    ///
    /// JOBS.try_put(1).unwrap();
    /// JOBS.close();
    /// assert_eq!(block_on(JOBS.take()), Some(1));
    /// assert_eq!(block_on(JOBS.take()), None);
    /// ```
    #[doc(alias = "recv")]
    #[inline]
    pub fn take(&self) -> Take<'_, T> {
        Take::new(self.core())
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
    /// CH.put_all([1, 2, 3]).await.unwrap();
    /// assert_eq!(CH.len(), 3);
    ///
    /// CH.close();
    /// let closed = CH.put_all([4, 5]).await.unwrap_err();
    /// assert!(closed.into_inner().eq([4, 5]));
    /// # });
    /// ```
    #[doc(alias = "send_many")]
    #[doc(alias = "send_all")]
    pub fn put_all<I: IntoIterator<Item = T>>(&self, values: I) -> PutAll<'_, T, I::IntoIter> {
        PutAll::new(self.core(), values.into_iter())
    }

    /// Waits until the buffer has room for a value, in line with the puts, first come, first served,
    /// and reserves it: [`Permit::put`](crate::Permit::put) then puts a value without waiting. For a
    /// value that is not to be made, or lost to a cancelled put, before there is room for it.
    ///
    /// The room counts as taken, but [`len`](Self::len) counts only values. When all room is
    /// reserved, puts wait for it while takes wait for a value.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, it gives up its place in the line, and room that it has got goes to
    /// whoever is next.
    ///
    /// # Errors
    /// [`ReserveError::Closed`](crate::ReserveError::Closed), if the channel is closed before there is
    /// room; [`ReserveError::Rendezvous`](crate::ReserveError::Rendezvous) at once, if its capacity
    /// is 0.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, StaticChannel, TryPutError};
    /// # block_on(async {
    /// static CH: StaticChannel<u32, 1> = StaticChannel::new();
    /// let permit = CH.reserve().await.unwrap();
    /// assert_eq!(CH.try_put(1), Err(TryPutError::Full(1)));
    /// permit.put(2).unwrap();
    /// assert_eq!(CH.take().await, Some(2));
    /// # });
    /// ```
    #[doc(alias = "permit")]
    pub fn reserve(&self) -> Reserve<'_, T> {
        Reserve::new(self.core())
    }

    /// Reserves room for a value if that needs no waiting. More about it: [`reserve`](Self::reserve).
    ///
    /// # Errors
    /// [`TryReserveError`](crate::TryReserveError): `Full`, also if others wait for room; `Closed`; or
    /// `Rendezvous`, if the capacity is 0.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{StaticChannel, TryReserveError};
    /// static CH: StaticChannel<u32, 1> = StaticChannel::new();
    /// let permit = CH.try_reserve().unwrap();
    /// assert_eq!(CH.try_reserve().unwrap_err(), TryReserveError::Full);
    /// permit.put(1).unwrap();
    /// assert_eq!(CH.try_take(), Ok(1));
    /// ```
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TryReserveError> {
        Permit::now(self.core())
    }

    /// Puts a value if that needs no waiting.
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{StaticChannel, TryPutError};
    /// static MEETING: StaticChannel<u32, 0> = StaticChannel::new();
    ///
    /// // Nobody waits there to take it.
    /// assert_eq!(MEETING.try_put(1), Err(TryPutError::Full(1)));
    /// ```
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.core().try_put(value)
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
    /// CH.put_all([1, 2, 3]).await.unwrap();
    /// CH.close();
    ///
    /// let mut buffer = Vec::new();
    /// assert_eq!(CH.take_many(&mut buffer, 2).await, 2);
    /// assert_eq!(CH.take_many(&mut buffer, 2).await, 1);
    /// assert_eq!(CH.take_many(&mut buffer, 2).await, 0);
    /// assert_eq!(buffer, [1, 2, 3]);
    /// # });
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "recv_many")]
    pub fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> TakeMany<'_, 'b, T> {
        TakeMany::new(self.core(), buffer, max)
    }

    /// Takes all that is there, without waiting, the values of waiting puts included; many under one
    /// lock. What others put meanwhile comes along.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::StaticChannel;
    /// static CH: StaticChannel<u32, 4> = StaticChannel::new();
    /// CH.try_put(1).unwrap();
    /// CH.try_put(2).unwrap();
    /// assert_eq!(CH.drain(), [1, 2]);
    /// assert!(CH.drain().is_empty());
    /// ```
    #[cfg(feature = "alloc")]
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Vec<T> {
        batch::drain(self.core())
    }

    /// Takes the next value if one is there.
    ///
    /// # Errors
    /// [`TryTakeError::Empty`] or [`TryTakeError::Closed`].
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{StaticChannel, TryTakeError};
    /// static JOBS: StaticChannel<u32, 1> = StaticChannel::new();
    ///
    /// assert_eq!(JOBS.try_take(), Err(TryTakeError::Empty));
    /// JOBS.try_put(1).unwrap();
    /// assert_eq!(JOBS.try_take(), Ok(1));
    /// ```
    #[doc(alias = "try_recv")]
    #[inline]
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.core().try_take()
    }

    #[cfg(feature = "defmt")]
    pub(crate) fn raw(&self) -> &Raw {
        &self.core.raw
    }

    /// Closes the channel; `true` if this call did it. From then on puts fail with their value,
    /// those that wait as well; takes drain what is stored and then get `None`.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{StaticChannel, TryPutError};
    /// static JOBS: StaticChannel<u32, 1> = StaticChannel::new();
    ///
    /// assert!(JOBS.close());
    /// assert!(!JOBS.close());
    /// assert_eq!(JOBS.try_put(1), Err(TryPutError::Closed(1)));
    /// ```
    pub fn close(&self) -> bool {
        self.core.raw.close()
    }

    /// Opens a closed channel again, as it is: what is stored stays there and comes first. `true`
    /// if this call opened it.
    ///
    /// All who waited when it was closed have been told by then: puts have failed with their value.
    /// A take that had nothing to take, but has not been polled since, finds the channel open and
    /// goes on waiting.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{StaticChannel, TryPutError};
    /// static JOBS: StaticChannel<u32, 2> = StaticChannel::new();
    ///
    /// JOBS.try_put(1).unwrap();
    /// JOBS.close();
    /// assert_eq!(JOBS.try_put(2), Err(TryPutError::Closed(2)));
    /// assert!(JOBS.reopen());
    /// assert_eq!(JOBS.try_put(2), Ok(()));
    /// assert_eq!(JOBS.try_take(), Ok(1));
    /// ```
    pub fn reopen(&self) -> bool {
        self.core.raw.reopen()
    }

    /// Waits until the channel is closed.
    ///
    /// # Cancel safety
    /// Dropping it changes nothing.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, StaticChannel};
    /// static STOP: StaticChannel<(), 0> = StaticChannel::new();
    ///
    /// STOP.close(); // from a handler, say
    /// block_on(STOP.closed());
    /// ```
    pub fn closed(&self) -> WaitClosed<'_> {
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

    /// How many values the channel stores: `N`.
    pub fn capacity(&self) -> usize {
        N
    }

    /// Whether no value is stored; always so on a rendezvous.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `N` values are stored; always so on a rendezvous.
    pub fn is_full(&self) -> bool {
        self.len() == N
    }

    /// Whether both are the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

impl<T, const N: usize> Default for StaticChannel<T, N> {
    fn default() -> Self {
        StaticChannel::new()
    }
}

impl<T, const N: usize> Drop for StaticChannel<T, N> {
    fn drop(&mut self) {
        self.core().drain();
    }
}

impl<T, const N: usize> fmt::Debug for StaticChannel<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.raw.fmt_as("StaticChannel", f)
    }
}
