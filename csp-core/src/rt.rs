//! Processes and time, written once over two small traits.
//!
//! A runtime is what implements [`Spawn`] and [`Timer`]; each adapter does so on a unit struct
//! (`csp_tokio::Tokio`, `csp_smol::Smol`, `csp_async_std::AsyncStd`) and binds the functions of this
//! module to it. Programs use an adapter; code that must run on any of them takes `R: Runtime`.
//!
//! Without a heap (feature `alloc`) there are only the traits: a HAL's timer that implements
//! [`Timer`] is what a select waits for beside its channels.
//!
//! # Your own runtime
//!
//! The two traits are all there is to implement. This one gives each process a thread, and is the
//! runtime of the examples below:
//!
//! ```
#![doc = include_str!("rt/threads.rs")]
//! ```

#[cfg(feature = "alloc")]
mod channelify;
#[cfg(all(test, feature = "alloc", csp_loom))]
mod models;
#[cfg(feature = "alloc")]
mod process;
#[cfg(feature = "alloc")]
mod stopped;
#[cfg(feature = "alloc")]
mod task;
#[cfg(all(test, feature = "alloc", not(csp_loom)))]
mod tests;
#[cfg(feature = "alloc")]
mod time;

#[cfg(feature = "alloc")]
pub use channelify::channelify;
#[cfg(feature = "alloc")]
pub use process::{Process, go, go_local};
#[cfg(feature = "alloc")]
pub use stopped::{Payload, Stopped};
#[cfg(feature = "alloc")]
pub use time::{after, never, tick, timeout};

use core::future::Future;
use core::ops::Sub;
use core::time::Duration;

/// Starts processes.
///
/// There is no handle to join: a [`Process`] brings its own, the same on every runtime.
pub trait Spawn {
    /// Runs `fut` to its end, on any thread, whatever the caller does afterwards.
    ///
    /// A runtime that shuts down drops `fut`; whoever waits for the process is told then.
    ///
    /// # Panics
    ///
    /// Where the runtime has to be entered first and was not.
    #[track_caller]
    fn spawn<F>(&self, fut: F)
    where
        F: Future<Output = ()> + Send + 'static;
}

/// Starts processes that stay on one thread, and so need not be [`Send`].
pub trait SpawnLocal {
    /// Runs `fut` on this thread, while the enclosing [`local`](SpawnLocal::local) is polled.
    ///
    /// # Panics
    ///
    /// Outside [`local`](SpawnLocal::local).
    #[track_caller]
    fn spawn_local<F>(&self, fut: F)
    where
        F: Future<Output = ()> + 'static;

    /// Runs `fut`, and while it is polled the local processes started inside it.
    ///
    /// The result is ready when `fut` is; local processes that have not ended by then are dropped.
    fn local<F: Future>(&self, fut: F) -> impl Future<Output = F::Output>;
}

/// Tells the time and waits for it.
pub trait Timer {
    /// What [`sleep`](Timer::sleep) returns.
    type Sleep: Future<Output = ()> + Send + 'static;
    /// A point in time of this timer's clock, `std::time::Instant` on most.
    ///
    /// Subtracting a later one from an earlier one gives zero, or at least does not panic.
    type Instant: Sub<Output = Duration> + Copy + Send + Sync + 'static;

    /// Is ready when `duration` has gone by since this call, never earlier.
    ///
    /// [`Duration::MAX`] is a valid duration, and as good as never.
    ///
    /// # Panics
    ///
    /// Where the runtime has to be entered first and was not.
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Self::Sleep;

    /// The time now.
    fn now(&self) -> Self::Instant;
}

/// What runs processes and tells the time. Implemented by all that implement its parts.
pub trait Runtime: Spawn + Timer + Clone + Send + Sync + 'static {}

impl<R: Spawn + Timer + Clone + Send + Sync + 'static> Runtime for R {}
