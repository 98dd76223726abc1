//! The waiting calls as futures: [`Put`], [`PutFrom`], [`Take`], [`WaitClosed`].
//!
//! Each does nothing before its first poll, tries once, and only when it has to wait writes a node
//! into itself and links it.

use super::core::{Core, Raw};
use crate::coop;
use crate::error::{Closed, TryPutError, TryTakeError};
use crate::wait::{Aliased, Header, Node, Parking, Side, WaitState};
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker, ready};

/// Takes the next value; see [`Receiver::take`](crate::Receiver::take).
///
/// Resolves to `None` once the channel is closed and empty. Polled again after that or after a
/// value, it takes the next one.
#[must_use = "nothing is taken until the future is awaited"]
pub struct Take<'a, T> {
    core: &'a Core<T>,
    parking: Parking,
}

/// Puts a value; see [`Sender::put`](crate::Sender::put).
///
/// Resolves to `Ok(())`, or to [`Closed`] with the value.
#[must_use = "nothing is put until the future is awaited"]
pub struct Put<'a, T> {
    core: &'a Core<T>,
    value: Aliased<Option<T>>,
    parking: Parking,
}

/// Puts the value out of a place of the caller's; see
/// [`Sender::put_from`](crate::Sender::put_from).
///
/// Resolves to `Ok(())` with the place empty, or to `Closed(())` with the value still in it.
#[must_use = "nothing is put until the future is awaited"]
pub struct PutFrom<'a, 's, T> {
    core: &'a Core<T>,
    /// A pointer, because a partner takes the value through another one while we are parked.
    place: *mut Option<T>,
    parking: Parking,
    _place: PhantomData<&'s mut Option<T>>,
}

/// Waits until a channel is closed; see [`Sender::closed`](crate::Sender::closed).
#[must_use = "nothing is waited for until the future is awaited"]
pub struct WaitClosed<'a> {
    raw: &'a Raw,
    parking: Parking,
}

// SAFETY: a node may be linked from, and its future dropped on, any thread: all its shared fields
// are guarded by the channel's lock. With them goes, at most, a value.
unsafe impl<T: Send> Send for Take<'_, T> {}
// SAFETY: a shared reference to a future gives access to nothing.
unsafe impl<T: Send> Sync for Take<'_, T> {}
// SAFETY: as for `Take`.
unsafe impl<T: Send> Send for Put<'_, T> {}
// SAFETY: as for `Take`.
unsafe impl<T: Send> Sync for Put<'_, T> {}
// SAFETY: as for `Take`; the place is borrowed exclusively, and `&mut Option<T>` may be sent.
unsafe impl<T: Send> Send for PutFrom<'_, '_, T> {}
// SAFETY: as for `Take`.
unsafe impl<T: Send> Sync for PutFrom<'_, '_, T> {}
// SAFETY: as for `Take`.
unsafe impl Send for WaitClosed<'_> {}
// SAFETY: as for `Take`.
unsafe impl Sync for WaitClosed<'_> {}

impl<'a, T> Take<'a, T> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T>) -> Self {
        Take {
            core,
            parking: Parking::new(),
        }
    }

    /// Takes if something is there; `called`: and answers the call that the taker has got.
    #[inline]
    pub(crate) fn try_now(&self, called: bool) -> Poll<Option<T>> {
        let taken = if called {
            self.core.answer_call()
        } else if self.core.raw.seems_ready(Side::Take) {
            self.core.try_take()
        } else {
            return Poll::Pending;
        };
        outcome(taken)
    }

    /// A node that makes this take an arm of a select. It is not linked yet.
    pub(crate) fn arm_node(&mut self, header: *const Header, arm: usize) -> &Node {
        self.parking.leave();
        let node = Node::arm(
            self.core.raw.as_channel(),
            Side::Take,
            ptr::null_mut(),
            header,
            arm,
        );
        self.parking.park(node)
    }

    /// Tries, and parks if there is nothing. `first`: at the front, having been called in vain.
    #[inline(never)]
    fn park(&mut self, waker: &Waker, first: bool) -> Poll<Option<T>> {
        let node = Node::plain(waker.clone(), ptr::null_mut());
        let node = self.parking.park(node);
        let taken = ready!(outcome(self.core.take_or_park(node, first)));
        self.parking.leave();
        Poll::Ready(taken)
    }

    #[inline(never)]
    fn poll_parked(&mut self, waker: &Waker) -> Poll<Option<T>> {
        let Some(node) = self.parking.node() else {
            return self.park(waker, false);
        };
        if node.is_linked() && self.core.raw.renew_waker(node, waker) {
            return Poll::Pending;
        }
        let taken = self.try_now(true);
        self.parking.leave();
        match taken {
            Poll::Ready(taken) => Poll::Ready(taken),
            Poll::Pending => self.park(waker, true),
        }
    }
}

