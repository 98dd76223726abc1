//! The lock where an interrupt handler may meet the channel, and where there is no atomic exchange:
//! a critical section, which on most microcontrollers means that interrupts are off.
//!
//! A handler cannot find such a lock held by the code it interrupted, so it never waits. There is
//! but one critical section, so all channels share one lock: who locks several holds it once.

use super::{AtomicUsize, Ordering};
use core::cell::Cell;
use critical_section::RestoreState;

/// A mutual exclusion without data: what it guards says so itself.
pub(crate) struct Lock {
    /// What the outermost holder found, and has to restore: whether interrupts were on.
    found: Cell<RestoreState>,
}

impl Lock {
    pub(crate) const fn new() -> Self {
        Lock {
            found: Cell::new(RestoreState::invalid()),
        }
    }

    /// Takes the lock if that is known to be this thread's: nothing is.
    #[inline(always)]
    pub(crate) fn acquire_by_bias(&self) -> bool {
        false
    }

    /// Takes the lock; says that it is the whole one.
    #[inline]
    pub(crate) fn acquire_unbiased(&self, _: impl FnOnce(), shared: impl FnOnce()) -> bool {
        // SAFETY: `release` ends it, with the same state, by its own contract: nothing that runs
        // in between acquires this lock, and sections that nest inside it end before it does.
        let found = unsafe { critical_section::acquire() };
        self.found.set(found);
        shared();
        true
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// The caller holds the lock and touches nothing that it guards afterwards.
    #[inline]
    pub(crate) unsafe fn release(&self, _: impl FnOnce()) {
        // SAFETY: the state of the `acquire` that this ends.
        unsafe { critical_section::release(self.found.get()) };
    }

    /// `release` of a lock that was taken by `acquire_by_bias`.
    ///
    /// # Safety
    /// As `release`.
    #[inline(always)]
    pub(crate) unsafe fn release_by_bias(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.release(|| {}) };
    }

    /// Waits for the lock: nobody does.
    pub(crate) fn wait(&self, _: usize, _: impl Fn() -> usize) {}

    /// Whether another thread holds it just now: none is waited for.
    #[inline(always)]
    pub(crate) fn seems_held(&self) -> bool {
        false
    }

    /// Whether only one thread takes it, as far as is known: nothing is.
    #[inline(always)]
    pub(crate) fn is_one_threads(&self) -> bool {
        false
    }

    /// Takes this half of a lock that is halved: none is.
    #[cfg(feature = "std")]
    pub(crate) fn acquire_half(&self, _: impl FnOnce() -> usize) {
        self.acquire_unbiased(|| {}, || {});
    }

    /// The same, with the first half held: that is the whole.
    #[cfg(feature = "std")]
    pub(crate) fn acquire_second_half(&self) {
        self.acquire_half(|| 0);
    }

    /// Gives back this half of a lock that is halved.
    ///
    /// # Safety
    /// As `release`.
    #[cfg(feature = "std")]
    pub(crate) unsafe fn release_half(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.release(|| {}) };
    }

    /// Where the other half is, if it is halved, else null.
    #[cfg(feature = "std")]
    pub(crate) fn other_half(&self) -> *mut () {
        core::ptr::null_mut()
    }

    #[cfg(feature = "std")]
    pub(crate) fn is_halved(&self) -> bool {
        false
    }

    /// Whether it is worth halving.
    #[cfg(feature = "std")]
    pub(crate) fn is_crowded(&self) -> bool {
        false
    }

    /// Has it stay in one piece: it does.
    #[cfg(feature = "std")]
    pub(crate) fn keep_whole(&self) {}

    /// Halves it; says whether it has done so. There is one critical section, and it is in one piece.
    ///
    /// # Safety
    /// The caller holds the lock.
    #[cfg(feature = "std")]
    pub(crate) unsafe fn halve(&self, _: *mut ()) -> bool {
        false
    }

    /// Several locks are taken in the order of their ranks, those of one rank once: here all are
    /// one lock.
    #[inline]
    pub(crate) fn rank(&self) -> usize {
        0
    }
}

/// Changes `state` from one value to another, if it has the one.
#[inline]
pub(crate) fn exchange(state: &AtomicUsize, from: usize, to: usize) -> bool {
    critical_section::with(|_| {
        let found = state.load(Ordering::Relaxed) == from;
        if found {
            state.store(to, Ordering::Relaxed);
        }
        found
    })
}
