//! What can be an arm of a select, and what a select asks of it.

use super::engine::ArmNode;
use crate::chan::{AnyThread, Core, Put, PutFrom, StaticChannel, StaticReceiver, Take, Threads};
#[cfg(feature = "alloc")]
use crate::chan::{Channel, LocalChannel, OneThread, Receiver};
use crate::error::{Closed, TryPutError, TryTakeError};
use crate::hint::{SHORT_WAYS, unlikely};
#[cfg(feature = "alloc")]
use crate::wait::Node;
use crate::wait::{Aliased, Header, Side};
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll};

/// An arm of a select: a put, a take, any other future in a [`FutureArm`], or an `Option` of an
/// arm, which never fires when it is `None`.
///
/// Only this crate's types are arms: which one commits is a matter between a select and its
/// channels.
pub trait Arm: ArmImpl {}

/// What can be turned into an arm: a put or take that has not been polled, and `&Receiver`, which
/// takes from it.
///
/// # Examples
/// An arm that never fires, like Go's nil channel:
/// ```
/// # use csp_core::{block_on, channel, select, Receiver};
/// # block_on(async {
/// let (tx, rx) = channel(1);
/// tx.put(1).await.unwrap();
/// let nobody: Option<&Receiver<i32>> = None;
/// let sum = select! {
///     _ = nobody => unreachable!(),
///     v = &rx => v.unwrap(),
/// };
/// assert_eq!(sum, 1);
/// # });
/// ```
pub trait IntoArm {
    /// The arm it becomes.
    type Arm: Arm;

    /// Turns it into an arm.
    fn into_arm(self) -> Self::Arm;
}

/// A take as an arm of a select.
///
/// Apart from the future [`Take`], because arms move while a select is put together, and should be
/// small then: the select has the place for their nodes.
pub struct TakeArm<'a, T, L: Threads = AnyThread> {
    core: &'a Core<T, L>,
}

/// A put as an arm of a select; without a value it never fires.
pub struct PutArm<'a, T, L: Threads = AnyThread> {
    core: &'a Core<T, L>,
    place: Aliased<Option<T>>,
}

/// A put out of a place of the caller's, as an arm of a select; with an empty place it never
/// fires.
pub struct PutFromArm<'a, 's, T, L: Threads = AnyThread> {
    /// Has the value in the meantime: the place could be elsewhere, and gone before a select that
    /// is forgotten.
    put: PutArm<'a, T, L>,
    place: &'s mut Option<T>,
}

/// Any other future as an arm of a select. It is polled when the select looks, and dropped where
/// it stands if another arm commits.
#[derive(Debug)]
pub struct FutureArm<F> {
    future: F,
}

impl<F: Future> FutureArm<F> {
    /// Makes an arm of a future.
    pub fn new(future: F) -> Self {
        FutureArm { future }
    }
}

/// The part of an arm that only a select calls.
pub trait ArmImpl {
    /// What the arm gives when it commits.
    type Output;

    /// Whether the arm must not be used again once it has committed.
    const ONCE: bool = false;

    /// Whether the arm may ever commit.
    fn can_fire(&self) -> bool {
        true
    }

    /// Commits if that is possible now.
    fn attempt(self: Pin<&mut Self>, how: Try, cx: &mut Context<'_>) -> Option<Self::Output>;

    /// A node by which a partner can find this arm; `None` for an arm that cannot be found so:
    /// another future, or one that never fires. The select links it, and unlinks it before the
    /// arm is moved or dropped.
    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<ArmNode>;

    /// Commits, or links that node, which is the arm's own: for a set, whose arms stay in line. Never
    /// called of an arm that has no node.
    #[cfg(feature = "alloc")]
    fn attempt_or_link(self: Pin<&mut Self>, node: &Node, turn: Turn) -> Option<Self::Output>;

    /// What the arm gives after a partner completed it; `None` if that cannot be.
    fn finish(self: Pin<&mut Self>) -> Option<Self::Output>;
}

/// How an arm is attempted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Try {
    /// If its channel seems to have something for it, and unless somebody seems to be at it just now:
    /// another arm may do as well, and without a wait for the lock.
    InPassing,
    /// If its channel seems to have something for it.
    Alone,
    /// It has been called, and answers the call, if it is one of those that count calls.
    Called,
}

