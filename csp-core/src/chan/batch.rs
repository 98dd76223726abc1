//! Many values at a time: [`PutAll`], [`TakeMany`], and what is left of a batch, [`Rest`].
//!
//! A batch takes the lock once for many values. User code never runs under it: values are pulled
//! out of an iterator before, and lie in a [`Chunk`] until they are put.

use super::core::Core;
use super::core::batch::{PutEnd, Source};
#[cfg(feature = "alloc")]
use super::core::batch::{Sink, TakeEnd};
use super::future::Put;
#[cfg(feature = "alloc")]
use super::future::withdraw;
use super::threads::{AnyThread, Threads};
use crate::coop;
use crate::error::Closed;
#[cfg(feature = "alloc")]
use crate::error::TryTakeError;
#[cfg(feature = "alloc")]
use crate::wait::{Node, Side, Waiter};
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, ready};

/// Puts all values of an iterator; see [`Sender::put_all`](crate::Sender::put_all).
///
/// Resolves to `Ok(())`, or to [`Closed`] with the [`Rest`].
#[must_use = "nothing is put until the future is awaited"]
#[repr(C)] // the places that are written late come last, for the reason that `wait::Waiter` gives
pub struct PutAll<'a, T, I, L: Threads = AnyThread> {
    /// `None` once it has ended.
    values: Option<I>,
    /// The value that waits.
    put: Put<'a, T, L>,
    /// Pulled, and to be put before all others; empty while a value waits that was the only one.
    chunk: Chunk<T>,
}

/// What is left of the values of a [`PutAll`], in their order: an iterator.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel};
/// # block_on(async {
/// let (tx, rx) = channel(2);
/// rx.close();
/// let closed = tx.put_all(1..=3).await.unwrap_err();
/// assert!(closed.into_inner().eq(1..=3));
/// # });
/// ```
pub struct Rest<T, I> {
    values: Option<I>,
    chunk: Chunk<T>,
}

/// Takes many values; see [`Receiver::take_many`](crate::Receiver::take_many).
///
/// Resolves to their number; 0 means that the channel is closed and empty.
#[cfg(feature = "alloc")]
#[must_use = "nothing is taken until the future is awaited"]
#[repr(C)] // for the reason that `wait::Waiter` gives
pub struct TakeMany<'a, 'b, T, L: Threads = AnyThread> {
    buffer: &'b mut Vec<T>,
    max: usize,
    waiter: Waiter<&'a Core<T, L>>,
}

impl<'a, T, I: Iterator<Item = T>, L: Threads> PutAll<'a, T, I, L> {
    pub(crate) fn new(core: &'a Core<T, L>, values: I) -> Self {
        PutAll {
            values: Some(values),
            put: Put::empty(core),
            chunk: Chunk::new(),
        }
    }

    /// Ends it and gives back what has not been put: the values that it had pulled out of the
    /// iterator, then the iterator's own. Of those that come before them, all have been put.
    ///
    /// For a batch that has been cancelled, by a select or a timeout, and whose rest is needed.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{block_on, channel, select};
    /// use std::pin::pin;
    ///
    /// # block_on(async {
    /// let (tx, rx) = channel(2);
    /// let mut all = pin!(tx.put_all(1..=5));
    /// select! {
    ///     _ = all.as_mut() => unreachable!("there is room for two"),
    ///     default => {}
    /// }
    /// assert!(all.rest().eq(3..=5));
    /// assert_eq!((rx.try_take(), rx.try_take()), (Ok(1), Ok(2)));
    /// # });
    /// ```
    pub fn rest(mut self: Pin<&mut Self>) -> Rest<T, I> {
        let waiting = self.as_mut().put().cancel();
        self.end(waiting)
    }

    fn put(self: Pin<&mut Self>) -> Pin<&mut Put<'a, T, L>> {
        // SAFETY: the put is pinned when this is.
        unsafe { self.map_unchecked_mut(|this| &mut this.put) }
    }

    /// What is not pinned: the chunk and the iterator.
    fn supply(self: Pin<&mut Self>) -> (&mut Chunk<T>, &mut Option<I>) {
        // SAFETY: neither the put nor its node is moved.
        let this = unsafe { self.get_unchecked_mut() };
        (&mut this.chunk, &mut this.values)
    }

    /// What is left, the value that waited first.
    fn end(self: Pin<&mut Self>, waiting: Option<T>) -> Rest<T, I> {
        let (chunk, values) = self.supply();
        if let Some(value) = waiting {
            chunk.push_front(value);
        }
        Rest {
            values: values.take(),
            chunk: mem::replace(chunk, Chunk::new()),
        }
    }
}

