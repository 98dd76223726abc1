//! The smallest of executors: polls one future and sleeps until an interrupt wakes it.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use cortex_m::{asm, interrupt};

static WOKEN: AtomicBool = AtomicBool::new(false);

/// One executor, one flag: the wakers need no data.
const WAKER: RawWaker = RawWaker::new(core::ptr::null(), &VTABLE);
const VTABLE: RawWakerVTable = RawWakerVTable::new(|_| WAKER, |_| wake(), |_| wake(), |_| {});

fn wake() {
    WOKEN.store(true, Ordering::Release);
}

/// Runs a future to its end. Not from two places at once.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // SAFETY: the functions of the table use no data, and may be called from anywhere.
    let waker = unsafe { Waker::from_raw(WAKER) };
    loop {
        WOKEN.store(false, Ordering::Relaxed);
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        while !WOKEN.load(Ordering::Acquire) {
            // An interrupt between the look and the sleep would be slept through. Masked, it stays
            // pending, which ends the sleep as well.
            interrupt::disable();
            if !WOKEN.load(Ordering::Acquire) {
                asm::wfi();
            }
            // SAFETY: they were on before: nobody blocks inside a critical section.
            unsafe { interrupt::enable() };
        }
    }
}

/// Runs two futures until both have ended.
pub async fn join<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut a_gave, mut b_gave) = (None, None);
    poll_fn(|cx| {
        if a_gave.is_none()
            && let Poll::Ready(output) = a.as_mut().poll(cx)
        {
            a_gave = Some(output);
        }
        if b_gave.is_none()
            && let Poll::Ready(output) = b.as_mut().poll(cx)
        {
            b_gave = Some(output);
        }
        match (a_gave.take(), b_gave.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (a_gave, b_gave) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}
