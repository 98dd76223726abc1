//! The handle with both ends, and how channels on the heap are made.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::{PutAll, TakeMany};
use super::future::{Put, PutFrom, Take, WaitClosed};
use super::permit::{Permit, Reserve};
use super::receiver::{Receiver, WeakReceiver};
use super::sender::{Sender, WeakSender};
use super::shared;
use crate::error::{TryPutError, TryReserveError, TryTakeError};
use alloc::vec::Vec;
use core::fmt;

/// Makes a channel that stores up to `capacity` values and gives its two ends.
///
/// With 0 it is a rendezvous: a put waits for a take. A ring of more than a mebibyte is not
/// allocated at once but grows as it fills.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel};
/// # block_on(async {
/// let (tx, rx) = channel(2);
/// tx.put(1).await?;
/// tx.put(2).await?;
/// assert_eq!(rx.take().await, Some(1));
/// # Ok::<(), csp_core::Closed<i32>>(())
/// # }).unwrap();
/// ```
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let shared = shared::new(capacity, 1, 1);
    (
        Sender {
            shared: shared.clone(),
        },
        Receiver { shared },
    )
}

/// Both ends of a channel in one handle, as in Go; clones are the same channel.
///
/// It is a [`Sender`] and a [`Receiver`] at once, so the channel is closed by
/// [`close`](Self::close), or when all handles of one kind are gone. As long as a process holds a
/// `Channel` that it only takes from, it also counts as a sender: where closing by the last drop
/// matters, [`split`](Self::split).
///
/// # Examples
/// ```
/// # use csp_core::{block_on, Channel};
/// # block_on(async {
/// let ch = Channel::new(1);
/// ch.put("hello").await?;
/// assert_eq!(ch.take().await, Some("hello"));
/// # Ok::<(), csp_core::Closed<&str>>(())
/// # }).unwrap();
/// ```
#[doc(alias = "chan")]
pub struct Channel<T> {
    sender: Sender<T>,
    receiver: Receiver<T>,
}

/// A [`Channel`] handle that does not keep the channel open; see [`Channel::downgrade`].
pub struct WeakChannel<T> {
    sender: WeakSender<T>,
    receiver: WeakReceiver<T>,
}

impl<T> Channel<T> {
    /// Makes a channel that stores up to `capacity` values; 0 is a rendezvous. See
    /// [`channel`](crate::channel()).
    pub fn new(capacity: usize) -> Self {
        let (sender, receiver) = channel(capacity);
        Channel { sender, receiver }
    }

    /// Makes a channel that stores any number of values, so that a put never waits. Its memory
    /// grows with what is stored, and what is more than some 256 KiB of it is given back when a take
    /// finds nothing. Before a `put` takes more than 64 KiB (and 256 values) it lets other tasks run
    /// once, so that they may take.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::Channel;
    /// let ch = Channel::unbounded();
    /// for n in 0..1000 {
    ///     ch.try_put(n).unwrap();
    /// }
    /// assert_eq!(ch.len(), 1000);
    /// assert_eq!(ch.capacity(), usize::MAX);
    /// ```
    pub fn unbounded() -> Self {
        Channel::new(usize::MAX)
    }

    /// The two ends, each on its own. This handle becomes them, so that the channel is closed when
    /// either is the last of its kind to go.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::Channel;
    /// let (tx, rx) = Channel::<u32>::unbounded().split();
    /// drop(tx);
    /// assert!(rx.is_closed());
    /// ```
    pub fn split(self) -> (Sender<T>, Receiver<T>) {
        (self.sender, self.receiver)
    }

    /// The putting end of this handle.
    pub fn sender(&self) -> &Sender<T> {
        &self.sender
    }

