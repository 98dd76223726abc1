//! The taking end.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::{self, TakeMany};
use super::future::{Take, WaitClosed};
use super::shared::{self, Handle};
use super::threads::{AnyThread, Threads};
use crate::error::TryTakeError;
use alloc::vec::Vec;
use core::fmt;

/// The taking end of a channel; clones are further ends of the same channel, and each value goes
/// to one of them.
///
/// When the last receiver is dropped the channel is closed, waiting puts fail with their values,
/// and the stored values are dropped. Made by [`channel`](crate::channel()) or
/// [`Channel::split`](crate::Channel::split).
#[doc(alias = "Rx")]
pub struct Receiver<T, L: Threads = AnyThread> {
    pub(super) shared: Handle<T, L>,
}

/// A [`Receiver`] that does not keep the channel open; see [`Receiver::downgrade`].
pub struct WeakReceiver<T, L: Threads = AnyThread> {
    shared: Handle<T, L>,
}

impl<T, L: Threads> Receiver<T, L> {
    /// Takes the next value, waiting until there is one or the channel is closed; `None` means
    /// closed and empty.
    ///
    /// Values leave in the order in which they were put. Waiting takers are called in order; a
    /// taker that is running may be faster than one that has been called.
    ///
    /// # Cancel safety
    /// A take that is dropped loses nothing: the value stays in the channel, and if this taker had
    /// been called for it, the next one is.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, channel};
    /// # block_on(async {
    /// let (tx, rx) = channel(1);
    /// tx.put("tea").await?;
    /// drop(tx);
    /// assert_eq!(rx.take().await, Some("tea"));
    /// assert_eq!(rx.take().await, None);
    /// # Ok::<(), csp_core::Closed<&str>>(())
    /// # }).unwrap();
    /// ```
    #[doc(alias = "recv")]
    #[doc(alias = "receive")]
    #[inline]
    pub fn take(&self) -> Take<'_, T, L> {
        Take::new(&self.shared)
    }

    /// Waits until there is a value, then takes all that are there, at most `max`, and adds them to
    /// `buffer`; many under one lock (a kibibyte of them). Gives their number: 0 means closed and empty,
    /// or that `max` is 0.
    ///
    /// Memory is made in `buffer` before the lock is taken, for as many values as seem to be there.
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
    /// # use csp_core::{block_on, channel};
    /// # block_on(async {
    /// let (tx, rx) = channel(4);
    /// tx.put_all([1, 2, 3]).await.unwrap();
    /// drop(tx);
    ///
    /// let mut buffer = Vec::new();
    /// assert_eq!(rx.take_many(&mut buffer, 2).await, 2);
    /// assert_eq!(rx.take_many(&mut buffer, 2).await, 1);
    /// assert_eq!(rx.take_many(&mut buffer, 2).await, 0);
    /// assert_eq!(buffer, [1, 2, 3]);
    /// # });
    /// ```
    #[doc(alias = "recv_many")]
    pub fn take_many<'b>(&self, buffer: &'b mut Vec<T>, max: usize) -> TakeMany<'_, 'b, T, L> {
        TakeMany::new(&self.shared, buffer, max)
    }

    /// Takes all that is there, without waiting, the values of waiting puts included; many under one
    /// lock. What others put meanwhile comes along.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::channel;
    /// let (tx, rx) = channel(4);
    /// tx.try_put(1).unwrap();
    /// tx.try_put(2).unwrap();
    /// assert_eq!(rx.drain(), [1, 2]);
    /// assert!(rx.drain().is_empty());
    /// ```
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Vec<T> {
        batch::drain(&self.shared)
    }

    /// Takes the next value if one is there. Works anywhere, in an executor or not.
    ///
    /// On a rendezvous it takes from a waiting put.
    ///
    /// # Errors
    /// [`TryTakeError::Empty`], or [`TryTakeError::Closed`] if nothing will come any more.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{channel, TryTakeError};
    /// let (tx, rx) = channel(1);
    /// assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
    /// tx.try_put(1).unwrap();
    /// drop(tx);
    /// assert_eq!(rx.try_take(), Ok(1));
    /// assert_eq!(rx.try_take(), Err(TryTakeError::Closed));
    /// ```
    #[doc(alias = "try_recv")]
    #[inline]
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.shared.try_take()
    }

    /// An end that does not keep the channel open.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::channel;
    /// let (_tx, rx) = channel::<u32>(1);
    /// let weak = rx.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(rx);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakReceiver<T, L> {
        WeakReceiver {
            shared: self.shared.clone(),
        }
    }

    /// The only end of a channel that nobody puts to and that stays open: its takes wait for ever.
    pub(crate) fn never() -> Self {
        // One sender is counted and none exists, so none is ever the last to go.
        Receiver {
            shared: shared::new(0, 1, 1),
        }
    }

    #[cfg(feature = "defmt")]
    pub(crate) fn raw(&self) -> &Raw {
        &self.shared.raw
    }

    /// Closes the channel; `true` if this call did it. Never waits.
    ///
    /// From then on puts fail with their value, those that wait as well; takes drain what is
    /// stored and then get `None`.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::channel;
    /// let (tx, rx) = channel::<u32>(1);
    /// assert!(rx.close());
    /// assert!(!rx.close());
    /// # drop((tx, rx));
    /// ```
    pub fn close(&self) -> bool {
        self.shared.raw.close()
    }

    /// Waits until the channel is closed: by [`close`](Self::close), or because all ends on one
    /// side are gone.
    ///
    /// # Cancel safety
    /// Dropping it changes nothing.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, channel};
    /// let (tx, rx) = channel::<u32>(1);
    /// drop(tx);
    /// block_on(rx.closed());
    /// ```
    pub fn closed(&self) -> WaitClosed<'_, L> {
        WaitClosed::new(&self.shared.raw)
    }

    /// Whether the channel is closed. Values may still be stored.
    pub fn is_closed(&self) -> bool {
        self.shared.raw.is_closed()
    }

    /// How many values are stored, not counting those promised to called takers; never more than
    /// the capacity, so always 0 on a rendezvous.
    pub fn len(&self) -> usize {
        self.shared.raw.len()
    }

    /// How many values the channel stores: 0 is a rendezvous, `usize::MAX` unbounded.
    pub fn capacity(&self) -> usize {
        self.shared.raw.capacity()
    }

    /// Whether no value is stored; always so on a rendezvous.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether as many values are stored as the capacity allows; always so on a rendezvous.
    pub fn is_full(&self) -> bool {
        self.len() == self.capacity()
    }

    /// Whether both are ends of one channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.shared.same_channel(&other.shared)
    }
}

