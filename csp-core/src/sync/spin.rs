//! The lock: a flag, taken by one exchange and given back by one plain store.
//!
//! It is held for a few tens of instructions, so a waiter spins. What matters is that it spins
//! politely: a waiter that tries again at once drags the cache line away from the thread that is
//! about to use it. Not for interrupt handlers: a handler that meets the lock held by the code it
//! interrupted would spin for ever. For those there is the feature `critical-section`.

use super::{AtomicBool, AtomicUsize, Ordering, const_fn};
#[cfg(not(csp_loom))]
use core::hint;
#[cfg(csp_loom)]
use loom::hint;

/// Pauses before each new try. Fewer cost four fifths of the throughput of two busy threads.
const PAUSES: u32 = if cfg!(csp_loom) { 1 } else { 32 };

/// Tries before the thread gives its time slice away: the holder may have been preempted.
#[cfg(feature = "std")]
const SPINS: u32 = 64;

/// A mutual exclusion without data: what it guards says so itself.
pub(crate) struct Lock {
    held: AtomicBool,
}

impl Lock {
    const_fn! {
        pub(crate) fn new() -> Self {
            Lock {
                held: AtomicBool::new(false),
            }
        }
    }

    #[inline]
    pub(crate) fn acquire(&self) {
        if !self.try_acquire() {
            self.wait();
        }
    }

    #[inline(always)]
    fn try_acquire(&self) -> bool {
        #[cfg(csp_loom)]
        // An exchange in vain writes, and loom would let its writer see that for ever.
        return self
            .held
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_ok();
        #[cfg(not(csp_loom))]
        return !self.held.swap(true, Ordering::Acquire);
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// The caller holds the lock and touches nothing that it guards afterwards.
    #[inline]
    pub(crate) unsafe fn release(&self) {
        self.held.store(false, Ordering::Release);
    }

    /// Several locks are taken in the order of their ranks, those of one rank once.
    #[inline]
    pub(crate) fn rank(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    #[cold]
    fn wait(&self) {
        let mut patience = Patience::new();
        loop {
            for _ in 0..PAUSES {
                hint::spin_loop();
            }
            if !self.held.load(Ordering::Relaxed) && self.try_acquire() {
                return;
            }
            patience.wane();
        }
    }
}

/// Changes `state` from one value to another, if it has the one.
#[inline]
pub(crate) fn exchange(state: &AtomicUsize, from: usize, to: usize) -> bool {
    state
        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
        .is_ok()
}

/// What a waiter does between tries when the lock stays held: spins, then yields the thread, then
/// sleeps, so that a preempted holder gets the processor back.
struct Patience {
    #[cfg(feature = "std")]
    tries: u32,
}

impl Patience {
    fn new() -> Self {
        Patience {
            #[cfg(feature = "std")]
            tries: 0,
        }
    }

    #[cfg(feature = "std")]
    fn wane(&mut self) {
        use core::time::Duration;
        self.tries = self.tries.saturating_add(1);
        if self.tries > 2 * SPINS {
            let doublings = (self.tries - 2 * SPINS).min(5);
            let sleep = Duration::from_micros(50 << doublings).min(Duration::from_millis(1));
            std::thread::sleep(sleep);
        } else if self.tries > SPINS {
            std::thread::yield_now();
        }
    }

    #[cfg(not(feature = "std"))]
    fn wane(&mut self) {}
}

#[cfg(all(test, csp_loom))]
mod models {
    use super::Lock;
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    struct Guarded {
        lock: Lock,
        count: UnsafeCell<u32>,
    }

    // SAFETY: the count is touched under the lock: that is what the model checks.
    unsafe impl Sync for Guarded {}
    // SAFETY: as above.
    unsafe impl Send for Guarded {}

    impl Guarded {
        fn add(&self) {
            self.lock.acquire();
            // SAFETY: under the lock. Loom reports an access that another one does not precede.
            self.count.with_mut(|count| unsafe { *count += 1 });
            // SAFETY: acquired above.
            unsafe { self.lock.release() };
        }
    }

    #[test]
    fn the_spinning_lock_excludes() {
        loom::model(|| {
            let guarded = Arc::new(Guarded {
                lock: Lock::new(),
                count: UnsafeCell::new(0),
            });
            let other = guarded.clone();
            let adds = thread::spawn(move || other.add());
            guarded.add();
            adds.join().unwrap();
            guarded.lock.acquire();
            // SAFETY: under the lock.
            assert_eq!(guarded.count.with(|count| unsafe { *count }), 2);
            // SAFETY: acquired above.
            unsafe { guarded.lock.release() };
        });
    }
}