/// Why an arm that is not in line is looked at.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// It goes to the back of the line.
    New,
    /// It has been called, and answers the call, if it is one of those that count calls. It goes to
    /// the front.
    Called,
    /// It has been called, and that call has ended. It goes to the front.
    CalledBefore,
}

impl Try {
    /// Whether a channel seems to have something for an arm on that side, without the lock.
    #[inline(always)]
    fn is_worth_it<T, L: Threads>(self, core: &Core<T, L>, side: Side) -> bool {
        core.raw.seems_ready(side) && !(self == Try::InPassing && unlikely(core.is_busy()))
    }
}

impl<T, L: Threads> ArmImpl for TakeArm<'_, T, L> {
    type Output = Option<T>;

    #[inline(always)]
    fn attempt(self: Pin<&mut Self>, how: Try, _: &mut Context<'_>) -> Option<Self::Output> {
        let core = self.core;
        if how != Try::Called && !how.is_worth_it(core, Side::Take) {
            return None;
        }
        let mut place = None;
        let taken = if how == Try::Called {
            core.answer_call(&mut place)
        } else if SHORT_WAYS && core.raw.is_rendezvous() {
            core.take_from_putter(&mut place)
        } else {
            core.try_take_to(&mut place)
        };
        match taken {
            Ok(()) | Err(TryTakeError::Closed) => Some(place),
            Err(TryTakeError::Empty) => None,
        }
    }

    #[cfg(feature = "alloc")]
    fn attempt_or_link(self: Pin<&mut Self>, node: &Node, turn: Turn) -> Option<Self::Output> {
        let mut place = None;
        let mut taken = Err(TryTakeError::Empty);
        if turn == Turn::Called {
            taken = self.core.answer_call(&mut place);
        }
        if taken == Err(TryTakeError::Empty) {
            taken = (self.core).take_or_get_in_line(node, turn != Turn::New, &mut place);
        }
        match taken {
            Ok(()) | Err(TryTakeError::Closed) => Some(place),
            Err(TryTakeError::Empty) => None,
        }
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<ArmNode> {
        let place = ptr::null_mut();
        Some(ArmNode::new(&self.core.raw, Side::Take, place, header, arm))
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        None
    }
}

impl<T, L: Threads> PutArm<'_, T, L> {
    /// Takes the value out, or puts another one in. The arm is not linked.
    #[inline]
    pub(super) fn replace(&self, value: Option<T>) -> Option<T> {
        // SAFETY: the arm is not linked, so nobody else knows the place.
        unsafe { mem::replace(&mut *self.place.get(), value) }
    }

    #[inline]
    fn is_spent(&self) -> bool {
        // SAFETY: as for `replace`.
        unsafe { (*self.place.get()).is_none() }
    }
}

