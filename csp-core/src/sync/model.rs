//! The lock in a model checker: its mutex, which keeps the number of schedules small.

use super::checker::sync::{Mutex, MutexGuard};
use super::{AtomicUsize, Ordering, Unmodelled};
use core::cell::RefCell;
#[cfg(all(feature = "alloc", csp_loom))]
use core::task::Waker;

/// Numbers the locks in the order in which they are made, the same in every run of a model, which
/// their addresses are not.
static RANKS: Unmodelled = Unmodelled::new(0);

/// Same face as the spin lock's.
pub(crate) struct Lock {
    // Declared before the mutex that the guard borrows, so dropped before it.
    guard: RefCell<Option<MutexGuard<'static, ()>>>,
    mutex: Mutex<()>,
    rank: usize,
}

impl Lock {
    pub(crate) fn new() -> Self {
        Lock {
            guard: RefCell::new(None),
            mutex: Mutex::new(()),
            rank: RANKS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Takes the lock if that is known to be this thread's: nothing is.
    pub(crate) fn acquire_by_bias(&self) -> bool {
        false
    }

    pub(crate) fn acquire_unbiased(&self, _: impl FnOnce() -> usize, shared: impl FnOnce()) {
        let guard = self.mutex.lock().unwrap();
        // SAFETY: only the lifetime changes. The guard never leaves this struct, which owns the
        // mutex; a lock is neither moved nor dropped while it is held.
        let guard =
            unsafe { core::mem::transmute::<MutexGuard<'_, ()>, MutexGuard<'static, ()>>(guard) };
        *self.guard.borrow_mut() = Some(guard);
        shared();
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// The caller holds the lock and touches nothing that it guards afterwards.
    pub(crate) unsafe fn release(&self) {
        let guard = self.guard.borrow_mut().take();
        drop(guard);
    }

    /// `release` of a lock that was taken by `acquire_by_bias`.
    ///
    /// # Safety
    /// As `release`.
    pub(crate) unsafe fn release_by_bias(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.release() };
    }

    /// Whether only one thread takes it, as far as is known: nothing is.
    pub(crate) fn is_one_threads(&self) -> bool {
        false
    }

    /// Several locks are taken in the order of their ranks, those of one rank once.
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }
}

/// Changes `state` from one value to another, if it has the one.
#[inline]
pub(crate) fn exchange(state: &AtomicUsize, from: usize, to: usize) -> bool {
    state
        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
        .is_ok()
}

/// Loom's own, since it does not see what atomic-waker's orders.
#[cfg(all(feature = "alloc", csp_loom))]
pub(crate) struct AtomicWaker(loom::future::AtomicWaker);

#[cfg(all(feature = "alloc", csp_loom))]
impl AtomicWaker {
    pub(crate) fn new() -> Self {
        AtomicWaker(loom::future::AtomicWaker::new())
    }

    pub(crate) fn register(&self, waker: &Waker) {
        self.0.register_by_ref(waker);
    }

    pub(crate) fn wake(&self) {
        self.0.wake();
    }
}
