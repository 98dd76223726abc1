//! The shim between the algorithm and the machine: atomics, `Arc`, and the one lock.
//!
//! Only this module knows about `cfg(csp_loom)`, under which the same code runs inside the loom
//! model checker.

#[cfg(not(csp_loom))]
pub(crate) use Unmodelled as AtomicUsize;
#[cfg(any(target_has_atomic = "ptr", not(feature = "alloc")))]
pub(crate) use core::sync::atomic::AtomicUsize as Unmodelled;
#[cfg(not(csp_loom))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, Ordering};
// Where the machine cannot add and exchange, counted handles need somebody who does it for it. The
// channels themselves do not.
#[cfg(csp_loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
#[cfg(all(not(target_has_atomic = "ptr"), feature = "alloc"))]
pub(crate) use portable_atomic::AtomicUsize as Unmodelled;

#[cfg(all(feature = "alloc", not(csp_loom), target_has_atomic = "ptr"))]
pub(crate) use alloc::sync::Arc;
#[cfg(all(feature = "alloc", csp_loom))]
pub(crate) use loom::sync::Arc;
#[cfg(all(feature = "alloc", not(csp_loom), not(target_has_atomic = "ptr")))]
pub(crate) use portable_atomic_util::Arc;

// Which lock: loom's in its models; the critical section where it is asked for, and where nothing
// else can be had; else the one that spins.
#[cfg_attr(csp_loom, path = "sync/model.rs")]
#[cfg_attr(
    all(
        not(csp_loom),
        any(feature = "critical-section", not(target_has_atomic = "ptr"))
    ),
    path = "sync/section.rs"
)]
#[cfg_attr(
    all(
        not(csp_loom),
        not(feature = "critical-section"),
        target_has_atomic = "ptr"
    ),
    path = "sync/spin.rs"
)]
mod lock;

pub(crate) use lock::{Lock, exchange};

#[cfg(all(feature = "alloc", not(csp_loom)))]
pub(crate) use atomic_waker::AtomicWaker;
#[cfg(all(feature = "alloc", csp_loom))]
pub(crate) use lock::AtomicWaker;

/// The spinning lock inside the model checker, which elsewhere uses its own.
#[cfg(all(test, csp_loom))]
#[allow(dead_code, reason = "the model only locks and unlocks")]
mod spin;

/// Declares functions `const`, except in the model checker, whose atomics cannot be made in a
/// constant.
macro_rules! const_fn {
    ($($(#[$attr:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty $body:block)*) => {$(
        $(#[$attr])*
        #[cfg(not(csp_loom))]
        $vis const fn $name($($arg: $ty),*) -> $ret $body

        $(#[$attr])*
        #[cfg(csp_loom)]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    )*};
}
pub(crate) use const_fn;

/// How a thread sleeps until it is woken.
#[cfg(all(feature = "std", not(csp_loom)))]
pub(crate) use std::thread;
#[cfg(all(feature = "std", csp_loom))]
pub(crate) mod thread {
    pub(crate) use loom::thread::{Thread, current, park};

    /// In a model no time goes by.
    pub(crate) fn park_timeout(_: core::time::Duration) {
        park();
    }
}
