//! The runtimes, each as the two calls that the shapes need.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use smol::channel::Sender;
use smol::{Executor, LocalExecutor};
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

    /// Tasks run on two threads beside the one that calls `block_on`.
    pub(crate) fn two_workers() -> Self {
        Self(
            runtime::Builder::new_multi_thread()
                .worker_threads(2)
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
        self.0.block_on(main)
    }
}

/// smol's `LocalExecutor`.
pub(crate) struct SmolSingle(LocalExecutor<'static>);

impl SmolSingle {
    /// Tasks run on the thread that calls `block_on`.
    pub(crate) fn new() -> Self {
        Self(LocalExecutor::new())
    }
}

impl Runtime for SmolSingle {
    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        self.0.spawn(task)
    }

    fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        smol::block_on(self.0.run(main))
    }
}

/// One smol `Executor`, run by the thread that calls `block_on` and by one more.
pub(crate) struct SmolMulti {
    executor: Arc<Executor<'static>>,
    /// Nothing is sent: the second thread runs the executor until this is closed.
    stop: Sender<()>,
    second: Option<JoinHandle<()>>,
}

impl SmolMulti {
    /// Starts the second thread.
    pub(crate) fn new() -> Self {
        let executor = Arc::new(Executor::new());
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

impl Runtime for SmolMulti {
    fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> {
        self.executor.spawn(task)
    }

    fn block_on<T>(&self, main: impl Future<Output = T>) -> T {
        smol::block_on(self.executor.run(main))
    }
}

impl Drop for SmolMulti {
    fn drop(&mut self) {
        self.stop.close();
        // A panic on the second thread has been printed there; a second one here would abort.
        let _ = self.second.take().map(JoinHandle::join);
    }
}