impl<T, L: Threads> WeakReceiver<T, L> {
    /// A receiver of the channel, unless its last one is gone.
    pub fn upgrade(&self) -> Option<Receiver<T, L>> {
        self.shared.revive_receiver().then(|| Receiver {
            shared: self.shared.clone(),
        })
    }
}

impl<T, L: Threads> Clone for Receiver<T, L> {
    fn clone(&self) -> Self {
        self.shared.add_receiver();
        Receiver {
            shared: self.shared.clone(),
        }
    }
}

impl<T, L: Threads> Drop for Receiver<T, L> {
    fn drop(&mut self) {
        self.shared.drop_receiver();
    }
}

impl<T, L: Threads> Clone for WeakReceiver<T, L> {
    fn clone(&self) -> Self {
        WeakReceiver {
            shared: self.shared.clone(),
        }
    }
}

impl<T, L: Threads> fmt::Debug for Receiver<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if L::IS_LOCAL {
            "LocalReceiver"
        } else {
            "Receiver"
        };
        self.shared.raw.fmt_as(name, f)
    }
}

impl<T, L: Threads> fmt::Debug for WeakReceiver<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if L::IS_LOCAL {
            "WeakLocalReceiver"
        } else {
            "WeakReceiver"
        };
        self.shared.raw.fmt_as(name, f)
    }
}