    /// The taking end of this handle.
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
    }

    /// Puts a value, waiting until there is room; see [`Sender::put`].
    ///
    /// # Cancel safety
    /// As [`Sender::put`]: dropped before it committed, the value drops with it.
    ///
    /// # Errors
    /// [`Closed`](crate::Closed) with the value.
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, value: T) -> Put<'_, T> {
        self.sender.put(value)
    }

    /// Puts the value out of `place`, which keeps it until the put commits; see
    /// [`Sender::put_from`].
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the value is in `place` exactly if it was not put.
    ///
    /// # Errors
    /// `Closed(())`, with the value still in `place`.
    #[doc(alias = "send")]
    pub fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T> {
        self.sender.put_from(place)
    }

    /// Takes the next value, waiting for it; see [`Receiver::take`].
    ///
    /// # Cancel safety
    /// A take that is dropped loses nothing.
    #[doc(alias = "recv")]
    #[inline]
    pub fn take(&self) -> Take<'_, T> {
        self.receiver.take()
    }

    /// Puts all values of an iterator, in their order, many under one lock, waiting whenever there is
    /// no room. More about it: [`Sender::put_all`](crate::Sender::put_all).
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
    /// # use csp_core::{block_on, Channel};
    /// # block_on(async {
    /// let ch = Channel::new(4);
    /// ch.put_all([1, 2, 3]).await.unwrap();
    /// assert_eq!(ch.len(), 3);
    ///
    /// ch.close();
    /// let closed = ch.put_all([4, 5]).await.unwrap_err();
    /// assert!(closed.into_inner().eq([4, 5]));
    /// # });
    /// ```
    #[doc(alias = "send_many")]
    #[doc(alias = "send_all")]
    pub fn put_all<I: IntoIterator<Item = T>>(&self, values: I) -> PutAll<'_, T, I::IntoIter> {
        self.sender.put_all(values)
    }

    /// Waits until the buffer has room for a value, in line with the puts, and reserves it; see
    /// [`Sender::reserve`](crate::Sender::reserve).
    ///
    /// # Cancel safety
    /// Dropped before it is ready, it gives up its place in the line, and room that it has got goes to
    /// whoever is next.
    ///
    /// # Errors
    /// [`ReserveError`](crate::ReserveError): `Closed`, or `Rendezvous`, if the capacity is 0.
    #[doc(alias = "permit")]
    pub fn reserve(&self) -> Reserve<'_, T> {
        self.sender.reserve()
    }

    /// Reserves room for a value if that needs no waiting; see
    /// [`Sender::try_reserve`](crate::Sender::try_reserve).
    ///
    /// # Errors
    /// [`TryReserveError`]: `Full`, `Closed`, or `Rendezvous`, if the capacity is 0.
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TryReserveError> {
        self.sender.try_reserve()
    }

    /// Puts a value if that needs no waiting; see [`Sender::try_put`].
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.sender.try_put(value)
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
    /// # use csp_core::{block_on, Channel};
    /// # block_on(async {
    /// let ch = Channel::new(4);
    /// ch.put_all([1, 2, 3]).await.unwrap();
    /// ch.close();
    ///
    /// let mut buffer = Vec::new();
    /// assert_eq!(ch.take_many(&mut buffer, 2).await, 2);
    /// assert_eq!(ch.take_many(&mut buffer, 2).await, 1);
    /// assert_eq!(ch.take_many(&mut buffer, 2).await, 0);
    /// assert_eq!(buffer, [1, 2, 3]);
    /// # });
    /// ```
    #[doc(alias = "recv_many")]
    pub fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> TakeMany<'_, 'b, T> {
        self.receiver.take_many(buffer, max)
    }

    /// Takes all that is there, without waiting, the values of waiting puts included; many under one
    /// lock. What others put meanwhile comes along.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::Channel;
    /// let ch = Channel::new(4);
    /// ch.try_put(1).unwrap();
    /// ch.try_put(2).unwrap();
    /// assert_eq!(ch.drain(), [1, 2]);
    /// assert!(ch.drain().is_empty());
    /// ```
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Vec<T> {
        self.receiver.drain()
    }

    /// Takes the next value if one is there; see [`Receiver::try_take`].
    ///
    /// # Errors
    /// [`TryTakeError::Empty`] or [`TryTakeError::Closed`].
    #[doc(alias = "try_recv")]
    #[inline]
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.receiver.try_take()
    }

    #[cfg(feature = "defmt")]
    pub(crate) fn raw(&self) -> &Raw {
        self.sender.raw()
    }

    /// Closes the channel; `true` if this call did it. See [`Sender::close`].
    pub fn close(&self) -> bool {
        self.sender.close()
    }

    /// Waits until the channel is closed; see [`Sender::closed`].
    ///
    /// # Cancel safety
    /// Dropping it changes nothing.
    pub fn closed(&self) -> WaitClosed<'_> {
        self.sender.closed()
    }

    /// Whether the channel is closed. Values may still be stored.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// How many values are stored; see [`Sender::len`].
    pub fn len(&self) -> usize {
        self.sender.len()
    }

    /// How many values the channel stores: 0 is a rendezvous, `usize::MAX` unbounded.
    pub fn capacity(&self) -> usize {
        self.sender.capacity()
    }

    /// Whether no value is stored; always so on a rendezvous.
    pub fn is_empty(&self) -> bool {
        self.sender.is_empty()
    }

    /// Whether as many values are stored as the capacity allows; always so on a rendezvous.
    pub fn is_full(&self) -> bool {
        self.sender.is_full()
    }

    /// Whether both are handles of one channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.sender.same_channel(&other.sender)
    }

    /// A handle that does not keep the channel open.
    pub fn downgrade(&self) -> WeakChannel<T> {
        WeakChannel {
            sender: self.sender.downgrade(),
            receiver: self.receiver.downgrade(),
        }
    }
}

impl<T> WeakChannel<T> {
    /// A handle of the channel, unless its last sender or its last receiver is gone.
    pub fn upgrade(&self) -> Option<Channel<T>> {
        Some(Channel {
            sender: self.sender.upgrade()?,
            receiver: self.receiver.upgrade()?,
        })
    }
}

impl<T> Clone for Channel<T> {
    fn clone(&self) -> Self {
        Channel {
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
        }
    }
}

impl<T> Clone for WeakChannel<T> {
    fn clone(&self) -> Self {
        WeakChannel {
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
        }
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sender.shared.raw.fmt_as("Channel", f)
    }
}

impl<T> fmt::Debug for WeakChannel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakChannel { .. }")
    }
}
