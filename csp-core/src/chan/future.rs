//! The waiting calls as futures: [`Put`], [`PutFrom`], [`Take`], [`WaitClosed`].
//!
//! Each does nothing before its first poll, tries once, and only when it has to wait writes a node
//! into itself and links it.

use super::core::Core;
use super::raw::Raw;
use super::threads::{AnyThread, Threads};
use crate::answer;
use crate::coop;
use crate::error::{Closed, TryPutError, TryTakeError};
use crate::hint::{SHORT_WAYS, likely, unlikely};
use crate::wait::{Aliased, Node, Side, WaitState, Waiter};
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker, ready};

/// Takes the next value; see [`Receiver::take`](crate::Receiver::take).
///
/// Resolves to `None` once the channel is closed and empty. Polled again after that or after a
/// value, it takes the next one.
#[must_use = "nothing is taken until the future is awaited"]
pub struct Take<'a, T, L: Threads = AnyThread> {
    waiter: Waiter<&'a Core<T, L>>,
}

/// Puts a value; see [`Sender::put`](crate::Sender::put).
///
/// Resolves to `Ok(())`, or to [`Closed`] with the value.
#[must_use = "nothing is put until the future is awaited"]
#[repr(C)] // for the reason that `Waiter` gives
pub struct Put<'a, T, L: Threads = AnyThread> {
    value: Aliased<Option<T>>,
    waiter: Waiter<&'a Core<T, L>>,
}

/// Puts the value out of a place of the caller's; see
/// [`Sender::put_from`](crate::Sender::put_from).
///
/// Resolves to `Ok(())` with the place empty, or to `Closed(())` with the value still in it.
#[must_use = "nothing is put until the future is awaited"]
pub struct PutFrom<'a, 's, T, L: Threads = AnyThread> {
    /// Has the value in the meantime: the place could be elsewhere, and gone before a future that
    /// is forgotten while partners know of it.
    put: Put<'a, T, L>,
    place: &'s mut Option<T>,
}

/// Waits until a channel is closed; see [`Sender::closed`](crate::Sender::closed).
#[must_use = "nothing is waited for until the future is awaited"]
pub struct WaitClosed<'a, L: Threads = AnyThread> {
    waiter: Waiter<&'a Raw>,
    _threads: PhantomData<&'a L>,
}

