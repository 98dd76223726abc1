//! A future polled by hand, with a waker that counts.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

/// A pinned future that is polled when the test says so, and that notes its wakes.
pub struct Task<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    counter: Arc<Counter>,
    seen: usize,
    polls: usize,
}

#[derive(Default)]
struct Counter {
    wakes: AtomicUsize,
}

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wakes.fetch_add(1, SeqCst);
    }
}

impl<'a, T> Task<'a, T> {
    /// Not polled yet.
    pub fn new(future: impl Future<Output = T> + 'a) -> Self {
        Task {
            future: Box::pin(future),
            counter: Arc::default(),
            seen: 0,
            polls: 0,
        }
    }

    /// Polled once and found to wait.
    #[track_caller]
    pub fn parked(future: impl Future<Output = T> + 'a) -> Self {
        let mut task = Task::new(future);
        task.assert_pending();
        task
    }

    pub fn poll(&mut self) -> Poll<T> {
        self.seen = self.wakes();
        self.polls += 1;
        self.poll_with(&self.waker())
    }

    /// Its own waker, which counts.
    pub fn waker(&self) -> Waker {
        Waker::from(self.counter.clone())
    }

    /// Polls with another waker than its own.
    pub fn poll_with(&mut self, waker: &Waker) -> Poll<T> {
        self.future.as_mut().poll(&mut Context::from_waker(waker))
    }

    /// From the next poll on it has another waker; wakes of the old one no longer count.
    pub fn change_waker(&mut self) {
        self.counter = Arc::default();
        self.seen = 0;
    }

    /// How often it has been woken.
    pub fn wakes(&self) -> usize {
        self.counter.wakes.load(SeqCst)
    }

    /// How often it has been polled.
    pub fn polls(&self) -> usize {
        self.polls
    }

    /// Whether it has been woken since it was last polled.
    pub fn is_woken(&self) -> bool {
        self.wakes() > self.seen
    }

    #[track_caller]
    pub fn assert_pending(&mut self) {
        assert!(self.poll().is_pending(), "should wait, but is ready");
    }

    /// What it gives when it is polled now.
    #[track_caller]
    pub fn ready(&mut self) -> T {
        match self.poll() {
            Poll::Ready(output) => output,
            Poll::Pending => panic!("should be ready, but waits"),
        }
    }

    /// What it gives when it is polled now, having been woken for it exactly once.
    #[track_caller]
    pub fn woken(&mut self) -> T {
        assert_eq!(self.wakes() - self.seen, 1, "wakes since the last poll");
        self.ready()
    }

    /// Leaks it, as a program may.
    pub fn forget(self) {
        std::mem::forget(self.future);
    }
}

/// A waker that does something when it is woken.
pub fn waker(act: impl Fn() + Send + Sync + 'static) -> Waker {
    struct Acts<F>(F);
    impl<F: Fn() + Send + Sync + 'static> Wake for Acts<F> {
        fn wake(self: Arc<Self>) {
            (self.0)();
        }
    }
    Waker::from(Arc::new(Acts(act)))
}

/// Polls once, with a waker that does nothing.
pub fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future once and drops it.
#[track_caller]
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match poll_once(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("should be ready at once, but waits"),
    }
}
