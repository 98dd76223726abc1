//! Starting a process, and the handle to it.

use super::stopped::Stopped;
use super::task::{Shared, Task};
use super::{Spawn, SpawnLocal};
use crate::WaitClosed;
use crate::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Starts `fut` as a process on `rt`; it runs at once, whether or not its handle is kept.
///
/// A panic inside arrives at whoever awaits the handle, as a value. With the `std` feature a process
/// that never has to wait on its channels lets others run now and then all the same.
///
/// # Panics
///
/// Where the runtime has to be entered first and was not.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// use csp_core::rt::go;
///
/// let (tx, rx) = csp_core::channel(0);
/// let process = go(&Threads, async move { tx.put("hello").await });
/// assert_eq!(block_on(rx.take()), Some("hello"));
/// assert!(block_on(process).is_ok());
/// # }
/// ```
#[doc(alias = "spawn")]
#[track_caller]
pub fn go<R, F>(rt: &R, fut: F) -> Process<F::Output>
where
    R: Spawn,
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (task, shared) = Task::new(fut);
    rt.spawn(task);
    Process::new(shared)
}

/// Starts `fut`, which need not be [`Send`], as a process on this thread; otherwise as [`go`].
///
/// # Panics
///
/// Outside the runtime's [`local`](SpawnLocal::local).
#[doc(alias = "spawn_local")]
#[track_caller]
pub fn go_local<R, F>(rt: &R, fut: F) -> Process<F::Output>
where
    R: SpawnLocal,
    F: Future + 'static,
    F::Output: 'static,
{
    let (task, shared) = Task::new(fut);
    rt.spawn_local(task);
    Process::new(shared)
}

/// A process: await it for its result, or drop it to let it run on its own.
///
/// The process's future, with all that it captured, is dropped before its end is seen here. When
/// its runtime shuts down, a process that still runs is [`Cancelled`](Stopped::Cancelled). Awaited
/// once more after the result, by `&mut process`, it says [`Cancelled`](Stopped::Cancelled).
///
/// # Cancel safety
///
/// Waiting by `&mut process`, as an arm of a select for example, loses nothing: the process runs on,
/// and its result can be awaited again. A dropped `Process` leaves the process running unless
/// [`abort_on_drop`](Process::abort_on_drop) was asked for.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// use csp_core::rt::{Process, go};
///
/// let answer: Process<u32> = go(&Threads, async { 6 * 7 });
/// assert_eq!(block_on(answer).unwrap(), 42);
/// # }
/// ```
#[doc(alias = "JoinHandle")]
#[doc(alias = "Task")]
pub struct Process<T> {
    shared: Arc<Shared<T>>,
    abort_on_drop: bool,
}

impl<T> Process<T> {
    fn new(shared: Arc<Shared<T>>) -> Self {
        Process {
            shared,
            abort_on_drop: false,
        }
    }

    /// Asks the process to end: at its next suspension point its future is dropped.
    ///
    /// Does not wait for that; await the process, which then gives
    /// [`Cancelled`](Stopped::Cancelled), or its result if it had ended before it noticed. Does
    /// nothing to a process that has ended. A process may abort itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
    /// # fn main() {
    /// use csp_core::rt::go;
    ///
    /// let process = go(&Threads, std::future::pending::<()>());
    /// process.abort();
    /// assert!(block_on(process).unwrap_err().is_cancelled());
    /// # }
    /// ```
    #[doc(alias = "cancel")]
    pub fn abort(&self) {
        self.shared.abort();
    }

    /// Has the process aborted when this handle is dropped, where otherwise it would run on.
    ///
    /// # Examples
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
    /// # fn main() {
    /// use csp_core::rt::go;
    ///
    /// let (tx, rx) = csp_core::channel::<()>(0);
    /// let process = go(&Threads, async move {
    ///     let _tx = tx;
    ///     std::future::pending::<()>().await
    /// });
    /// drop(process.abort_on_drop());
    /// assert_eq!(block_on(rx.take()), None); // the process, and with it the sender, is gone
    /// # }
    /// ```
    #[must_use = "dropped at once, it aborts the process"]
    pub fn abort_on_drop(mut self) -> Self {
        self.abort_on_drop = true;
        self
    }

    /// Whether the process has ended.
    pub fn is_finished(&self) -> bool {
        self.shared.is_finished()
    }

    /// Waits until the process has ended, without taking its result.
    ///
    /// Any number of tasks may wait. Made to be an arm of a select.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
    /// # fn main() {
    /// # block_on(async {
    /// use csp_core::rt::{go, timeout};
    ///
    /// let process = go(&Threads, async { "done" });
    /// let too_late = timeout(&Threads, Duration::from_secs(60));
    /// csp_core::select! {
    ///     _ = process.done() => assert_eq!(process.await.unwrap(), "done"),
    ///     _ = too_late.take() => process.abort(),
    /// }
    /// # }) }
    /// ```
    pub fn done(&self) -> WaitClosed<'_> {
        self.shared.done()
    }
}

impl<T> Future for Process<T> {
    type Output = Result<T, Stopped>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared.join(cx)
    }
}

impl<T> Drop for Process<T> {
    fn drop(&mut self) {
        if self.abort_on_drop {
            self.abort();
        }
    }
}

impl<T> fmt::Debug for Process<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}