impl<'a, T, L: Threads> Take<'a, T, L> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T, L>) -> Self {
        Take {
            waiter: Waiter::new(core),
        }
    }

    /// The channel, for a select that takes from it.
    #[inline]
    pub(crate) fn core(&self) -> &'a Core<T, L> {
        self.waiter.channel
    }

    /// Takes to an empty place, or parks. `first`: at the front, having been called in vain.
    #[inline(never)]
    fn park(&mut self, waker: &Waker, first: bool, place: &mut Option<T>) -> Poll<()> {
        let node = Node::plain(waker.clone(), ptr::null_mut());
        let core = self.core();
        let result = core.take_or_park(self.waiter.park(node), first, place);
        if outcome(result).is_pending() {
            #[cfg(feature = "std")]
            core.raw.halve_if_crowded();
            return Poll::Pending;
        }
        self.waiter.leave();
        Poll::Ready(())
    }

    #[inline(never)]
    fn poll_parked(&mut self, waker: &Waker, place: &mut Option<T>) -> Poll<()> {
        let core = self.core();
        let called =
            (self.waiter.node()).is_some_and(|node| likely(node.state() == WaitState::Called));
        if !called || SHORT_WAYS && !likely(core.raw.is_worth_a_lock(Side::Take)) {
            return self.poll_in_vain(waker, place);
        }
        // Before the call is answered, so that it is answered once, whatever panics.
        self.waiter.leave();
        if outcome(core.answer_call_at_once(place)).is_ready() {
            return Poll::Ready(());
        }
        self.park(waker, true, place)
    }

    /// Polled without having been called; or called, and others were faster.
    #[inline(never)]
    fn poll_in_vain(&mut self, waker: &Waker, place: &mut Option<T>) -> Poll<()> {
        let core = self.core();
        let Some(node) = self.waiter.node() else {
            return self.park(waker, false, place);
        };
        if node.is_linked() && core.raw.renew_waker::<L>(node, waker) {
            return Poll::Pending;
        }
        if SHORT_WAYS && node.state() == WaitState::Called {
            // Cloned while the call is still owed, which is then answered once, whatever panics.
            node.waker.set(Some(waker.clone()));
            node.set_state(WaitState::Idle);
            ready!(outcome(core.answer_call_or_park(node, place)));
            self.waiter.leave();
            return Poll::Ready(());
        }
        // It was never linked: the waker of a partner panicked while it parked.
        self.waiter.leave();
        self.park(waker, false, place)
    }

    /// Takes, or waits: gives the value itself if that was there at once, or else takes it to an empty
    /// place.
    #[inline(always)]
    fn poll_to(&mut self, cx: &mut Context<'_>, place: &mut Option<T>) -> Result<T, Poll<()>> {
        if unlikely(self.waiter.is_parked()) {
            return Err(self.poll_parked(cx.waker(), place));
        }
        if coop::poll_proceed(cx).is_pending() {
            return Err(Poll::Pending);
        }
        let core = self.core();
        let taken = if seems_in_vain(core, Side::Take) {
            Err(TryTakeError::Empty)
        } else if SHORT_WAYS && core.raw.is_rendezvous() {
            core.take_from_putter(place)
        } else {
            match core.take_at_once(place) {
                Ok(value) => return Ok(value),
                Err(taken) => taken,
            }
        };
        if outcome(taken).is_ready() || self.answer_has_come(cx.waker(), place) {
            return Err(Poll::Ready(()));
        }
        Err(self.park(cx.waker(), false, place))
    }

    /// Whether this take waits for an answer that has come after all, and is in its place.
    #[inline(always)]
    fn answer_has_come(&self, waker: &Waker, place: &mut Option<T>) -> bool {
        // Where there is only one thread nothing comes from others.
        let others = answer::ARE_KEPT && !(L::IS_LOCAL || self.core().raw.lock.is_one_threads());
        others && self.look_for_answer(waker, place)
    }

    #[cold]
    #[inline(never)]
    fn look_for_answer(&self, waker: &Waker, place: &mut Option<T>) -> bool {
        let core = self.core();
        // On a rendezvous nothing comes by itself.
        !core.raw.is_rendezvous()
            && answer::look_out(waker, || core.raw.items_now() > 0)
            && outcome(core.try_take_to(place)).is_ready()
    }
}

/// What a try means for a take that can wait. If it is ready, its place has what it gives: the
/// value, or nothing because the channel is closed.
#[inline(always)]
fn outcome(taken: Result<(), TryTakeError>) -> Poll<()> {
    match taken {
        Ok(()) | Err(TryTakeError::Closed) => Poll::Ready(()),
        Err(TryTakeError::Empty) => Poll::Pending,
    }
}

impl<T, L: Threads> Future for Take<'_, T, L> {
    type Output = Option<T>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        // SAFETY: nothing is moved out; the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        // Values are taken to where they are returned: a large one is not moved once more.
        let mut polled = Poll::Ready(None);
        if let Poll::Ready(place) = &mut polled {
            match this.poll_to(cx, place) {
                Ok(value) => return Poll::Ready(Some(value)),
                Err(Poll::Ready(())) => {}
                Err(Poll::Pending) => polled = Poll::Pending,
            }
        }
        polled
    }
}

impl<T, L: Threads> Drop for Take<'_, T, L> {
    #[inline]
    fn drop(&mut self) {
        if self.waiter.is_parked() {
            withdraw::<L, _>(&self.waiter.channel.raw, &mut self.waiter, Side::Take);
        }
    }
}

/// Takes a parked node back, wherever it stands, when its future is dropped.
#[cold]
pub(super) fn withdraw<L: Threads, C>(raw: &Raw, waiter: &mut Waiter<C>, side: Side) {
    if let Some(node) = waiter.node() {
        raw.withdraw::<L>(node, side);
    }
    waiter.leave();
}

/// Whether a put or take on a channel where they mostly wait seems to find nothing, without the lock.
#[inline(always)]
fn seems_in_vain<T, L: Threads>(core: &Core<T, L>, side: Side) -> bool {
    !L::IS_LOCAL && !likely(core.raw.mostly_ready()) && !core.raw.is_worth_a_lock(side)
}