impl<T, L: Threads> ArmImpl for PutArm<'_, T, L> {
    type Output = Result<(), Closed<T>>;

    fn can_fire(&self) -> bool {
        !self.is_spent()
    }

    #[inline(always)]
    fn attempt(self: Pin<&mut Self>, how: Try, _: &mut Context<'_>) -> Option<Self::Output> {
        if !how.is_worth_it(self.core, Side::Put) || self.is_spent() {
            return None;
        }
        // SAFETY: a select attempts only arms that are not linked, or not claimed and not to be
        // claimed any more, so the place is ours; it is filled.
        let put = unsafe {
            if SHORT_WAYS && self.core.raw.is_rendezvous() {
                self.core.hand_over(self.place.get())
            } else {
                self.core.try_put_from(self.place.get(), false)
            }
        };
        match put {
            Ok(()) => Some(Ok(())),
            Err(TryPutError::Full(())) => None,
            Err(TryPutError::Closed(())) => Some(Err(Closed(self.replace(None)?))),
        }
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<ArmNode> {
        let place = self.place.get().cast();
        (!self.is_spent()).then(|| ArmNode::new(&self.core.raw, Side::Put, place, header, arm))
    }

    #[cfg(feature = "alloc")]
    fn attempt_or_link(self: Pin<&mut Self>, node: &Node, _: Turn) -> Option<Self::Output> {
        // SAFETY: the node is this arm's, and so its place is ours, which is not linked.
        match unsafe { self.core.put_or_get_in_line(node, self.place.get()) } {
            Ok(()) => Some(Ok(())),
            Err(TryPutError::Closed(())) => Some(Err(Closed(self.replace(None)?))),
            Err(TryPutError::Full(())) => None,
        }
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        Some(Ok(()))
    }
}

impl<'a, T, L: Threads> PutFromArm<'a, '_, T, L> {
    fn put(self: Pin<&mut Self>) -> Pin<&mut PutArm<'a, T, L>> {
        // SAFETY: the put is pinned when this is.
        unsafe { self.map_unchecked_mut(|this| &mut this.put) }
    }

    /// Keeps the value of a put that failed.
    #[inline]
    fn keep(&self, put: Result<(), Closed<T>>) -> Result<(), Closed<()>> {
        put.map_err(|Closed(value)| {
            self.put.replace(Some(value));
            Closed(())
        })
    }
}

impl<T, L: Threads> ArmImpl for PutFromArm<'_, '_, T, L> {
    type Output = Result<(), Closed<()>>;

    fn can_fire(&self) -> bool {
        self.put.can_fire()
    }

    #[inline]
    fn attempt(mut self: Pin<&mut Self>, how: Try, cx: &mut Context<'_>) -> Option<Self::Output> {
        let put = self.as_mut().put().attempt(how, cx)?;
        Some(self.keep(put))
    }

    #[cfg(feature = "alloc")]
    fn attempt_or_link(mut self: Pin<&mut Self>, node: &Node, turn: Turn) -> Option<Self::Output> {
        let put = self.as_mut().put().attempt_or_link(node, turn)?;
        Some(self.keep(put))
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<ArmNode> {
        self.put().node(header, arm)
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        Some(Ok(()))
    }
}

/// Gives the value back to its place unless it has been put. The select has left before.
impl<T, L: Threads> Drop for PutFromArm<'_, '_, T, L> {
    fn drop(&mut self) {
        *self.place = self.put.replace(None);
    }
}

impl<F: Future> ArmImpl for FutureArm<F> {
    type Output = F::Output;

    const ONCE: bool = true;

    #[inline]
    fn attempt(self: Pin<&mut Self>, _: Try, cx: &mut Context<'_>) -> Option<Self::Output> {
        // SAFETY: the future is pinned when its arm is; nothing is moved out of it.
        match unsafe { self.map_unchecked_mut(|arm| &mut arm.future) }.poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    fn node(self: Pin<&mut Self>, _: *const Header, _: usize) -> Option<ArmNode> {
        None
    }

    #[cfg(feature = "alloc")]
    fn attempt_or_link(self: Pin<&mut Self>, _: &Node, _: Turn) -> Option<Self::Output> {
        None
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        None
    }
}

impl<A: ArmImpl> ArmImpl for Option<A> {
    type Output = A::Output;

    const ONCE: bool = A::ONCE;

    fn can_fire(&self) -> bool {
        self.as_ref().is_some_and(A::can_fire)
    }

