//! What the loom models of all modules share. A schedule in which somebody sleeps for ever is a
//! deadlock to loom, and a failure.

use alloc::task::Wake;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use loom::model::Builder;
use loom::sync::Notify;
/// Not loom's: that somebody counts references is no part of what is modelled, and would multiply the
/// schedules.
pub(crate) use std::sync::Arc;

/// Runs a model in every schedule with as many preemptions as `LOOM_MAX_PREEMPTIONS` says, or two.
/// Its selects make the same choices in every run.
pub(crate) fn model(run: impl Fn() + Sync + Send + 'static) {
    model_within(0, usize::MAX, run);
}

/// A model of few steps: three preemptions at least.
pub(crate) fn small_model(run: impl Fn() + Sync + Send + 'static) {
    model_within(3, usize::MAX, run);
}

/// A model of many steps, which with three preemptions would run for hours: two at most.
pub(crate) fn large_model(run: impl Fn() + Sync + Send + 'static) {
    model_within(0, 2, run);
}

fn model_within(least: usize, most: usize, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(builder.preemption_bound.unwrap_or(2).max(least).min(most));
    builder.max_branches = 20_000;
    builder.check(move || {
        crate::select::seed(1);
        run();
    });
}

/// Polls a future by a thread of the model that sleeps in between; once, loom wakes it for no
/// reason.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Sleeper(Notify);
    impl Wake for Sleeper {
        fn wake(self: Arc<Self>) {
            self.0.notify();
        }
    }
    let sleeper = Arc::new(Sleeper(Notify::new()));
    let waker = Waker::from(sleeper.clone());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        sleeper.0.wait();
    }
}

/// Polls once, with a waker that nobody listens to.
pub(crate) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Two tasks of one thread: polls both, whichever is woken, until both are done.
pub(crate) async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut of_a, mut of_b) = (None, None);
    poll_fn(|cx| {
        if of_a.is_none() {
            if let Poll::Ready(output) = a.as_mut().poll(cx) {
                of_a = Some(output);
            }
        }
        if of_b.is_none() {
            if let Poll::Ready(output) = b.as_mut().poll(cx) {
                of_b = Some(output);
            }
        }
        match (of_a.take(), of_b.take()) {
            (Some(of_a), Some(of_b)) => Poll::Ready((of_a, of_b)),
            halves => {
                (of_a, of_b) = halves;
                Poll::Pending
            }
        }
    })
    .await
}