impl<T, I: Iterator<Item = T>, L: Threads> Future for PutAll<'_, T, I, L> {
    type Output = Result<(), Closed<Rest<T, I>>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.put.is_parked() {
            if let Err(Closed(value)) = ready!(self.as_mut().put().poll(cx)) {
                return Poll::Ready(Err(Closed(self.end(Some(value)))));
            }
        }
        let core = self.put.core();
        loop {
            ready!(coop::poll_proceed(cx));
            let (chunk, values) = self.as_mut().supply();
            if chunk.is_empty() {
                chunk.fill(values, core.room_to_see());
            }
            if chunk.is_empty() {
                return Poll::Ready(Ok(()));
            }
            match core.put_many(chunk) {
                PutEnd::More => {}
                PutEnd::Closed => return Poll::Ready(Err(Closed(self.end(None)))),
                PutEnd::Full => {
                    let Some(value) = chunk.pop() else { continue };
                    let result = ready!(self.as_mut().put().park(value, cx.waker()));
                    if let Err(Closed(value)) = result {
                        return Poll::Ready(Err(Closed(self.end(Some(value)))));
                    }
                }
            }
        }
    }
}

impl<T, I: Iterator<Item = T>> Iterator for Rest<T, I> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.chunk.pop().or_else(|| next(&mut self.values))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.values.as_ref().map_or((0, Some(0)), I::size_hint);
        let pulled = self.chunk.len;
        (
            least.saturating_add(pulled),
            most.and_then(|most| most.checked_add(pulled)),
        )
    }
}

impl<T, I: Iterator<Item = T>> FusedIterator for Rest<T, I> {}

/// The iterator's next value. It is dropped when it has ended, and not asked again.
fn next<I: Iterator>(values: &mut Option<I>) -> Option<I::Item> {
    let value = values.as_mut()?.next();
    if value.is_none() {
        *values = None;
    }
    value
}

/// Values that have been pulled out of an iterator and not put yet: as many as fit into 512 bytes,
/// at most 64, at least one.
#[repr(C)]
struct Chunk<T> {
    /// The first value's place; the places before it are empty.
    head: usize,
    len: usize,
    places: Places<T>,
}

/// Memory for one value, or for several small ones.
#[repr(C)]
union Places<T> {
    one: ManuallyDrop<MaybeUninit<T>>,
    _several: MaybeUninit<[u64; 64]>,
}

impl<T> Chunk<T> {
    const ROOM: usize = match size_of::<MaybeUninit<[u64; 64]>>().checked_div(size_of::<T>()) {
        None | Some(64..) => 64,
        Some(0) => 1,
        Some(room) => room,
    };

    fn new() -> Self {
        Chunk {
            head: 0,
            len: 0,
            places: Places {
                one: ManuallyDrop::new(MaybeUninit::uninit()),
            },
        }
    }

    /// A place; below `ROOM`.
    fn place(&mut self, index: usize) -> *mut T {
        debug_assert!(index < Self::ROOM);
        let first = &raw mut self.places;
        // SAFETY: the union is aligned for a `T` and has room for `ROOM` of them.
        unsafe { first.cast::<T>().add(index) }
    }

    /// Pulls at most `most` values; it is empty.
    fn fill(&mut self, values: &mut Option<impl Iterator<Item = T>>, most: usize) {
        self.head = 0;
        while self.len < most.min(Self::ROOM) {
            let Some(value) = next(values) else { return };
            // SAFETY: the place is there, and empty.
            unsafe { self.place(self.len).write(value) };
            self.len += 1;
        }
    }

    /// Gives the value that was last taken out back to its place.
    fn push_front(&mut self, value: T) {
        self.head -= 1;
        self.len += 1;
        // SAFETY: the place was left by that value.
        unsafe { self.place(self.head).write(value) };
    }
}

impl<T> Source<T> for Chunk<T> {
    #[inline]
    fn pop(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let place = self.place(self.head);
        self.head += 1;
        self.len -= 1;
        // SAFETY: the first value's place, which counts as empty from here on.
        Some(unsafe { place.read() })
    }

