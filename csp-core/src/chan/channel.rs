//! The handle with both ends, and how channels on the heap are made.

#[cfg(feature = "defmt")]
use super::Raw;
use super::future::{Put, PutFrom, Take, WaitClosed};
use super::receiver::{Receiver, WeakReceiver};
use super::sender::{Sender, WeakSender};
use super::shared;
use crate::error::{TryPutError, TryTakeError};
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
    /// grows with what is stored and is given back when the channel goes.
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

    /// Puts a value if that needs no waiting; see [`Sender::try_put`].
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.sender.try_put(value)
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