/// What a try means for a take that can wait.
#[inline]
fn outcome<T>(taken: Result<T, TryTakeError>) -> Poll<Option<T>> {
    match taken {
        Ok(value) => Poll::Ready(Some(value)),
        Err(TryTakeError::Closed) => Poll::Ready(None),
        Err(TryTakeError::Empty) => Poll::Pending,
    }
}

impl<T> Future for Take<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: nothing is moved out; the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        if this.parking.is_parked() {
            return this.poll_parked(cx.waker());
        }
        ready!(coop::poll_proceed(cx));
        if let Poll::Ready(taken) = this.try_now(false) {
            return Poll::Ready(taken);
        }
        this.park(cx.waker(), false)
    }
}

impl<T> Drop for Take<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.parking.is_parked() {
            withdraw(&self.core.raw, &mut self.parking, Side::Take);
        }
    }
}

/// Takes a parked node back, wherever it stands, when its future is dropped.
#[cold]
fn withdraw(raw: &Raw, parking: &mut Parking, side: Side) {
    if let Some(node) = parking.node() {
        raw.withdraw(node, side);
    }
    parking.leave();
}

/// Tries the value in the place once; on failure it is back there.
///
/// # Safety
/// The place is valid and nobody else's.
#[inline]
unsafe fn try_from_place<T>(core: &Core<T>, place: *mut Option<T>) -> Poll<Result<(), Closed<()>>> {
    if !core.raw.seems_ready(Side::Put) {
        return Poll::Pending;
    }
    // SAFETY: the caller's promise.
    let Some(value) = (unsafe { (*place).take() }) else {
        return Poll::Ready(Ok(()));
    };
    let (value, result) = match core.try_put(value) {
        Ok(()) => return Poll::Ready(Ok(())),
        Err(TryPutError::Closed(value)) => (value, Poll::Ready(Err(Closed(())))),
        Err(TryPutError::Full(value)) => (value, Poll::Pending),
    };
    // SAFETY: as above; the place is empty, so nothing is dropped.
    unsafe { place.write(Some(value)) };
    result
}

/// Tries the value in the place, and parks if there is no room.
#[inline(never)]
fn park_put<T>(
    core: &Core<T>,
    parking: &mut Parking,
    place: *mut Option<T>,
    waker: &Waker,
) -> Poll<Result<(), Closed<()>>> {
    let node = Node::plain(waker.clone(), place.cast());
    let node = parking.park(node);
    // SAFETY: the place belongs to the future whose node this is.
    let result = match unsafe { core.put_or_park(node, place) } {
        Err(TryPutError::Full(())) => return Poll::Pending,
        Err(TryPutError::Closed(())) => Err(Closed(())),
        Ok(()) => Ok(()),
    };
    parking.leave();
    Poll::Ready(result)
}

/// A parked put looks what has become of it.
#[inline(never)]
fn poll_parked_put(
    raw: &Raw,
    parking: &mut Parking,
    waker: &Waker,
) -> Poll<Result<(), Closed<()>>> {
    if let Some(node) = parking.node() {
        if node.is_linked() && raw.renew_waker(node, waker) {
            return Poll::Pending;
        }
    }
    let closed = parking
        .node()
        .is_some_and(|node| node.state() == WaitState::Closed);
    parking.leave();
    Poll::Ready(if closed { Err(Closed(())) } else { Ok(()) })
}

impl<'a, T> Put<'a, T> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T>, value: T) -> Self {
        Put {
            core,
            value: Aliased::new(Some(value)),
            parking: Parking::new(),
        }
    }

    /// Puts if there is room. Not while the node is linked.
    #[inline]
    pub(crate) fn try_now(&mut self) -> Poll<Result<(), Closed<T>>> {
        // SAFETY: no linked node, so nobody else knows the place.
        let result = unsafe { try_from_place(self.core, self.value.get()) };
        result.map(|result| self.with_value(result))
    }

    /// A node that makes this put an arm of a select, unless its value is gone. It is not linked
    /// yet.
    pub(crate) fn arm_node(&mut self, header: *const Header, arm: usize) -> Option<&Node> {
        if self.is_spent() {
            return None;
        }
        self.parking.leave();
        let place = self.value.get().cast();
        let node = Node::arm(self.core.raw.as_channel(), Side::Put, place, header, arm);
        Some(self.parking.park(node))
    }

    /// Whether the value is gone. Not while the node is linked.
    pub(crate) fn is_spent(&self) -> bool {
        // SAFETY: no linked node, so nobody else knows the place.
        unsafe { (*self.value.get()).is_none() }
    }

    /// Another value to put; gives the old one back. Not while the node is linked.
    #[cfg(feature = "alloc")]
    pub(crate) fn replace_value(&mut self, value: Option<T>) -> Option<T> {
        // SAFETY: no linked node, so nobody else knows the place.
        unsafe { core::mem::replace(&mut *self.value.get(), value) }
    }

    /// The value, if it is still here.
    #[inline]
    fn take_value(&mut self) -> Option<T> {
        // SAFETY: no linked node, so nobody else knows the place.
        unsafe { (*self.value.get()).take() }
    }

    /// The error with its value, for a put that found the channel closed.
    #[inline]
    fn with_value(&mut self, result: Result<(), Closed<()>>) -> Result<(), Closed<T>> {
        match result {
            Ok(()) => Ok(()),
            Err(Closed(())) => self.take_value().map_or(Ok(()), |value| Err(Closed(value))),
        }
    }
}

