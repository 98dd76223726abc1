//! The runtimes, each as the two calls that the shapes need.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use smol::LocalExecutor;
use smol::channel::Sender;
use tokio::runtime;

/// Runs a future to its end, and tasks beside it.
pub(crate) trait Runtime {
    /// Starts a task; its output is that of the future returned, which is awaited under `block_on`.
    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T>;

    /// Runs a future to its end, with the tasks that it spawns.
    fn block_on<T>(&self, main: impl Future<Output = T>) -> T;
}

/// tokio, with one thread or two workers.
pub(crate) struct Tokio(runtime::Runtime);

impl Tokio {
    /// Tasks run on the thread that calls `block_on`.
    pub(crate) fn current_thread() -> Self {
        Self(
            runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime starts"),
        )
    }

    /// Tasks run on so many threads beside the one that calls `block_on`.
    pub(crate) fn workers(number: usize) -> Self {
        Self(
            runtime::Builder::new_multi_thread()
                .worker_threads(number)
                .build()
                .expect("a runtime starts"),
        )
    }
}

impl Runtime for Tokio {
    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        let handle = tokio::spawn(task);
        async { handle.await.expect("no task panics") }
    }

    fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        erased(main, |main| self.0.block_on(main))
    }
}

/// A runtime other than tokio.
///
/// Theirs, async-task, is so large where it is compiled anew for each task that tasks go into a
/// box: a virtual call a poll, a nanosecond or two that are the same for every library of a row.
pub(crate) struct Boxed(Box<dyn Executor>);

/// A future in a box.
type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs tasks that are in boxes.
trait Executor {
    /// Starts a task; the future returned resolves when it has ended.
    fn spawn(&self, task: Task) -> Pin<Box<dyn Future<Output = ()>>>;

    /// Runs a future to its end, with the tasks that it spawns.
    fn block_on(&self, main: Pin<&mut dyn Future<Output = ()>>);
}

impl Boxed {
    /// smol's `LocalExecutor`: tasks run on the thread that calls `block_on`.
    pub(crate) fn smol_single() -> Self {
        Self(Box::new(LocalExecutor::new()))
    }

    /// One smol `Executor`, run by the thread that calls `block_on` and by one more.
    pub(crate) fn smol_double() -> Self {
        Self(Box::new(Double::new()))
    }

    /// async-std's pool, of which a program has one.
    pub(crate) fn async_std() -> Self {
        Self(Box::new(AsyncStd))
    }
}

impl Runtime for Boxed {
    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        let output = Arc::new(Mutex::new(None));
        let theirs = output.clone();
        let task = self.0.spawn(Box::pin(async move {
            let output = task.await;
            *theirs.lock().expect("nothing panics here") = Some(output);
        }));
        async move {
            task.await;
            let output = output.lock().expect("nothing panics here").take();
            output.expect("the task ran to its end")
        }
    }

    fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        erased(main, |main| self.0.block_on(main))
    }
}

impl Executor for LocalExecutor<'static> {
    fn spawn(&self, task: Task) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(LocalExecutor::spawn(self, task))
    }

    fn block_on(&self, main: Pin<&mut dyn Future<Output = ()>>) {
        smol::block_on(self.run(main));
    }
}

/// An executor on two threads.
struct Double {
    executor: Arc<smol::Executor<'static>>,
    /// Nothing is sent: the second thread runs the executor until this is closed.
    stop: Sender<()>,
    second: Option<JoinHandle<()>>,
}

impl Double {
    fn new() -> Self {
        let executor = Arc::new(smol::Executor::new());
        let (stop, stopped) = smol::channel::bounded::<()>(1);
        let second = thread::spawn({
            let executor = executor.clone();
            move || {
                // An error, as nothing is sent: the first thread is done.
                let _ = smol::block_on(executor.run(stopped.recv()));
            }
        });
        Self {
            executor,
            stop,
            second: Some(second),
        }
    }
}

impl Executor for Double {
    fn spawn(&self, task: Task) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(self.executor.spawn(task))
    }

    fn block_on(&self, main: Pin<&mut dyn Future<Output = ()>>) {
        smol::block_on(self.executor.run(main));
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.stop.close();
        // A panic on the second thread has been printed there; a second one here would abort.
        let _ = self.second.take().map(JoinHandle::join);
    }
}

struct AsyncStd;

impl Executor for AsyncStd {
    fn spawn(&self, task: Task) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async_std::task::spawn(task))
    }

    fn block_on(&self, main: Pin<&mut dyn Future<Output = ()>>) {
        async_std::task::block_on(main);
    }
}

/// Runs a future through a function that takes it without its type: what only awaits the tasks is
/// of no weight, and a runtime need not be compiled anew for each.
fn erased<T>(
    main: impl Future<Output = T>,
    run: impl FnOnce(Pin<&mut dyn Future<Output = ()>>),
) -> T {
    let mut output = None;
    run(pin!(async { output = Some(main.await) }));
    output.expect("it ran to its end")
}
