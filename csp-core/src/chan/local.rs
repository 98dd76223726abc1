//! Channels for one thread, which have no lock: the same core and the same ends with another
//! parameter, and the handle with both ends.

#[cfg(feature = "defmt")]
use super::Raw;
use super::batch::{PutAll, TakeMany};
use super::future::{Put, PutFrom, Take, WaitClosed};
use super::permit::{Permit, Reserve};
use super::receiver::{Receiver, WeakReceiver};
use super::sender::{Sender, WeakSender};
use super::shared;
use super::threads::OneThread;
use crate::error::{TryPutError, TryReserveError, TryTakeError};
use alloc::vec::Vec;
use core::fmt;

/// The putting end of a local channel: a [`Sender`] for one thread. See
/// [`local_channel`](crate::local_channel()).
pub type LocalSender<T> = Sender<T, OneThread>;

/// The taking end of a local channel: a [`Receiver`] for one thread. See
/// [`local_channel`](crate::local_channel()).
pub type LocalReceiver<T> = Receiver<T, OneThread>;

/// A [`LocalSender`] that does not keep the channel open; see [`Sender::downgrade`].
pub type WeakLocalSender<T> = WeakSender<T, OneThread>;

/// A [`LocalReceiver`] that does not keep the channel open; see [`Receiver::downgrade`].
pub type WeakLocalReceiver<T> = WeakReceiver<T, OneThread>;

/// Makes a local channel that stores up to `capacity` values, and gives its two ends; 0 is a
/// rendezvous.
///
/// All that [`channel`](crate::channel()) says holds for it, but that it stays on one thread: see
/// [`LocalChannel`].
///
/// # Examples
/// ```
/// # use csp_core::{block_on, local_channel};
/// # block_on(async {
/// let (tx, rx) = local_channel(2);
/// tx.put(1).await?;
/// drop(tx);
/// assert_eq!(rx.take().await, Some(1));
/// assert_eq!(rx.take().await, None);
/// # Ok::<(), csp_core::Closed<i32>>(())
/// # }).unwrap();
/// ```
pub fn local_channel<T>(capacity: usize) -> (LocalSender<T>, LocalReceiver<T>) {
    let shared = shared::new(capacity, 1, 1);
    (
        Sender {
            shared: shared.clone(),
        },
        Receiver { shared },
    )
}

/// A [`Channel`](crate::Channel) for one thread: no lock, so several times as fast. Both ends in one
/// handle; clones are the same channel.
///
/// It means the same in everything, and a select may have arms of both. But its handles and futures
/// are neither [`Send`] nor [`Sync`], so the processes that use it are started with `go_local`, and
/// its values need not be `Send`. There are no blocking calls: who could end the wait is on the
/// thread that would be blocked.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, LocalChannel};
/// use std::rc::Rc;
///
/// # block_on(async {
/// let ch = LocalChannel::new(1);
/// ch.put(Rc::new(7)).await?;
/// assert_eq!(ch.take().await.as_deref(), Some(&7));
/// # Ok::<(), csp_core::Closed<Rc<i32>>>(())
/// # }).unwrap();
/// ```
///
/// In a select with a channel that other threads use:
/// ```
/// # use csp_core::{block_on, channel, select, LocalChannel};
/// # block_on(async {
/// let here = LocalChannel::<u32>::new(0);
/// let (tx, from_elsewhere) = channel(0);
/// let other = std::thread::spawn(move || tx.put_blocking("done"));
/// select! {
///     number = here.take() => unreachable!("{number:?}"),
///     text = from_elsewhere.take() => assert_eq!(text, Some("done")),
/// }
/// # other.join().unwrap().unwrap();
/// # });
/// ```
///
/// It cannot go to another thread:
/// ```compile_fail,E0277
/// let ch = csp_core::LocalChannel::new(1);
/// std::thread::spawn(move || ch.try_put(1));
/// ```
pub struct LocalChannel<T> {
    sender: LocalSender<T>,
    receiver: LocalReceiver<T>,
}

/// A [`LocalChannel`] handle that does not keep the channel open; see [`LocalChannel::downgrade`].
pub struct WeakLocalChannel<T> {
    sender: WeakLocalSender<T>,
    receiver: WeakLocalReceiver<T>,
}

impl<T> LocalChannel<T> {
    /// Makes a channel that stores up to `capacity` values; 0 is a rendezvous.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::LocalChannel;
    /// let ch = LocalChannel::<u32>::new(100);
    /// assert_eq!((ch.len(), ch.capacity()), (0, 100));
    /// ```
    pub fn new(capacity: usize) -> Self {
        let (sender, receiver) = local_channel(capacity);
        LocalChannel { sender, receiver }
    }

