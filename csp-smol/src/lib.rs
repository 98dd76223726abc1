#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod local;

pub use csp_core;
pub use csp_core::rt::{self, Process, Stopped, never};
pub use csp_core::*;
pub use local::local;

use csp_core::rt::{Spawn, SpawnLocal, Timer};
use local::Local;
use smol::Timer as SmolTimer;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Makes an `async fn` start a process: calling it does [`go`] and returns the [`Process`].
///
/// Its arguments move into the process. Generics, `where` clauses, patterns as arguments and
/// attributes are those of any function; `self` is refused, as a process may outlive it.
/// `#[process(crate = path)]` is for a crate that knows this one by another name.
///
/// ```
/// use csp_smol::{Receiver, Sender, channel, process};
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
/// # smol::block_on(async {
/// let (tx, numbers) = channel(0);
/// let (doubled, rx) = channel(0);
/// double(numbers, doubled);
/// tx.put(21).await.unwrap();
/// assert_eq!(rx.take().await, Some(42));
/// # });
/// ```
pub use csp_macros::process_smol as process;

/// smol's global executor and timer. They start with their first use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Smol;

impl Spawn for Smol {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        // Dropped, a task of smol's would be cancelled.
        smol::spawn(fut).detach();
    }
}

impl SpawnLocal for Smol {
    fn spawn_local<F: Future<Output = ()> + 'static>(&self, fut: F) {
        match Local::current() {
            Some(local) => local.spawn(fut),
            None => panic!(
                "go_local was called outside `csp_smol::local`: start local processes in \
                 `csp_smol::local(async {{ … }}).await`"
            ),
        }
    }

    fn local<F: Future>(&self, fut: F) -> impl Future<Output = F::Output> {
        local(fut)
    }
}

impl Timer for Smol {
    type Sleep = Sleep;
    type Instant = Instant;

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep(SmolTimer::after(duration))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// What [`wait`] returns.
#[derive(Debug)]
#[must_use = "nothing waits until the future is awaited"]
pub struct Sleep(SmolTimer);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}

/// Starts `fut` as a process on smol's global executor. See [`rt::go`].
#[doc(alias = "spawn")]
pub fn go<F>(fut: F) -> Process<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    rt::go(&Smol, fut)
}

/// Starts `fut`, which need not be [`Send`], as a process on this thread. See [`rt::go_local`].
///
/// # Panics
///
/// Outside [`local`].
#[doc(alias = "spawn_local")]
#[track_caller]
pub fn go_local<F>(fut: F) -> Process<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    rt::go_local(&Smol, fut)
}

/// Suspends the process for `duration`.
#[doc(alias = "sleep")]
pub fn wait(duration: Duration) -> Sleep {
    Smol.sleep(duration)
}

/// Gives one `()` after `duration`, then closes. See [`rt::timeout`].
pub fn timeout(duration: Duration) -> Receiver<()> {
    rt::timeout(&Smol, duration)
}

/// Gives the time after `duration`, then closes. See [`rt::after`].
pub fn after(duration: Duration) -> Receiver<Instant> {
    rt::after(&Smol, duration)
}

/// Gives the time at every multiple of `period`. See [`rt::tick`].
#[doc(alias = "interval")]
pub fn tick(period: Duration) -> Receiver<Instant> {
    rt::tick(&Smol, period)
}

/// Gives the output of `fut`, then closes. See [`rt::channelify`].
pub fn channelify<F>(fut: F) -> Receiver<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    rt::channelify(&Smol, fut)
}