impl<T> Future for Put<'_, T> {
    type Output = Result<(), Closed<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the node and, while it is known to others, the value stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        if this.parking.is_parked() {
            let result = ready!(poll_parked_put(
                &this.core.raw,
                &mut this.parking,
                cx.waker()
            ));
            return Poll::Ready(this.with_value(result));
        }
        ready!(coop::poll_proceed(cx));
        if let Poll::Ready(result) = this.try_now() {
            return Poll::Ready(result);
        }
        let result = ready!(park_put(
            this.core,
            &mut this.parking,
            this.value.get(),
            cx.waker()
        ));
        Poll::Ready(this.with_value(result))
    }
}

impl<T> Drop for Put<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.parking.is_parked() {
            withdraw(&self.core.raw, &mut self.parking, Side::Put);
        }
    }
}

impl<'a, 's, T> PutFrom<'a, 's, T> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T>, place: &'s mut Option<T>) -> Self {
        PutFrom {
            core,
            place,
            parking: Parking::new(),
            _place: PhantomData,
        }
    }

    /// Puts if there is room. Not while the node is linked.
    #[inline]
    pub(crate) fn try_now(&mut self) -> Poll<Result<(), Closed<()>>> {
        // SAFETY: no linked node, so nobody else knows the place, which we borrow.
        let result = unsafe { try_from_place(self.core, self.place) };
        result
    }

    /// A node that makes this put an arm of a select, unless its value is gone. It is not linked
    /// yet.
    pub(crate) fn arm_node(&mut self, header: *const Header, arm: usize) -> Option<&Node> {
        if self.is_spent() {
            return None;
        }
        self.parking.leave();
        let place = self.place.cast();
        let node = Node::arm(self.core.raw.as_channel(), Side::Put, place, header, arm);
        Some(self.parking.park(node))
    }

    /// Whether there is nothing to put. Not while the node is linked.
    pub(crate) fn is_spent(&self) -> bool {
        // SAFETY: no linked node, so nobody else knows the place, which we borrow.
        unsafe { (*self.place).is_none() }
    }
}

impl<T> Future for PutFrom<'_, '_, T> {
    type Output = Result<(), Closed<()>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        if this.parking.is_parked() {
            return poll_parked_put(&this.core.raw, &mut this.parking, cx.waker());
        }
        ready!(coop::poll_proceed(cx));
        if this.is_spent() {
            return Poll::Ready(Ok(()));
        }
        if let Poll::Ready(result) = this.try_now() {
            return Poll::Ready(result);
        }
        park_put(this.core, &mut this.parking, this.place, cx.waker())
    }
}

impl<T> Drop for PutFrom<'_, '_, T> {
    #[inline]
    fn drop(&mut self) {
        if self.parking.is_parked() {
            withdraw(&self.core.raw, &mut self.parking, Side::Put);
        }
    }
}

impl<'a> WaitClosed<'a> {
    pub(crate) fn new(raw: &'a Raw) -> Self {
        WaitClosed {
            raw,
            parking: Parking::new(),
        }
    }
}

impl Future for WaitClosed<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        if this.parking.is_parked() {
            if let Some(node) = this.parking.node() {
                if node.is_linked() && this.raw.renew_waker(node, cx.waker()) {
                    return Poll::Pending;
                }
            }
            this.parking.leave();
            return Poll::Ready(());
        }
        if this.raw.is_closed() {
            return Poll::Ready(());
        }
        let node = Node::plain(cx.waker().clone(), ptr::null_mut());
        if this.raw.park_closer(this.parking.park(node)) {
            return Poll::Pending;
        }
        this.parking.leave();
        Poll::Ready(())
    }
}

impl Drop for WaitClosed<'_> {
    fn drop(&mut self) {
        if self.parking.is_parked() {
            withdraw(self.raw, &mut self.parking, Side::Close);
        }
    }
}

impl<T> fmt::Debug for Take<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parking.fmt_as("Take", f)
    }
}

impl<T> fmt::Debug for Put<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parking.fmt_as("Put", f)
    }
}

impl<T> fmt::Debug for PutFrom<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parking.fmt_as("PutFrom", f)
    }
}

impl fmt::Debug for WaitClosed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parking.fmt_as("WaitClosed", f)
    }
}
