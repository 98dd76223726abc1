//! Selects, one of whose channels is locked by somebody else just then.

use crate::{Channel, block_on, select};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

/// More than there are orders in which to look at two arms.
const MANY: u32 = 5;

/// Does that while another thread holds the channel's lock, for a while.
fn beside_another<R>(ch: &Channel<u32>, body: impl FnOnce() -> R) -> R {
    let take = ch.take();
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let _locked = take.core().raw.lock();
            barrier.wait();
            thread::sleep(Duration::from_millis(5));
        });
        barrier.wait();
        body()
    })
}

/// Polls once while this very thread holds the channel's lock: whoever waits for it waits for ever.
fn poll_under_the_lock<F: Future>(ch: &Channel<u32>, future: F) -> Poll<F::Output> {
    let take = ch.take();
    let mut future = pin!(future);
    let _locked = take.core().raw.lock();
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
#[cfg_attr(csp_halved, ignore = "a half is not asked whether it is held")]
#[cfg_attr(feature = "critical-section", ignore = "nobody holds it meanwhile")]
fn arm_that_is_ready_is_taken_without_a_wait_for_another_ones_lock() {
    for n in 0..MANY {
        let (busy, free) = (Channel::new(1), Channel::new(1));
        busy.try_put(0).unwrap();
        free.try_put(n).unwrap();
        let polled = poll_under_the_lock(&busy, async {
            select! { v = busy.take() => v, v = free.take() => v }
        });
        assert_eq!(polled, Poll::Ready(Some(n)));
        assert_eq!(busy.try_take(), Ok(0));

        let (busy, free) = (Channel::new(1), Channel::new(1));
        let polled = poll_under_the_lock(&busy, async {
            select! { _ = busy.put(0) => 0, _ = free.put(n) => 1 }
        });
        assert_eq!(polled, Poll::Ready(1));
        assert_eq!((busy.len(), free.try_take()), (0, Ok(n)));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn only_arm_that_is_ready_is_waited_for() {
    for n in 0..MANY {
        let (busy, empty) = (Channel::new(1), Channel::<u32>::new(1));
        busy.try_put(n).unwrap();
        let taken = beside_another(&busy, || {
            block_on(async {
                select! { v = busy.take() => v, v = empty.take() => v }
            })
        });
        assert_eq!(taken, Some(n));
        busy.try_put(n).unwrap();
        let taken = beside_another(&busy, || {
            block_on(async {
                select! {
                    v = busy.take() => v,
                    v = empty.take() => v,
                    default => None,
                }
            })
        });
        assert_eq!(taken, Some(n));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn biased_select_waits_for_its_first_arm() {
    for n in 0..MANY {
        let (first, second) = (Channel::new(1), Channel::new(1));
        first.try_put(n).unwrap();
        second.try_put(MANY).unwrap();
        let taken = beside_another(&first, || {
            block_on(async {
                select! { biased; v = first.take() => v, v = second.take() => v }
            })
        });
        assert_eq!(taken, Some(n));
    }
}
