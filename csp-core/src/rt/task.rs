//! What runs a process: its future, and the news of its end.
//!
//! A [`Task`] is what the runtime polls; a [`Process`](super::Process) is what the others hold.
//! They share one [`Shared`], and the order of events there is always the same:
//!
//! 1. the future, with all that it captured, is dropped;
//! 2. the result lies in the slot;
//! 3. the slot is closed, which calls all who wait for the end;
//! 4. the joiner is woken.
//!
//! So whoever learns of the end finds the result, and nothing of the process alive. Whatever way a
//! task ends (ready, panicked, aborted, dropped by its runtime), it goes through
//! [`Shared::finish`], once.

use super::stopped::{Payload, Stopped};
use crate::sync::{Arc, AtomicBool, AtomicWaker, Ordering};
use crate::{StaticChannel, coop};
use alloc::boxed::Box;
use core::any::Any;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, Waker};

/// What a process and its handle have in common.
pub(super) struct Shared<T> {
    /// The result, once there is one. Closed when the process has ended, so that any number of
    /// tasks can wait for that.
    slot: StaticChannel<Result<T, Stopped>, 1>,
    /// The task to be woken for the result: one, since joining takes the handle by `&mut`.
    joiner: AtomicWaker,
    abort: AtomicBool,
    /// The process's own task, to be woken when it is aborted.
    task: AtomicWaker,
}

impl<T> Shared<T> {
    fn new() -> Self {
        Shared {
            slot: StaticChannel::new(),
            joiner: AtomicWaker::new(),
            abort: AtomicBool::new(false),
            task: AtomicWaker::new(),
        }
    }

    /// Asks the process to end.
    pub(super) fn abort(&self) {
        if !self.is_finished() {
            // The task registers first and looks at the flag then, so it misses neither.
            self.abort.store(true, Ordering::Release);
            self.task.wake();
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.slot.is_closed()
    }

    /// Waits for the end.
    pub(super) fn done(&self) -> crate::WaitClosed<'_> {
        self.slot.closed()
    }

    /// Takes the result, or has `cx` woken for it.
    pub(super) fn join(&self, cx: &mut Context<'_>) -> Poll<Result<T, Stopped>> {
        if !self.is_finished() {
            self.joiner.register(cx.waker());
            // Again, for an end that came before the waker was there.
            if !self.is_finished() {
                return Poll::Pending;
            }
        }
        Poll::Ready(self.slot.try_take().unwrap_or(Err(Stopped::Cancelled)))
    }

    fn finish(&self, result: Result<T, Stopped>) {
        /// Wakes the joiner although the waker of another one, who waits for the end, panics.
        struct Last<'a>(&'a AtomicWaker);
        impl Drop for Last<'_> {
            fn drop(&mut self) {
                self.0.wake();
            }
        }
        let _last = Last(&self.joiner);
        let stored = self.slot.try_put(result);
        debug_assert!(stored.is_ok(), "a process ends once");
        self.slot.close();
    }
}

/// The future that a runtime is given for a process.
pub(super) struct Task<F: Future> {
    /// `None` once it has ended. Declared before `end`: when the runtime drops the task, even if
    /// this field's destructor panics, the future goes first and the news of it afterwards.
    fut: Option<F>,
    end: End<F::Output>,
    /// The waker that `Shared::task` holds, by its identity. With it a poll that comes with the
    /// same waker, as nearly all do, touches nothing shared but the flag. Not a clone of the waker:
    /// a task that owned its own waker would never be freed by an executor that counts references.
    registered: Option<(usize, usize)>,
}

/// The duty to report the end of a process.
struct End<T>(Option<Arc<Shared<T>>>);

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.finish(Err(Stopped::Cancelled));
        }
    }
}

impl<F: Future> Task<F> {
    pub(super) fn new(fut: F) -> (Self, Arc<Shared<F::Output>>) {
        let shared = Arc::new(Shared::new());
        let task = Task {
            fut: Some(fut),
            end: End(Some(Arc::clone(&shared))),
            registered: None,
        };
        (task, shared)
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: `fut` stays where it is: it is pinned again at once, and emptied in place. The
        // other fields are not pinned. `Task` is `Unpin` only if `F` is, and has no `Drop`.
        let (mut fut, end, registered) = unsafe {
            let this = self.get_unchecked_mut();
            (
                Pin::new_unchecked(&mut this.fut),
                &mut this.end,
                &mut this.registered,
            )
        };
        let (Some(future), Some(shared)) = (fut.as_mut().as_pin_mut(), &end.0) else {
            return Poll::Ready(());
        };

        let waker = Some(identity(cx.waker()));
        if *registered != waker {
            shared.task.register(cx.waker());
            *registered = waker;
        }
        let result = if shared.abort.load(Ordering::Acquire) {
            Err(Stopped::Cancelled)
        } else {
            match coop::with_budget(|| catch(|| future.poll(cx))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(output)) => Ok(output),
                Err(payload) => Err(Stopped::Panicked(Payload::new(payload))),
            }
        };

        let result = match catch(|| fut.set(None)) {
            Ok(()) => result,
            Err(payload) => Err(Stopped::Panicked(Payload::new(payload))),
        };
        if let Some(shared) = end.0.take() {
            // Caught, because if nobody holds the handle any more this drops the result.
            let _ = catch(move || {
                shared.finish(result);
                drop(shared);
            });
        }
        Poll::Ready(())
    }
}

/// Tells wakers apart. Unlike `will_wake` it needs no clone to compare with; it may be trusted as
/// long as a clone of the waker is alive somewhere, since then nothing else can have its address.
fn identity(waker: &Waker) -> (usize, usize) {
    (waker.data().addr(), ptr::from_ref(waker.vtable()).addr())
}

#[cfg(feature = "std")]
fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    // Nothing sees the future after it panicked: it is dropped at once.
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(f))
}

/// Without `std` a panic passes through; the runtime then drops the task, which reports the end.
#[cfg(not(feature = "std"))]
fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    Ok(f())
}