/// Tries the value in the place, and parks if there is no room.
#[inline(never)]
fn park_put<T, L: Threads>(
    waiter: &mut Waiter<&Core<T, L>>,
    place: *mut Option<T>,
    waker: &Waker,
) -> Poll<Result<(), Closed<()>>> {
    let core = waiter.channel;
    let node = waiter.park(Node::plain(waker.clone(), place.cast()));
    // SAFETY: the place belongs to the future whose node this is.
    let result = match unsafe { core.put_or_park(node, place) } {
        Err(TryPutError::Full(())) => {
            #[cfg(feature = "std")]
            core.raw.halve_if_crowded();
            return Poll::Pending;
        }
        Err(TryPutError::Closed(())) => Err(Closed(())),
        Ok(()) => Ok(()),
    };
    waiter.leave();
    Poll::Ready(result)
}

/// A parked put looks what has become of it.
#[inline(never)]
fn poll_parked_put<T, L: Threads>(
    waiter: &mut Waiter<&Core<T, L>>,
    waker: &Waker,
) -> Poll<Result<(), Closed<()>>> {
    let raw = &waiter.channel.raw;
    let state = waiter.node().map(|node| {
        if unlikely(node.is_linked()) && raw.renew_waker::<L>(node, waker) {
            WaitState::Linked
        } else {
            node.state()
        }
    });
    if state == Some(WaitState::Linked) {
        return Poll::Pending;
    }
    waiter.leave();
    Poll::Ready(if unlikely(state == Some(WaitState::Closed)) {
        Err(Closed(()))
    } else {
        Ok(())
    })
}

impl<'a, T, L: Threads> Put<'a, T, L> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T, L>, value: T) -> Self {
        Put {
            waiter: Waiter::new(core),
            value: Aliased::new(Some(value)),
        }
    }

    /// One without a value yet, for a batch.
    #[inline]
    pub(super) fn empty(core: &'a Core<T, L>) -> Self {
        Put {
            waiter: Waiter::new(core),
            value: Aliased::new(None),
        }
    }

    #[inline]
    pub(crate) fn core(&self) -> &'a Core<T, L> {
        self.waiter.channel
    }

    #[inline]
    pub(super) fn is_parked(&self) -> bool {
        self.waiter.is_parked()
    }

    /// Puts a value, or parks with it.
    pub(super) fn park(
        self: Pin<&mut Self>,
        value: T,
        waker: &Waker,
    ) -> Poll<Result<(), Closed<T>>> {
        // SAFETY: the node and, while it is known to others, the value stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        this.give_back(value);
        let result = ready!(park_put(&mut this.waiter, this.value.get(), waker));
        Poll::Ready(this.with_value(result))
    }

    /// Takes back the value of a put that has not been committed.
    pub(super) fn cancel(self: Pin<&mut Self>) -> Option<T> {
        // SAFETY: once it has withdrawn, nobody else knows the value's place.
        let this = unsafe { self.get_unchecked_mut() };
        this.withdraw();
        this.take_value()
    }

    /// The channel and the value, for a select that puts it. Not once it has been polled.
    #[inline]
    pub(crate) fn into_parts(mut self) -> (&'a Core<T, L>, Option<T>) {
        self.withdraw();
        (self.waiter.channel, self.take_value())
    }

    /// Whether the value has gone: the put has been polled to its end.
    #[inline(always)]
    fn is_spent(&self) -> bool {
        // SAFETY: no linked node, so nobody else knows the place.
        unsafe { (*self.value.get()).is_none() }
    }

    /// Takes the node back, so that the value, if it is here, stays here.
    #[inline]
    fn withdraw(&mut self) {
        if self.waiter.is_parked() {
            withdraw::<L, _>(&self.waiter.channel.raw, &mut self.waiter, Side::Put);
        }
    }

    /// The value, if it is still here.
    #[inline(always)]
    fn take_value(&mut self) -> Option<T> {
        // SAFETY: no linked node, so nobody else knows the place.
        unsafe { (*self.value.get()).take() }
    }

    #[inline(always)]
    fn give_back(&mut self, value: T) {
        // SAFETY: as for `take_value`. The place is empty: nothing is dropped.
        unsafe { self.value.get().write(Some(value)) };
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

impl<T, L: Threads> Future for Put<'_, T, L> {
    type Output = Result<(), Closed<T>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the node and, while it is known to others, the value stay where they are.
        let this = unsafe { self.get_unchecked_mut() };
        if unlikely(this.waiter.is_parked()) {
            if SHORT_WAYS && likely(this.waiter.leave_if_done()) {
                return Poll::Ready(Ok(()));
            }
            let result = ready!(poll_parked_put(&mut this.waiter, cx.waker()));
            return Poll::Ready(this.with_value(result));
        }
        ready!(coop::poll_proceed(cx));
        if this.is_spent() {
            return Poll::Ready(Ok(()));
        }
        let core = this.waiter.channel;
        let place = this.value.get();
        let put = if seems_in_vain(core, Side::Put) {
            Err(TryPutError::Full(()))
        } else if SHORT_WAYS && core.raw.is_rendezvous() {
            // SAFETY: not parked, so nobody else knows the place; it is filled.
            unsafe { core.hand_over(place) }
        } else {
            // SAFETY: as above.
            unsafe { core.put_from_task(place, cx.waker()) }
        };
        match put {
            Ok(()) => return Poll::Ready(Ok(())),
            Err(TryPutError::Closed(())) => {
                return Poll::Ready(this.with_value(Err(Closed(()))));
            }
            Err(TryPutError::Full(())) => {
                if core.raw.seems_to_grow() && this.waiter.give_way(cx) {
                    return Poll::Pending;
                }
            }
        }
        let result = ready!(park_put(&mut this.waiter, place, cx.waker()));
        Poll::Ready(this.with_value(result))
    }
}

