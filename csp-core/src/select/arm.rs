//! What can be an arm of a select, and what a select asks of it.

#[cfg(feature = "alloc")]
use crate::chan::{Channel, Receiver};
use crate::chan::{Put, PutFrom, StaticChannel, Take};
use crate::error::Closed;
use crate::wait::{Header, Node};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// An arm of a select: a put, a take, any other future in a [`FutureArm`], or an `Option` of an
/// arm, which never fires when it is `None`.
///
/// Only this crate's types are arms: which one commits is a matter between a select and its
/// channels.
pub trait Arm: ArmImpl {}

/// What can be turned into an arm: the arms themselves, and `&Receiver`, which takes from it.
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

    /// Commits if that is possible now. `called`: the arm has been called, and answers the call,
    /// if it is one of those that count calls.
    fn attempt(self: Pin<&mut Self>, cx: &mut Context<'_>, called: bool) -> Option<Self::Output>;

    /// A node by which a partner can find this arm; `None` for an arm that cannot be found so:
    /// another future, or one that never fires. It is linked by the select, and unlinked before
    /// the arm is moved or dropped, attempted or asked for a node again.
    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&Node>;

    /// What the arm gives after a partner completed it; `None` if that cannot be.
    fn finish(self: Pin<&mut Self>) -> Option<Self::Output>;
}

fn ready<T>(poll: Poll<T>) -> Option<T> {
    match poll {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

impl<T> ArmImpl for Take<'_, T> {
    type Output = Option<T>;

    #[inline]
    fn attempt(self: Pin<&mut Self>, _: &mut Context<'_>, called: bool) -> Option<Self::Output> {
        ready(self.try_now(called))
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&Node> {
        // SAFETY: nothing is moved.
        Some(unsafe { self.get_unchecked_mut() }.arm_node(header, arm))
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        None
    }
}

impl<T> ArmImpl for Put<'_, T> {
    type Output = Result<(), Closed<T>>;

    fn can_fire(&self) -> bool {
        !self.is_spent()
    }

    #[inline]
    fn attempt(self: Pin<&mut Self>, _: &mut Context<'_>, _: bool) -> Option<Self::Output> {
        // SAFETY: the value moves only when it is put, the node never.
        let this = unsafe { self.get_unchecked_mut() };
        if this.is_spent() {
            return None;
        }
        ready(this.try_now())
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&Node> {
        // SAFETY: nothing is moved.
        unsafe { self.get_unchecked_mut() }.arm_node(header, arm)
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        Some(Ok(()))
    }
}

impl<T> ArmImpl for PutFrom<'_, '_, T> {
    type Output = Result<(), Closed<()>>;

    fn can_fire(&self) -> bool {
        !self.is_spent()
    }

    #[inline]
    fn attempt(self: Pin<&mut Self>, _: &mut Context<'_>, _: bool) -> Option<Self::Output> {
        // SAFETY: nothing is moved but the value, which is elsewhere.
        let this = unsafe { self.get_unchecked_mut() };
        if this.is_spent() {
            return None;
        }
        ready(this.try_now())
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&Node> {
        // SAFETY: nothing is moved.
        unsafe { self.get_unchecked_mut() }.arm_node(header, arm)
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        Some(Ok(()))
    }
}

impl<F: Future> ArmImpl for FutureArm<F> {
    type Output = F::Output;

    const ONCE: bool = true;

    #[inline]
    fn attempt(self: Pin<&mut Self>, cx: &mut Context<'_>, _: bool) -> Option<Self::Output> {
        // SAFETY: the future is pinned when its arm is; nothing is moved out of it.
        ready(unsafe { self.map_unchecked_mut(|arm| &mut arm.future) }.poll(cx))
    }

    fn node(self: Pin<&mut Self>, _: *const Header, _: usize) -> Option<&Node> {
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
    fn attempt(self: Pin<&mut Self>, cx: &mut Context<'_>, called: bool) -> Option<Self::Output> {
        self.as_pin_mut()?.attempt(cx, called)
    }

    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&Node> {
        self.as_pin_mut()?.node(header, arm)
    }

    fn finish(self: Pin<&mut Self>) -> Option<Self::Output> {
        self.as_pin_mut()?.finish()
    }
}

impl<T> Arm for Take<'_, T> {}
impl<T> Arm for Put<'_, T> {}
impl<T> Arm for PutFrom<'_, '_, T> {}
impl<F: Future> Arm for FutureArm<F> {}
impl<A: Arm> Arm for Option<A> {}

impl<T> IntoArm for Take<'_, T> {
    type Arm = Self;

    #[inline]
    fn into_arm(self) -> Self {
        self
    }
}

impl<T> IntoArm for Put<'_, T> {
    type Arm = Self;

    #[inline]
    fn into_arm(self) -> Self {
        self
    }
}

impl<T> IntoArm for PutFrom<'_, '_, T> {
    type Arm = Self;

    #[inline]
    fn into_arm(self) -> Self {
        self
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
impl<'a, T> IntoArm for &'a Receiver<T> {
    type Arm = Take<'a, T>;

    #[inline]
    fn into_arm(self) -> Take<'a, T> {
        self.take()
    }
}

#[cfg(feature = "alloc")]
impl<'a, T> IntoArm for &'a Channel<T> {
    type Arm = Take<'a, T>;

    #[inline]
    fn into_arm(self) -> Take<'a, T> {
        self.take()
    }
}

impl<'a, T, const N: usize> IntoArm for &'a StaticChannel<T, N> {
    type Arm = Take<'a, T>;

    #[inline]
    fn into_arm(self) -> Take<'a, T> {
        self.take()
    }
}