    #[inline]
    fn attempt(self: Pin<&mut Self>, how: Try, cx: &mut Context<'_>) -> Option<Self::Output> {
        self.as_pin_mut()?.attempt(how, cx)
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<ArmNode> {
        self.as_pin_mut()?.node(header, arm)
    }

    #[cfg(feature = "alloc")]
    fn attempt_or_link(self: Pin<&mut Self>, node: &Node, turn: Turn) -> Option<Self::Output> {
        self.as_pin_mut()?.attempt_or_link(node, turn)
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        self.as_pin_mut()?.finish()
    }
}

impl<T, L: Threads> Arm for TakeArm<'_, T, L> {}
impl<T, L: Threads> Arm for PutArm<'_, T, L> {}
impl<T, L: Threads> Arm for PutFromArm<'_, '_, T, L> {}
impl<F: Future> Arm for FutureArm<F> {}
impl<A: Arm> Arm for Option<A> {}

impl<'a, T, L: Threads> IntoArm for Take<'a, T, L> {
    type Arm = TakeArm<'a, T, L>;

    #[inline(always)]
    fn into_arm(self) -> TakeArm<'a, T, L> {
        TakeArm { core: self.core() }
    }
}

impl<'a, T, L: Threads> IntoArm for Put<'a, T, L> {
    type Arm = PutArm<'a, T, L>;

    #[inline(always)]
    fn into_arm(self) -> PutArm<'a, T, L> {
        let (core, value) = self.into_parts();
        PutArm {
            core,
            place: Aliased::new(value),
        }
    }
}

impl<'a, 's, T, L: Threads> IntoArm for PutFrom<'a, 's, T, L> {
    type Arm = PutFromArm<'a, 's, T, L>;

    #[inline(always)]
    fn into_arm(self) -> PutFromArm<'a, 's, T, L> {
        let (put, place) = self.into_parts();
        PutFromArm {
            put: put.into_arm(),
            place,
        }
    }
}

impl<F: Future> IntoArm for FutureArm<F> {
    type Arm = Self;

    #[inline]
    fn into_arm(self) -> Self {
        self
    }
}

impl<A: IntoArm> IntoArm for Option<A> {
    type Arm = Option<A::Arm>;

    #[inline]
    fn into_arm(self) -> Self::Arm {
        self.map(A::into_arm)
    }
}

#[cfg(feature = "alloc")]
impl<'a, T, L: Threads> IntoArm for &'a Receiver<T, L> {
    type Arm = TakeArm<'a, T, L>;

    #[inline]
    fn into_arm(self) -> TakeArm<'a, T, L> {
        self.take().into_arm()
    }
}

#[cfg(feature = "alloc")]
impl<'a, T> IntoArm for &'a Channel<T> {
    type Arm = TakeArm<'a, T>;

    #[inline]
    fn into_arm(self) -> TakeArm<'a, T> {
        self.take().into_arm()
    }
}

#[cfg(feature = "alloc")]
impl<'a, T> IntoArm for &'a LocalChannel<T> {
    type Arm = TakeArm<'a, T, OneThread>;

    #[inline]
    fn into_arm(self) -> TakeArm<'a, T, OneThread> {
        self.take().into_arm()
    }
}

impl<'a, T, const N: usize> IntoArm for &'a StaticChannel<T, N> {
    type Arm = TakeArm<'a, T>;

    #[inline]
    fn into_arm(self) -> TakeArm<'a, T> {
        self.take().into_arm()
    }
}

impl<'a, T> IntoArm for &StaticReceiver<'a, T> {
    type Arm = TakeArm<'a, T>;

    #[inline]
    fn into_arm(self) -> TakeArm<'a, T> {
        self.take().into_arm()
    }
}

impl<T, L: Threads> fmt::Debug for TakeArm<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeArm { .. }")
    }
}

impl<T, L: Threads> fmt::Debug for PutArm<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutArm { .. }")
    }
}

impl<T, L: Threads> fmt::Debug for PutFromArm<'_, '_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutFromArm { .. }")
    }
}
