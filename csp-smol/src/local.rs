//! Processes that stay on one thread.

use smol::{LocalExecutor, Task};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::thread;

/// Runs `fut`, and the processes that it starts with [`go_local`](crate::go_local). Those left at its
/// end are dropped.
pub async fn local<F: Future>(fut: F) -> F::Output {
    let local = Rc::new(Local::default());
    let mut run = pin!(local.executor.run(fut));
    poll_fn(|cx| {
        let _restore = Restore(CURRENT.replace(Some(local.clone())));
        run.as_mut().poll(cx)
    })
    .await
}

thread_local! {
    /// That of the [`local`] that this thread is polling.
    static CURRENT: RefCell<Option<Rc<Local>>> = const { RefCell::new(None) };
}

/// Puts back what [`CURRENT`] was outside, after a panic too.
struct Restore(Option<Rc<Local>>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// A local executor that leaves no task behind.
///
/// Dropped by itself, a `LocalExecutor` keeps a task for ever, with all that it has captured, if
/// another thread is just waking it: that thread then queues the task where nobody looks any more
/// (seen with async-executor 1.14). Whoever waited for the other end of one of its channels would
/// wait for ever as well.
#[derive(Default)]
pub(crate) struct Local {
    executor: LocalExecutor<'static>,
    /// Those that have not ended, and some that have.
    tasks: RefCell<Vec<Task<()>>>,
}

impl Local {
    /// That of the [`local`] that this thread is polling, if it is.
    pub(crate) fn current() -> Option<Rc<Local>> {
        CURRENT.with_borrow(Option::clone)
    }

    pub(crate) fn spawn(&self, fut: impl Future<Output = ()> + 'static) {
        let task = self.executor.spawn(fut);
        let mut tasks = self.tasks.borrow_mut();
        if tasks.len() == tasks.capacity() {
            tasks.retain(|task| !task.is_finished());
            // Twice the room for those that are left, so that looking at all of them is seldom.
            let left = tasks.len();
            tasks.reserve(left + 1);
        }
        tasks.push(task);
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        // A task that is cancelled drops its future when it is run the next time.
        self.tasks.get_mut().clear();
        while !self.executor.is_empty() {
            if !self.executor.try_tick() {
                // Another thread is between waking it and queueing it: a few instructions.
                thread::yield_now();
            }
        }
    }
}
