//! The shim between the algorithm and the machine: atomics, `Arc`, and the one lock.
//!
//! Only this module knows about `cfg(csp_loom)`, under which the same code runs inside the loom
//! model checker.

#[cfg(not(csp_loom))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
#[cfg(csp_loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};

#[cfg(all(feature = "alloc", not(csp_loom)))]
pub(crate) use alloc::sync::Arc;
#[cfg(all(feature = "alloc", csp_loom))]
pub(crate) use loom::sync::Arc;

#[cfg(csp_loom)]
mod model;
#[cfg(not(csp_loom))]
mod spin;

#[cfg(csp_loom)]
pub(crate) use model::Lock;
#[cfg(not(csp_loom))]
pub(crate) use spin::Lock;

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
