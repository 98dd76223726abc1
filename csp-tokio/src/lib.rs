#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub use csp_core;
pub use csp_core::rt::{self, Process, Stopped, never};
pub use csp_core::*;

use csp_core::rt::{Spawn, SpawnLocal, Timer};
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::task::LocalSet;

#[doc(inline)]
pub use tokio::time::Sleep;

/// Makes an `async fn` start a process: calling it does [`go`] and returns the [`Process`].
///
/// Its arguments move into the process. Generics, `where` clauses, patterns as arguments and
/// attributes are those of any function; `self` is refused, as a process may outlive it.
/// `#[process(crate = path)]` is for a crate that knows this one by another name.
///
/// ```
/// use csp_tokio::{Receiver, Sender, channel, process};
///
/// #[process]
/// async fn double(numbers: Receiver<u32>, doubled: Sender<u32>) {
///     while let Some(n) = numbers.take().await {
///         if doubled.put(2 * n).await.is_err() {
///             return;
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (tx, numbers) = channel(0);
/// let (doubled, rx) = channel(0);
/// double(numbers, doubled);
/// tx.put(21).await.unwrap();
/// assert_eq!(rx.take().await, Some(42));
/// # }
/// ```
pub use csp_macros::process_tokio as process;

/// The Tokio runtime that the caller is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokio;

impl Spawn for Tokio {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        runtime().spawn(fut);
    }
}

impl SpawnLocal for Tokio {
    fn spawn_local<F: Future<Output = ()> + 'static>(&self, fut: F) {
        // No check: outside a `LocalSet` tokio says so itself, and inside one no runtime is needed.
        tokio::task::spawn_local(fut);
    }

    fn local<F: Future>(&self, fut: F) -> impl Future<Output = F::Output> {
        local(fut)
    }
}

impl Timer for Tokio {
    type Sleep = Sleep;
    type Instant = Instant;

    fn sleep(&self, duration: Duration) -> Sleep {
        runtime();
        tokio::time::sleep(duration)
    }

    fn now(&self) -> Instant {
        // Tokio's, for the sake of a paused clock.
        tokio::time::Instant::now().into_std()
    }
}

#[track_caller]
fn runtime() -> Handle {
    match Handle::try_current() {
        Ok(handle) => handle,
        Err(_) => panic!(
            "no Tokio runtime here: call `csp_tokio`'s go, wait, timeout … from #[tokio::main], \
             from Runtime::block_on, or after `let _guard = runtime.enter()`"
        ),
    }
}

/// Starts `fut` as a process on the current runtime. See [`rt::go`].
///
/// # Panics
///
/// Outside a Tokio runtime.
#[doc(alias = "spawn")]
#[track_caller]
pub fn go<F>(fut: F) -> Process<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    rt::go(&Tokio, fut)
}

/// Starts `fut`, which need not be [`Send`], as a process on this thread. See [`rt::go_local`].
///
/// # Panics
///
/// Outside [`local`] and any other [`LocalSet`].
#[doc(alias = "spawn_local")]
#[track_caller]
pub fn go_local<F>(fut: F) -> Process<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    rt::go_local(&Tokio, fut)
}

/// Runs `fut`, and the processes that it starts with [`go_local`]. Those left at its end are
/// dropped.
pub async fn local<F: Future>(fut: F) -> F::Output {
    LocalSet::new().run_until(fut).await
}

/// Suspends the process for `duration`.
///
/// # Panics
///
/// Outside a Tokio runtime, or in one without `enable_time`; so do the timers below.
#[doc(alias = "sleep")]
#[track_caller]
pub fn wait(duration: Duration) -> Sleep {
    Tokio.sleep(duration)
}

/// Gives one `()` after `duration`, then closes. See [`rt::timeout`].
#[track_caller]
pub fn timeout(duration: Duration) -> Receiver<()> {
    rt::timeout(&Tokio, duration)
}

/// Gives the time after `duration`, then closes. See [`rt::after`].
#[track_caller]
pub fn after(duration: Duration) -> Receiver<Instant> {
    rt::after(&Tokio, duration)
}

/// Gives the time at every multiple of `period`. See [`rt::tick`].
#[doc(alias = "interval")]
#[track_caller]
pub fn tick(period: Duration) -> Receiver<Instant> {
    rt::tick(&Tokio, period)
}

/// Gives the output of `fut`, then closes. See [`rt::channelify`].
#[track_caller]
pub fn channelify<F>(fut: F) -> Receiver<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    rt::channelify(&Tokio, fut)
}
