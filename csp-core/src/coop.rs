//! A process's turn: how many operations it may complete before it lets others run.
//!
//! A process that loops on a channel that is always ready would never return to its executor.
//! So a process started by an adapter has a budget for each poll; when it is spent, the next
//! operation wakes its own task and waits once. Outside such a process there is no limit.

use core::task::{Context, Poll};

#[cfg(all(feature = "std", not(any(csp_loom, csp_shuttle))))]
mod budget {
    use core::cell::Cell;
    use core::task::{Context, Poll};

    /// Operations in a turn: as many as a task of tokio's has.
    const TURN: u32 = 128;

    std::thread_local! {
        /// What is left of the turn; 0: unlimited.
        static LEFT: Cell<u32> = const { Cell::new(0) };
    }

    /// Runs one poll of a process with a whole turn.
    pub(crate) fn with_budget<R>(poll: impl FnOnce() -> R) -> R {
        /// Gives an outer process its turn back, after a panic as well.
        struct Outer(u32);
        impl Drop for Outer {
            fn drop(&mut self) {
                LEFT.set(self.0);
            }
        }
        let _outer = Outer(LEFT.replace(TURN));
        poll()
    }

    #[inline]
    pub(crate) fn poll_proceed(cx: &Context<'_>) -> Poll<()> {
        match LEFT.get() {
            0 => Poll::Ready(()),
            left => spend(left, cx),
        }
    }

    #[cold]
    #[inline(never)]
    fn spend(left: u32, cx: &Context<'_>) -> Poll<()> {
        if left > 1 {
            LEFT.set(left - 1);
            return Poll::Ready(());
        }
        // A new turn at once, for whoever polls on without returning to the executor.
        LEFT.set(TURN);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(all(feature = "std", not(any(csp_loom, csp_shuttle))))]
pub(crate) use budget::with_budget;

/// Waits once if the running process has had its turn.
#[inline]
pub(crate) fn poll_proceed(cx: &Context<'_>) -> Poll<()> {
    #[cfg(all(feature = "std", not(any(csp_loom, csp_shuttle))))]
    return budget::poll_proceed(cx);
    #[cfg(not(all(feature = "std", not(any(csp_loom, csp_shuttle)))))]
    {
        let _ = cx;
        Poll::Ready(())
    }
}

/// Runs one poll of a process. Without `std` there is no place to keep a budget.
#[cfg(all(
    feature = "alloc",
    not(all(feature = "std", not(any(csp_loom, csp_shuttle))))
))]
pub(crate) fn with_budget<R>(poll: impl FnOnce() -> R) -> R {
    poll()
}
