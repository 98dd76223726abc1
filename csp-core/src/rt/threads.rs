use csp_core::block_on;
use csp_core::rt::{Spawn, Timer};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
struct Threads;

impl Spawn for Threads {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        thread::spawn(|| block_on(fut));
    }
}

impl Timer for Threads {
    type Sleep = Sleep;
    type Instant = Instant;

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep(Instant::now().checked_add(duration))
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// When to wake up; `None` is too far away to ever come.
struct Sleep(Option<Instant>);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = self.0 else { return Poll::Pending };
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        thread::spawn(move || {
            thread::sleep(left);
            waker.wake();
        });
        Poll::Pending
    }
}
