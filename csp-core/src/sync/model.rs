//! The lock in a model checker: its mutex, which keeps the number of schedules small.

use super::checker::sync::{Mutex, MutexGuard};
use super::{AtomicPtr, AtomicUsize, Ordering, Unmodelled};
use core::cell::RefCell;
use core::ptr;
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
    /// Where the other half is, if it is halved.
    other_half: AtomicPtr<()>,
}

impl Lock {
    pub(crate) fn new() -> Self {
        Lock {
            guard: RefCell::new(None),
            mutex: Mutex::new(()),
            rank: RANKS.fetch_add(1, Ordering::Relaxed),
            other_half: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Takes the lock if that is known to be this thread's: nothing is.
    pub(crate) fn acquire_by_bias(&self) -> bool {
        false
    }

    pub(crate) fn acquire_unbiased(&self, _: impl FnOnce(), shared: impl FnOnce()) -> bool {
        self.acquire_half(|| 0);
        shared();
        !self.is_halved()
    }

    /// Waits for the lock: the checker does.
    pub(crate) fn wait(&self, _: usize, _: impl Fn() -> usize) {}

    /// Takes this half of a lock that is halved.
    pub(crate) fn acquire_half(&self, _: impl FnOnce() -> usize) {
        let guard = self.mutex.lock().unwrap();
        // SAFETY: only the lifetime changes. The guard never leaves this struct, which owns the
        // mutex; a lock is neither moved nor dropped while it is held.
        let guard =
            unsafe { core::mem::transmute::<MutexGuard<'_, ()>, MutexGuard<'static, ()>>(guard) };
        *self.guard.borrow_mut() = Some(guard);
    }

    /// The same, with the first half held.
    pub(crate) fn acquire_second_half(&self) {
        self.acquire_half(|| 0);
    }

    /// Gives the lock back. If it is halved, `other` gives back the other half, before this one.
    ///
    /// # Safety
    /// The caller holds the lock and touches nothing that it guards afterwards.
    pub(crate) unsafe fn release(&self, other: impl FnOnce()) {
        if self.is_halved() {
            other();
        }
        // SAFETY: the caller's promise.
        unsafe { self.release_half() };
    }

    /// Gives back this half of a lock that is halved.
    ///
    /// # Safety
    /// As `release`, of what this half guards.
    pub(crate) unsafe fn release_half(&self) {
        let guard = self.guard.borrow_mut().take();
        drop(guard);
    }

    /// `release` of a lock that was taken by `acquire_by_bias`.
    ///
    /// # Safety
    /// As `release`.
    pub(crate) unsafe fn release_by_bias(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.release(|| {}) };
    }

    /// Whether another thread holds it just now.
    pub(crate) fn seems_held(&self) -> bool {
        self.guard.borrow().is_some()
    }

    /// Whether only one thread takes it, as far as is known: nothing is.
    pub(crate) fn is_one_threads(&self) -> bool {
        false
    }

    /// Where the other half is, if it is halved, else null.
    pub(crate) fn other_half(&self) -> *mut () {
        self.other_half.load(Ordering::Acquire)
    }

    pub(crate) fn is_halved(&self) -> bool {
        !self.other_half().is_null()
    }

    /// Whether it is worth halving: a model says so itself, and all channels of a test that wants it.
    pub(crate) fn is_crowded(&self) -> bool {
        false
    }

    /// Has it stay in one piece: see `is_crowded`.
    pub(crate) fn keep_whole(&self) {}

    /// Halves it, unless it has been; says whether it has done so. The other half is there, which this
    /// thread holds, too.
    ///
    /// # Safety
    /// The caller holds the lock. What is there stays as long as this.
    pub(crate) unsafe fn halve(&self, other: *mut ()) -> bool {
        let is_whole = !self.is_halved();
        if is_whole {
            self.other_half.store(other, Ordering::Release);
        }
        is_whole
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