impl<T, L: Threads> Drop for Put<'_, T, L> {
    #[inline]
    fn drop(&mut self) {
        self.withdraw();
    }
}

impl<'a, 's, T, L: Threads> PutFrom<'a, 's, T, L> {
    #[inline]
    pub(crate) fn new(core: &'a Core<T, L>, place: &'s mut Option<T>) -> Self {
        PutFrom {
            put: Put {
                waiter: Waiter::new(core),
                value: Aliased::new(place.take()),
            },
            place,
        }
    }

    /// The put and the place, for a select that puts out of it. Not once it has been polled.
    pub(crate) fn into_parts(self) -> (Put<'a, T, L>, &'s mut Option<T>) {
        let this = ManuallyDrop::new(self);
        debug_assert!(!this.put.waiter.is_parked());
        // SAFETY: each is moved out once, and neither is dropped with `this`.
        unsafe { (ptr::read(&this.put), ptr::read(&this.place)) }
    }
}

impl<T, L: Threads> Future for PutFrom<'_, '_, T, L> {
    type Output = Result<(), Closed<()>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the put is pinned when this is, and is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let put = unsafe { Pin::new_unchecked(&mut this.put) };
        Poll::Ready(match ready!(put.poll(cx)) {
            Ok(()) => Ok(()),
            Err(Closed(value)) => {
                this.put.give_back(value);
                Err(Closed(()))
            }
        })
    }
}

/// Gives the value back to its place unless it has been put.
impl<T, L: Threads> Drop for PutFrom<'_, '_, T, L> {
    #[inline]
    fn drop(&mut self) {
        self.put.withdraw();
        *self.place = self.put.take_value();
    }
}

impl<'a, L: Threads> WaitClosed<'a, L> {
    pub(crate) fn new(raw: &'a Raw) -> Self {
        WaitClosed {
            waiter: Waiter::new(raw),
            _threads: PhantomData,
        }
    }
}

impl<L: Threads> Future for WaitClosed<'_, L> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        if this.waiter.is_parked() {
            if let Some(node) = this.waiter.node() {
                if node.is_linked() && this.waiter.channel.renew_waker::<L>(node, cx.waker()) {
                    return Poll::Pending;
                }
            }
            this.waiter.leave();
            return Poll::Ready(());
        }
        if this.waiter.channel.is_closed() {
            return Poll::Ready(());
        }
        let node = Node::plain(cx.waker().clone(), ptr::null_mut());
        let raw = this.waiter.channel;
        if raw.park_closer(this.waiter.park(node)) {
            return Poll::Pending;
        }
        this.waiter.leave();
        Poll::Ready(())
    }
}

impl<L: Threads> Drop for WaitClosed<'_, L> {
    fn drop(&mut self) {
        if self.waiter.is_parked() {
            withdraw::<L, _>(self.waiter.channel, &mut self.waiter, Side::Close);
        }
    }
}

impl<T, L: Threads> fmt::Debug for Take<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waiter.fmt_as("Take", f)
    }
}

impl<T, L: Threads> fmt::Debug for Put<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waiter.fmt_as("Put", f)
    }
}

impl<T, L: Threads> fmt::Debug for PutFrom<'_, '_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.put.waiter.fmt_as("PutFrom", f)
    }
}

impl<L: Threads> fmt::Debug for WaitClosed<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waiter.fmt_as("WaitClosed", f)
    }
}
