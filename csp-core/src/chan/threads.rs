//! Who may use a channel: any thread, or only the one that made it.
//!
//! It is the one parameter in which the two sorts of channels differ. Where only one thread can come
//! to a channel there is nothing to lock and nothing to count atomically; all else is the same code.

use super::raw::Raw;
#[cfg(feature = "alloc")]
use super::shared::Count;
use crate::sync::BUFFER;
#[cfg(feature = "alloc")]
use crate::sync::{Arc, AtomicUsize};
#[cfg(feature = "alloc")]
use alloc::rc::Rc;
#[cfg(feature = "alloc")]
use core::cell::Cell;
use core::marker::PhantomData;

/// Which threads may use a channel: [`AnyThread`], or [`OneThread`].
///
/// Handles and futures have it as a parameter that is rarely written: it is `AnyThread` if nothing
/// is said, and [`LocalSender`](crate::LocalSender) and its like have names of their own.
pub trait Threads: Sealed {}

/// Any thread may use the channel, several at once: it has a lock.
#[derive(Debug)]
pub struct AnyThread {
    _not_made: (),
}

/// Only the thread that made the channel may use it: there is no lock, and its handles and futures
/// are neither [`Send`] nor [`Sync`].
#[derive(Debug)]
pub struct OneThread {
    _neither_send_nor_sync: PhantomData<*mut ()>,
}

/// For code that serves both sorts of channels: each says itself which it is.
pub(crate) enum Whichever {}

/// Whether there is a lock to take, what to wait for it by, and how to give it back.
pub(crate) trait Guard {
    /// The same, where nothing is known of how the lock was taken.
    type Plain: Guard;

    fn is_local(raw: &Raw) -> bool;

    /// The capacity, by which who finds the lock taken knows how long the other can do without it.
    fn room(raw: &Raw) -> usize;

    /// Gives the lock back, if there is one.
    ///
    /// # Safety
    /// As [`Lock::release`](crate::sync::Lock::release).
    #[inline(always)]
    unsafe fn release(raw: &Raw) {
        if !Self::is_local(raw) {
            // SAFETY: the caller's promise.
            unsafe {
                raw.lock.release(|| {
                    #[cfg(feature = "std")]
                    raw.give_other_half_back();
                });
            }
        }
    }
}

/// The lock was taken by its bias, or there is none: there is nothing to ask when it is given back.
pub(crate) struct ByBias<G>(PhantomData<G>);

/// What a channel needs to know of its [`Threads`].
pub trait Sealed: Sized + 'static {
    const IS_LOCAL: bool;

    /// A counted reference, for the handles of one channel.
    #[cfg(feature = "alloc")]
    type Counted<S>: Clone;

    /// How many ends are left on one side.
    #[cfg(feature = "alloc")]
    type Count: Count;

    #[cfg(feature = "alloc")]
    fn counted<S>(shared: S) -> Self::Counted<S>;

    #[cfg(feature = "alloc")]
    fn shared<S>(counted: &Self::Counted<S>) -> &S;
}

impl Threads for AnyThread {}
impl Threads for OneThread {}

impl<L: Threads> Guard for L {
    type Plain = L;

    #[inline(always)]
    fn is_local(_: &Raw) -> bool {
        L::IS_LOCAL
    }

    #[inline(always)]
    fn room(raw: &Raw) -> usize {
        raw.capacity()
    }
}

impl<G: Guard> Guard for ByBias<G> {
    type Plain = G;

    #[inline(always)]
    fn is_local(raw: &Raw) -> bool {
        G::is_local(raw)
    }

    #[inline(always)]
    fn room(raw: &Raw) -> usize {
        G::room(raw)
    }

    #[inline(always)]
    unsafe fn release(raw: &Raw) {
        if !G::is_local(raw) {
            // SAFETY: the caller's promise, and it was taken by its bias.
            unsafe { raw.lock.release_by_bias() }
        }
    }
}

impl Guard for Whichever {
    type Plain = Self;

    #[inline(always)]
    fn is_local(raw: &Raw) -> bool {
        raw.is_local()
    }

    /// As of a buffer: whoever locks several channels at once holds up the users of one while it waits
    /// for the next.
    #[inline(always)]
    fn room(_: &Raw) -> usize {
        BUFFER
    }
}

impl Sealed for AnyThread {
    const IS_LOCAL: bool = false;

    #[cfg(feature = "alloc")]
    type Counted<S> = Arc<OnOwnLines<S>>;

    #[cfg(feature = "alloc")]
    type Count = AtomicUsize;

    #[cfg(feature = "alloc")]
    fn counted<S>(shared: S) -> Arc<OnOwnLines<S>> {
        Arc::new(OnOwnLines(shared))
    }

    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn shared<S>(counted: &Arc<OnOwnLines<S>>) -> &S {
        &counted.0
    }
}

/// Begins with a cache line, and shares none with its neighbours. Processors that fetch lines in pairs
/// find nothing beside it that others change often: the line before has the `Arc`'s counts. Small
/// machines have no such lines, and memory is dear there.
#[cfg(feature = "alloc")]
#[cfg_attr(target_pointer_width = "64", repr(align(64)))]
#[derive(Debug)]
pub struct OnOwnLines<S>(S);

impl Sealed for OneThread {
    const IS_LOCAL: bool = true;

    #[cfg(feature = "alloc")]
    type Counted<S> = Rc<S>;

    #[cfg(feature = "alloc")]
    type Count = Cell<usize>;

    #[cfg(feature = "alloc")]
    fn counted<S>(shared: S) -> Rc<S> {
        Rc::new(shared)
    }

    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn shared<S>(counted: &Rc<S>) -> &S {
        counted
    }
}
