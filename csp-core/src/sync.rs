//! The shim between the algorithm and the machine: atomics, `Arc`, and the one lock.
//!
//! Only this module knows about `cfg(csp_loom)` and `cfg(csp_shuttle)`, under which the same code
//! runs inside a model checker: loom looks at every schedule of a small program, shuttle at random
//! schedules of larger ones.

#[cfg(csp_loom)]
use loom as checker;
#[cfg(csp_shuttle)]
use shuttle as checker;

#[cfg(not(any(csp_loom, csp_shuttle)))]
pub(crate) use Unmodelled as AtomicUsize;
#[cfg(any(csp_loom, csp_shuttle))]
pub(crate) use checker::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
#[cfg(any(target_has_atomic = "ptr", not(feature = "alloc")))]
pub(crate) use core::sync::atomic::AtomicUsize as Unmodelled;
#[cfg(not(any(csp_loom, csp_shuttle)))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, Ordering};
// Where the machine cannot add and exchange, counted handles need somebody who does it for it. The
// channels themselves do not.
#[cfg(all(not(target_has_atomic = "ptr"), feature = "alloc"))]
pub(crate) use portable_atomic::AtomicUsize as Unmodelled;

#[cfg(all(
    feature = "alloc",
    not(any(csp_loom, csp_shuttle)),
    target_has_atomic = "ptr"
))]
pub(crate) use alloc::sync::Arc;
#[cfg(all(feature = "alloc", any(csp_loom, csp_shuttle)))]
pub(crate) use checker::sync::Arc;
#[cfg(all(feature = "alloc", not(target_has_atomic = "ptr")))]
pub(crate) use portable_atomic_util::Arc;

// Which lock: the checker's in a model; the critical section where it is asked for, and where nothing
// else can be had; else the one that spins.
#[cfg_attr(any(csp_loom, csp_shuttle), path = "sync/model.rs")]
#[cfg_attr(
    all(
        not(any(csp_loom, csp_shuttle)),
        any(feature = "critical-section", not(target_has_atomic = "ptr"))
    ),
    path = "sync/section.rs"
)]
#[cfg_attr(
    all(
        not(any(csp_loom, csp_shuttle)),
        not(feature = "critical-section"),
        target_has_atomic = "ptr"
    ),
    path = "sync/spin.rs"
)]
mod lock;

#[cfg(any(
    csp_loom,
    all(
        not(csp_shuttle),
        not(feature = "critical-section"),
        target_has_atomic = "ptr"
    )
))]
mod barrier;

pub(crate) use lock::{Lock, exchange};

/// From this capacity on values come and go several at a time; below it a buffer is full, and empty again,
/// too soon.
pub(crate) const BUFFER: usize = 8;

#[cfg(all(feature = "alloc", not(csp_loom)))]
pub(crate) use atomic_waker::AtomicWaker;
#[cfg(all(feature = "alloc", csp_loom))]
pub(crate) use lock::AtomicWaker;

/// The spinning lock inside loom, which elsewhere uses its own.
#[cfg(all(test, csp_loom))]
#[allow(dead_code, reason = "the model only locks and unlocks")]
mod spin;

/// Declares functions `const`, except in a model checker, whose atomics or locks cannot be made in a
/// constant.
macro_rules! const_fn {
    ($($(#[$attr:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty $body:block)*) => {$(
        $(#[$attr])*
        #[cfg(not(any(csp_loom, csp_shuttle)))]
        $vis const fn $name($($arg: $ty),*) -> $ret $body

        $(#[$attr])*
        #[cfg(any(csp_loom, csp_shuttle))]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    )*};
}
pub(crate) use const_fn;

#[cfg(feature = "std")]
std::thread_local! {
    /// Whether this thread has waited in a blocking call: it runs no tasks, or one.
    pub(crate) static BLOCKS: core::cell::Cell<bool> = const { core::cell::Cell::new(false) };
}

/// How a thread sleeps until it is woken.
#[cfg(all(feature = "std", not(any(csp_loom, csp_shuttle))))]
pub(crate) use std::thread;
#[cfg(all(feature = "std", any(csp_loom, csp_shuttle)))]
pub(crate) mod thread {
    pub(crate) use super::checker::thread::{Thread, current, park};

    /// In a model no time goes by.
    pub(crate) fn park_timeout(_: core::time::Duration) {
        park();
    }
}