    /// Makes a channel that stores any number of values, so that a put never waits. Its memory
    /// grows with what is stored, and what is more than some 256 KiB of it is given back when a take
    /// finds nothing. Before a `put` takes more than 64 KiB (and 256 values) it lets other tasks run
    /// once, so that they may take.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::LocalChannel;
    /// let ch = LocalChannel::unbounded();
    /// for n in 0..1000 {
    ///     ch.try_put(n).unwrap();
    /// }
    /// assert_eq!(ch.len(), 1000);
    /// ```
    pub fn unbounded() -> Self {
        LocalChannel::new(usize::MAX)
    }

    /// The two ends. Other handles of the channel stay valid.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, LocalChannel};
    /// let (tx, rx) = LocalChannel::<u32>::new(1).split();
    /// drop(tx);
    /// assert_eq!(block_on(rx.take()), None);
    /// ```
    pub fn split(self) -> (LocalSender<T>, LocalReceiver<T>) {
        (self.sender, self.receiver)
    }

    /// Puts a value, waiting until there is room; on a rendezvous, until a taker is there. What
    /// `Ok` means: [`Sender::put`].
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
    /// # use csp_core::{block_on, Closed, LocalChannel};
    /// # block_on(async {
    /// let ch = LocalChannel::new(1);
    /// assert_eq!(ch.put(7).await, Ok(()));
    /// ch.close();
    /// assert_eq!(ch.put(8).await, Err(Closed(8)));
    /// # });
    /// ```
    #[doc(alias = "send")]
    #[inline]
    pub fn put(&self, value: T) -> Put<'_, T, OneThread> {
        self.sender.put(value)
    }

    /// Puts the value out of `place`, which keeps it until the put commits. An empty place is
    /// ready with `Ok` at once, and as an arm of a select never fires.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, the value is in `place` exactly if it was not put.
    ///
    /// # Errors
    /// `Closed(())`, with the value still in `place`, if the channel is closed.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, select, LocalChannel};
    /// # block_on(async {
    /// let ch = LocalChannel::<u32>::new(0);
    /// let mut place = Some(7);
    /// select! {
    ///     _ = ch.put_from(&mut place) => unreachable!("nobody takes"),
    ///     default => {}
    /// }
    /// assert_eq!(place, Some(7));
    /// # });
    /// ```
    #[doc(alias = "send")]
    pub fn put_from<'s>(&self, place: &'s mut Option<T>) -> PutFrom<'_, 's, T, OneThread> {
        self.sender.put_from(place)
    }

    /// Takes the next value, waiting for it; `None` means closed and empty.
    ///
    /// # Cancel safety
    /// A take that is dropped loses nothing.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, LocalChannel};
    /// # block_on(async {
    /// let ch = LocalChannel::new(1);
    /// ch.try_put("tea").unwrap();
    /// ch.close();
    /// assert_eq!(ch.take().await, Some("tea"));
    /// assert_eq!(ch.take().await, None);
    /// # });
    /// ```
    #[doc(alias = "recv")]
    #[inline]
    pub fn take(&self) -> Take<'_, T, OneThread> {
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
    /// # use csp_core::{block_on, LocalChannel};
    /// # block_on(async {
    /// let ch = LocalChannel::new(4);
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
    pub fn put_all<I: IntoIterator<Item = T>>(
        &self,
        values: I,
    ) -> PutAll<'_, T, I::IntoIter, OneThread> {
        self.sender.put_all(values)
    }

    /// Waits until the buffer has room for a value, in line with the puts, and reserves it. More about
    /// it: [`Sender::reserve`](crate::Sender::reserve).
    ///
    /// # Cancel safety
    /// Dropped before it is ready, it gives up its place in the line, and room that it has got goes to
    /// whoever is next.
    ///
    /// # Errors
    /// [`ReserveError`](crate::ReserveError): `Closed`, or `Rendezvous`, if the capacity is 0.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, LocalChannel, TryReserveError};
    /// # block_on(async {
    /// let ch = LocalChannel::new(1);
    /// let permit = ch.reserve().await.unwrap();
    /// assert_eq!(ch.try_reserve().unwrap_err(), TryReserveError::Full);
    /// permit.put(1).unwrap();
    /// assert_eq!(ch.take().await, Some(1));
    /// # });
    /// ```
    #[doc(alias = "permit")]
    pub fn reserve(&self) -> Reserve<'_, T, OneThread> {
        self.sender.reserve()
    }

    /// Reserves room for a value if that needs no waiting.
    ///
    /// # Errors
    /// [`TryReserveError`]: `Full`, also if others wait for room; `Closed`; or `Rendezvous`, if the
    /// capacity is 0.
    pub fn try_reserve(&self) -> Result<Permit<'_, T, OneThread>, TryReserveError> {
        self.sender.try_reserve()
    }

    /// Puts a value if that needs no waiting.
    ///
    /// # Errors
    /// [`TryPutError::Full`] or [`TryPutError::Closed`], each with the value.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{LocalChannel, TryPutError};
    /// let ch = LocalChannel::new(1);
    /// assert_eq!(ch.try_put(1), Ok(()));
    /// assert_eq!(ch.try_put(2), Err(TryPutError::Full(2)));
    /// ```
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
    /// # use csp_core::{block_on, LocalChannel};
    /// # block_on(async {
    /// let ch = LocalChannel::new(4);
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
    pub fn take_many<'b>(
        &self,
        buffer: &'b mut Vec<T>,
        max: usize,
    ) -> TakeMany<'_, 'b, T, OneThread> {
        self.receiver.take_many(buffer, max)
    }

    /// Takes all that is there, without waiting, the values of waiting puts included; many under one
    /// lock. What others put meanwhile comes along.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::LocalChannel;
    /// let ch = LocalChannel::new(4);
    /// ch.try_put(1).unwrap();
    /// ch.try_put(2).unwrap();
    /// assert_eq!(ch.drain(), [1, 2]);
    /// assert!(ch.drain().is_empty());
    /// ```
    #[doc(alias = "try_iter")]
    pub fn drain(&self) -> Vec<T> {
        self.receiver.drain()
    }

    /// Takes the next value if one is there.
    ///
    /// # Errors
    /// [`TryTakeError::Empty`] or [`TryTakeError::Closed`].
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{LocalChannel, TryTakeError};
    /// let ch = LocalChannel::<u32>::new(1);
    /// assert_eq!(ch.try_take(), Err(TryTakeError::Empty));
    /// ch.close();
    /// assert_eq!(ch.try_take(), Err(TryTakeError::Closed));
    /// ```
    #[doc(alias = "try_recv")]
    #[inline]
    pub fn try_take(&self) -> Result<T, TryTakeError> {
        self.receiver.try_take()
    }

    #[cfg(feature = "defmt")]
    pub(crate) fn raw(&self) -> &Raw {
        self.sender.raw()
    }

    /// Closes the channel; `true` if this call did it. Never waits. From then on puts fail with
    /// their value, those that wait as well; takes drain what is stored and then get `None`.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::LocalChannel;
    /// let ch = LocalChannel::<u32>::new(1);
    /// assert!(ch.close());
    /// assert!(!ch.close() && ch.is_closed());
    /// ```
    pub fn close(&self) -> bool {
        self.sender.close()
    }

    /// Waits until the channel is closed: by [`close`](Self::close), or because all ends on one
    /// side are gone.
    ///
    /// # Cancel safety
    /// Dropping it changes nothing.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, LocalChannel};
    /// let ch = LocalChannel::<u32>::new(1);
    /// ch.close();
    /// block_on(ch.closed());
    /// ```
    pub fn closed(&self) -> WaitClosed<'_, OneThread> {
        self.sender.closed()
    }

    /// Whether the channel is closed. Values may still be stored.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// How many values are stored, not counting those promised to called takers; never more than
    /// the capacity, so always 0 on a rendezvous.
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
    ///
    /// # Examples
    /// ```
    /// # use csp_core::LocalChannel;
    /// let ch = LocalChannel::<u32>::new(1);
    /// let weak = ch.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(ch);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakLocalChannel<T> {
        WeakLocalChannel {
            sender: self.sender.downgrade(),
            receiver: self.receiver.downgrade(),
        }
    }
}

impl<T> WeakLocalChannel<T> {
    /// A handle of the channel, unless its last sender or its last receiver is gone.
    pub fn upgrade(&self) -> Option<LocalChannel<T>> {
        Some(LocalChannel {
            sender: self.sender.upgrade()?,
            receiver: self.receiver.upgrade()?,
        })
    }
}

impl<T> Clone for LocalChannel<T> {
    fn clone(&self) -> Self {
        LocalChannel {
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
        }
    }
}

impl<T> Clone for WeakLocalChannel<T> {
    fn clone(&self) -> Self {
        WeakLocalChannel {
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
        }
    }
}

impl<T> fmt::Debug for LocalChannel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sender.shared.raw.fmt_as("LocalChannel", f)
    }
}

impl<T> fmt::Debug for WeakLocalChannel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakLocalChannel { .. }")
    }
}
