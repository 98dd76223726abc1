//! The putting end.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::PutAll;
use super::future::{Put, PutFrom, WaitClosed};
use super::permit::{Permit, Reserve};
use super::shared::Handle;
use super::threads::{AnyThread, Threads};
use crate::error::{TryPutError, TryReserveError};
use core::fmt;

/// The putting end of a channel; clones are further ends of the same channel.
///
/// When the last sender is dropped the channel is closed: takes drain what is stored and then get
/// `None`. Made by [`channel`](crate::channel()) or [`Channel::split`](crate::Channel::split).
#[doc(alias = "Tx")]
pub struct Sender<T, L: Threads = AnyThread> {
    pub(super) shared: Handle<T, L>,
}

/// A [`Sender`] that does not keep the channel open; see [`Sender::downgrade`].
pub struct WeakSender<T, L: Threads = AnyThread> {
    shared: Handle<T, L>,
}

impl<T, L: Threads> Sender<T, L> {
    /// Puts a value, waiting until there is room; on a rendezvous, until a taker is there.
    ///
    /// `Ok` means that the value is taken or stored, or, on a rendezvous, that a waiting taker has
    /// been called for it and the channel holds it for the next take. Puts that wait are served
    /// first come, first served.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the put has either been committed already or will never be; in
    /// the second case the value is dropped with the future. To keep the value, use
    /// [`put_from`](Self::put_from).
    ///
    /// # Errors
    /// [`Closed`](crate::Closed) with the value, if the channel is closed before the put commits.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, channel, Closed};
    /// # block_on(async {
    /// let (tx, rx) = channel(1);
    /// assert_eq!(tx.put(7).await, Ok(()));
    /// drop(rx);
    /// assert_eq!(tx.put(8).await, Err(Closed(8)));
    /// # });
    /// ```
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, value: T) -> Put<'_, T, L> {
        Put::new(&self.shared, value)
    }

    /// Puts the value out of `place`, which keeps it until the put commits.
    ///
    /// If the place is empty there is nothing to put: the future is ready with `Ok` at once, and
    /// as an arm of a select it never fires.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the value is in `place` exactly if it was not put.
    ///
    /// # Errors
    /// `Closed(())`, with the value still in `place`, if the channel is closed.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, channel, select};
    /// # block_on(async {
    /// let (tx, rx) = channel::<u32>(0);
    /// let mut place = Some(7);
    /// select! {
    ///     _ = tx.put_from(&mut place) => unreachable!("nobody takes"),
    ///     default => {}
    /// }
    /// assert_eq!(place, Some(7));
    /// # drop(rx);
    /// # });
    /// ```
    #[doc(alias = "send")]
    pub fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T, L> {
        PutFrom::new(&self.shared, place)
    }

    /// Puts all values of an iterator, in their order, as many under one lock as fit into the channel
    /// (and into 512 bytes), waiting whenever there is no room.
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
    /// # use csp_core::{block_on, channel};
    /// # block_on(async {
    /// let (tx, rx) = channel(4);
    /// tx.put_all([1, 2, 3]).await.unwrap();
    /// assert_eq!(rx.len(), 3);
    ///
    /// rx.close();
    /// let closed = tx.put_all([4, 5]).await.unwrap_err();
    /// assert!(closed.into_inner().eq([4, 5]));
    /// # });
    /// ```
    #[doc(alias = "send_many")]
    #[doc(alias = "send_all")]
    pub fn put_all<I: IntoIterator<Item = T>>(&self, values: I) -> PutAll<'_, T, I::IntoIter, L> {
        PutAll::new(&self.shared, values.into_iter())
    }

    /// Waits until the buffer has room for a value, in line with the puts, first come, first served,
    /// and reserves it: [`Permit::put`](crate::Permit::put) then puts a value without waiting. For a
    /// value that is not to be made, or lost to a cancelled put, before there is room for it.
    ///
    /// The room counts as taken, but [`len`](Self::len) counts only values. When all room is
    /// reserved, puts wait for it while takes wait for a value. An unbounded channel gives a permit at
    /// once.
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
    /// # use csp_core::{block_on, channel, TryPutError};
    /// # block_on(async {
    /// let (tx, rx) = channel(1);
    /// let permit = tx.reserve().await.unwrap();
    /// assert_eq!(tx.try_put(1), Err(TryPutError::Full(1)));
    /// permit.put(2).unwrap();
    /// assert_eq!(rx.take().await, Some(2));
    ///
    /// // Dropped, it gives the room back.
    /// drop(tx.reserve().await.unwrap());
    /// tx.put(3).await.unwrap();
    /// # });
    /// ```
    #[doc(alias = "permit")]
    pub fn reserve(&self) -> Reserve<'_, T, L> {
        Reserve::new(&self.shared)
    }

    /// Reserves room for a value if that needs no waiting. More about it: [`reserve`](Self::reserve).
    ///
    /// # Errors
    /// [`TryReserveError`](crate::TryReserveError): `Full`, also if others wait for room; `Closed`; or
    /// `Rendezvous`, if the capacity is 0.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{channel, TryReserveError};
    /// let (tx, rx) = channel(1);
    /// let permit = tx.try_reserve().unwrap();
    /// assert_eq!(tx.try_reserve().unwrap_err(), TryReserveError::Full);
    /// permit.put(1).unwrap();
    /// assert_eq!(rx.try_take(), Ok(1));
    ///
    /// let (tx, _rx) = channel::<u32>(0);
    /// assert_eq!(tx.try_reserve().unwrap_err(), TryReserveError::Rendezvous);
    /// ```
    pub fn try_reserve(&self) -> Result<Permit<'_, T, L>, TryReserveError> {
        Permit::now(&self.shared)
    }

    /// Puts a value if that needs no waiting. Works anywhere, in an executor or not.
    ///
    /// On a rendezvous it succeeds when a taker waits to be called and a hand-over place is free.
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{channel, TryPutError};
    /// let (tx, _rx) = channel(1);
    /// assert_eq!(tx.try_put(1), Ok(()));
    /// assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
    /// ```
    #[doc(alias = "try_send")]
    #[inline]
    pub fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.shared.try_put(value)
    }

    /// An end that does not keep the channel open.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::channel;
    /// let (tx, _rx) = channel::<u32>(1);
    /// let weak = tx.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(tx);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakSender<T, L> {
        WeakSender {
            shared: self.shared.clone(),
        }
    }

    #[cfg(feature = "defmt")]
    pub(crate) fn raw(&self) -> &Raw {
        &self.shared.raw
    }

    /// Closes the channel; `true` if this call did it. Never waits.
    ///
    /// From then on puts fail with their value, those that wait as well; takes drain what is
    /// stored, and what is put by [permits](crate::Permit) that are out, and then get `None`.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::channel;
    /// let (tx, rx) = channel::<u32>(1);
    /// assert!(tx.close());
    /// assert!(!tx.close());
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
    /// drop(rx);
    /// block_on(tx.closed());
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

impl<T, L: Threads> WeakSender<T, L> {
    /// A sender of the channel, unless its last one is gone.
    pub fn upgrade(&self) -> Option<Sender<T, L>> {
        self.shared.revive_sender().then(|| Sender {
            shared: self.shared.clone(),
        })
    }
}

impl<T, L: Threads> Clone for Sender<T, L> {
    fn clone(&self) -> Self {
        self.shared.add_sender();
        Sender {
            shared: self.shared.clone(),
        }
    }
}

impl<T, L: Threads> Drop for Sender<T, L> {
    fn drop(&mut self) {
        self.shared.drop_sender();
    }
}

impl<T, L: Threads> Clone for WeakSender<T, L> {
    fn clone(&self) -> Self {
        WeakSender {
            shared: self.shared.clone(),
        }
    }
}

impl<T, L: Threads> fmt::Debug for Sender<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if L::IS_LOCAL { "LocalSender" } else { "Sender" };
        self.shared.raw.fmt_as(name, f)
    }
}

impl<T, L: Threads> fmt::Debug for WeakSender<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if L::IS_LOCAL {
            "WeakLocalSender"
        } else {
            "WeakSender"
        };
        self.shared.raw.fmt_as(name, f)
    }
}