    #[inline]
    fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<T> Drop for Chunk<T> {
    fn drop(&mut self) {
        let values =
            ptr::slice_from_raw_parts_mut(self.place(self.head.min(Self::ROOM - 1)), self.len);
        // SAFETY: the values that are left lie there, one after the other.
        unsafe { values.drop_in_place() };
    }
}

#[cfg(feature = "alloc")]
impl<'a, 'b, T, L: Threads> TakeMany<'a, 'b, T, L> {
    pub(crate) fn new(core: &'a Core<T, L>, buffer: &'b mut Vec<T>, max: usize) -> Self {
        TakeMany {
            buffer,
            max,
            waiter: Waiter::new(core),
        }
    }
}

#[cfg(feature = "alloc")]
impl<T, L: Threads> Future for TakeMany<'_, '_, T, L> {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        // SAFETY: the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        if this.max == 0 {
            return Poll::Ready(0);
        }
        let core = this.waiter.channel;
        let mut spare = Spare::new(this.buffer, this.max);
        let mut called = false;
        if let Some(node) = this.waiter.node() {
            if node.is_linked() && core.raw.renew_waker::<L>(node, cx.waker()) {
                return Poll::Pending;
            }
            // Before the call is answered, which is passed on if this panics.
            spare.make_room(core.items_to_see());
            this.waiter.leave();
            called = true;
        } else {
            ready!(coop::poll_proceed(cx));
        }
        let first = called;
        loop {
            let end = take_all(core, &mut spare, mem::take(&mut called));
            if spare.taken > 0 || end == TakeEnd::Closed {
                return Poll::Ready(spare.taken);
            }
            let node = Node::plain(cx.waker().clone(), ptr::null_mut());
            let mut place = None;
            let result = core.take_or_park(this.waiter.park(node), first, &mut place);
            if let Err(TryTakeError::Empty) = result {
                return Poll::Pending;
            }
            this.waiter.leave();
            match place {
                Some(value) => spare.push(value),
                None => return Poll::Ready(0),
            }
        }
    }
}

#[cfg(feature = "alloc")]
impl<T, L: Threads> Drop for TakeMany<'_, '_, T, L> {
    fn drop(&mut self) {
        if self.waiter.is_parked() {
            withdraw::<L, _>(&self.waiter.channel.raw, &mut self.waiter, Side::Take);
        }
    }
}

/// Takes all that is there at the moment.
#[cfg(feature = "alloc")]
pub(crate) fn drain<T, L: Threads>(core: &Core<T, L>) -> Vec<T> {
    let mut values = Vec::new();
    take_all(core, &mut Spare::new(&mut values, usize::MAX), false);
    values
}

/// Takes until the channel is empty or there are enough, with as few locks as that needs.
#[cfg(feature = "alloc")]
fn take_all<T, L: Threads>(core: &Core<T, L>, spare: &mut Spare<'_, T>, called: bool) -> TakeEnd {
    let mut called = called;
    loop {
        spare.make_room(core.items_to_see());
        let end = core.take_many(spare, mem::take(&mut called));
        if end != TakeEnd::More || spare.taken == spare.max {
            return end;
        }
    }
}

/// The end of a vector, and how much of it one lock may fill.
#[cfg(feature = "alloc")]
struct Spare<'b, T> {
    buffer: &'b mut Vec<T>,
    taken: usize,
    max: usize,
    /// `taken` when the lock is given back.
    stop: usize,
}

#[cfg(feature = "alloc")]
impl<'b, T> Spare<'b, T> {
    /// How many values move under one lock: as many as fit into a kibibyte, at most 128.
    const BATCH: usize = match 1024_usize.checked_div(size_of::<T>()) {
        None | Some(128..) => 128,
        Some(0) => 1,
        Some(room) => room,
    };

    fn new(buffer: &'b mut Vec<T>, max: usize) -> Self {
        Spare {
            buffer,
            taken: 0,
            max,
            stop: 0,
        }
    }

    /// Makes room for what seems to be there, so that nothing is allocated under the lock.
    fn make_room(&mut self, seen: usize) {
        let batch = Self::BATCH.min(self.max - self.taken);
        self.stop = self.taken + batch;
        self.buffer.reserve(batch.min(seen));
    }
}

#[cfg(feature = "alloc")]
impl<T> Sink<T> for Spare<'_, T> {
    #[inline]
    fn has_room(&self) -> bool {
        self.taken < self.stop && self.buffer.len() < self.buffer.capacity()
    }

    #[inline]
    fn push(&mut self, value: T) {
        // Nothing is allocated under the lock.
        debug_assert!(self.buffer.len() < self.buffer.capacity());
        self.buffer.push(value);
        self.taken += 1;
    }
}

impl<T, I, L: Threads> fmt::Debug for PutAll<'_, T, I, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutAll")
            .field("put", &self.put)
            .field("pulled", &self.chunk.len)
            .finish_non_exhaustive()
    }
}

impl<T, I> fmt::Debug for Rest<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("pulled", &self.chunk.len)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "alloc")]
impl<T, L: Threads> fmt::Debug for TakeMany<'_, '_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waiter.fmt_as("TakeMany", f)
    }
}
