//! Room for a value that is still to come: [`Reserve`] waits for it, a [`Permit`] holds it.

use super::core::Core;
use super::threads::{AnyThread, Threads};
use crate::coop;
use crate::error::{Closed, ReserveError, TryReserveError};
use crate::wait::{Node, Side, WaitState, Waiter};
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

/// Waits for room and reserves it; see [`Sender::reserve`](crate::Sender::reserve).
///
/// Resolves to a [`Permit`], or to a [`ReserveError`]. Polled again after that, it reserves anew.
///
/// In a select it is an arm like any other future. Unlike a put it is in line from the first time it
/// is polled, and another arm's commit makes it give back what it may have got.
#[must_use = "nothing is reserved until the future is awaited"]
#[repr(C)] // for the reason that `Waiter` gives
pub struct Reserve<'a, T, L: Threads = AnyThread> {
    waiter: Waiter<&'a Core<T, L>>,
}

/// Room for one value in a channel's buffer: [`put`](Self::put) fills it, and never waits. See
/// [`Sender::reserve`](crate::Sender::reserve).
///
/// Dropped without a value it gives the room back, to whoever waits for it.
///
/// # After a close
/// A permit that was there before the close is still good. As long as one is out, takers do not see
/// the end: they find the channel empty, and wait. But once the last receiver is gone, nobody will
/// take, and the value comes back.
///
/// # Forgotten permits
/// One that is forgotten ([`core::mem::forget`]) holds its room, and keeps the takers of a closed
/// channel waiting, until the last sender is dropped; on a static channel, which has none, for ever.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel, TryPutError, TryTakeError};
/// # block_on(async {
/// let (tx, rx) = channel(1);
/// let permit = tx.reserve().await.unwrap();
/// assert_eq!(tx.try_put(2), Err(TryPutError::Full(2)));
///
/// rx.close();
/// assert_eq!(rx.try_take(), Err(TryTakeError::Empty));
/// permit.put(1).unwrap();
/// assert_eq!(rx.take().await, Some(1));
/// assert_eq!(rx.take().await, None);
/// # });
/// ```
#[must_use = "dropped without a value, a permit gives its room back"]
pub struct Permit<'a, T, L: Threads = AnyThread> {
    core: &'a Core<T, L>,
}

impl<'a, T, L: Threads> Permit<'a, T, L> {
    /// Reserves, or not, without waiting.
    pub(super) fn now(core: &'a Core<T, L>) -> Result<Self, TryReserveError> {
        // SAFETY: no node.
        unsafe { core.reserve(None) }.map(|()| Permit { core })
    }

    /// Puts a value into the room that the permit holds. Never waits.
    ///
    /// # Errors
    /// [`Closed`] with the value, if the last receiver is gone.
    ///
    /// # Examples
    /// ```
    /// # use csp_core::{channel, Closed};
    /// let (tx, rx) = channel(2);
    /// let (first, second) = (tx.try_reserve().unwrap(), tx.try_reserve().unwrap());
    /// // Values come in the order in which they are put, whichever the permits.
    /// assert_eq!(second.put("a"), Ok(()));
    /// assert_eq!(rx.try_take(), Ok("a"));
    /// drop(rx);
    /// assert_eq!(first.put("b"), Err(Closed("b")));
    /// ```
    #[doc(alias = "send")]
    pub fn put(self, value: T) -> Result<(), Closed<T>> {
        let core = self.core;
        mem::forget(self);
        // SAFETY: our permit, which has just been forgotten.
        unsafe { core.put_reserved(value) }
    }
}

impl<T, L: Threads> Drop for Permit<'_, T, L> {
    fn drop(&mut self) {
        // SAFETY: our permit, and this is its end.
        unsafe { self.core.give_back() }
    }
}

impl<'a, T, L: Threads> Reserve<'a, T, L> {
    pub(super) fn new(core: &'a Core<T, L>) -> Self {
        Reserve {
            waiter: Waiter::new(core),
        }
    }

    /// Tries, and parks if there is no room.
    #[inline(never)]
    fn park(&mut self, waker: &Waker) -> Poll<Result<(), ReserveError>> {
        let core = self.waiter.channel;
        let node = self.waiter.park(Node::reserver(waker.clone()));
        // SAFETY: a future's node, withdrawn before it is dropped.
        let reserved = ready!(outcome(unsafe { core.reserve(Some(node)) }));
        self.waiter.leave();
        Poll::Ready(reserved)
    }

    #[inline(never)]
    fn poll_parked(&mut self, waker: &Waker) -> Poll<Result<(), ReserveError>> {
        let raw = &self.waiter.channel.raw;
        let mut closed = false;
        if let Some(node) = self.waiter.node() {
            if node.is_linked() && raw.renew_waker::<L>(node, waker) {
                return Poll::Pending;
            }
            closed = node.state() == WaitState::Closed;
        }
        self.waiter.leave();
        Poll::Ready(if closed {
            Err(ReserveError::Closed)
        } else {
            Ok(())
        })
    }
}

/// What a try means for one that can wait.
fn outcome(reserved: Result<(), TryReserveError>) -> Poll<Result<(), ReserveError>> {
    match reserved {
        Ok(()) => Poll::Ready(Ok(())),
        Err(TryReserveError::Full) => Poll::Pending,
        Err(TryReserveError::Closed) => Poll::Ready(Err(ReserveError::Closed)),
        Err(TryReserveError::Rendezvous) => Poll::Ready(Err(ReserveError::Rendezvous)),
    }
}

impl<'a, T, L: Threads> Future for Reserve<'a, T, L> {
    type Output = Result<Permit<'a, T, L>, ReserveError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the node stays where it is.
        let this = unsafe { self.get_unchecked_mut() };
        let core = this.waiter.channel;
        let reserved = if this.waiter.is_parked() {
            ready!(this.poll_parked(cx.waker()))
        } else {
            ready!(coop::poll_proceed(cx));
            // SAFETY: no node.
            match outcome(unsafe { core.reserve(None) }) {
                Poll::Ready(reserved) => reserved,
                Poll::Pending => ready!(this.park(cx.waker())),
            }
        };
        Poll::Ready(reserved.map(|()| Permit { core }))
    }
}

/// Gives on what it has got and nobody has asked for.
impl<T, L: Threads> Drop for Reserve<'_, T, L> {
    fn drop(&mut self) {
        if let Some(node) = self.waiter.node() {
            let core = self.waiter.channel;
            core.raw.withdraw::<L>(node, Side::Put);
            let granted = node.state() == WaitState::Done;
            self.waiter.leave();
            if granted {
                drop(Permit { core });
            }
        }
    }
}

impl<T, L: Threads> fmt::Debug for Permit<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit { .. }")
    }
}

impl<T, L: Threads> fmt::Debug for Reserve<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waiter.fmt_as("Reserve", f)
    }
}
