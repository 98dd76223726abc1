//! What the bodies of the suite share.

use csp_core::rt::{Runtime, Spawn, SpawnLocal, Timer};
use csp_core::{Sender, channel};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

/// What the suite asks of a runtime.
pub trait Tested: Runtime + SpawnLocal + Timer<Instant = Instant> {}

impl<R: Runtime + SpawnLocal + Timer<Instant = Instant>> Tested for R {}

/// Lets others run once.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits for all of `futs`, polling them as one task.
pub(crate) async fn together(mut futs: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>) {
    poll_fn(|cx| {
        futs.retain_mut(|fut| fut.as_mut().poll(cx).is_pending());
        if futs.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Counts its drops.
#[derive(Clone, Default)]
pub(crate) struct Drops(Arc<AtomicUsize>);

pub(crate) struct Captured(Drops);

impl Drops {
    pub(crate) fn capture(&self) -> Captured {
        Captured(self.clone())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A runtime that knows when all the processes started through it are gone.
#[derive(Clone)]
pub(crate) struct Watched<R> {
    rt: R,
    alive: Sender<()>,
}

impl<R: Runtime> Watched<R> {
    /// Starts processes by `start` and waits until there are none any more.
    pub(crate) async fn until_gone(rt: R, start: impl FnOnce(&Self)) {
        let (alive, gone) = channel(0);
        start(&Watched { rt, alive });
        assert_eq!(gone.take().await, None);
    }
}

impl<R: Spawn> Spawn for Watched<R> {
    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, fut: F) {
        let alive = self.alive.clone();
        self.rt.spawn(async move {
            let _alive = alive;
            fut.await;
        });
    }
}

impl<R: Timer> Timer for Watched<R> {
    type Sleep = R::Sleep;
    type Instant = R::Instant;

    fn sleep(&self, duration: Duration) -> R::Sleep {
        self.rt.sleep(duration)
    }

    fn now(&self) -> R::Instant {
        self.rt.now()
    }
}
