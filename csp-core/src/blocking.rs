//! The waiting calls for threads: the same futures, polled by a thread that parks in between.

use crate::answer;
use crate::chan::{
    Channel, PutFrom, Receiver, Sender, StaticChannel, StaticReceiver, StaticSender, Take,
};
use crate::error::{Closed, PutTimeoutError, TakeTimeoutError, TryPutError, TryTakeError};
use crate::sync::thread::{self, Thread};
use crate::sync::{AtomicBool, BLOCKS, Ordering};
use crate::wait::Side;
use alloc::task::Wake;
use core::cell::Cell;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use linger::linger;
use std::sync::Arc;
use std::time::Instant;

mod linger;
mod slices;

/// Runs a future on this thread, which sleeps whenever the future waits.
///
/// The smallest of executors: for tests, examples and plain threads. Inside `async` it would block
/// the executor's thread.
///
/// # Examples
/// ```
/// assert_eq!(csp_core::block_on(async { 6 * 7 }), 42);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    match block_until(future, None) {
        Some(output) => output,
        None => unreachable!("there is no deadline"),
    }
}

/// Looks, a pause apart, before a thread that waits gives its time slice away: a partner on another
/// processor mostly comes sooner than a sleeping thread could be woken.
const SPINS: u32 = if cfg!(any(csp_loom, csp_shuttle)) {
    0
} else {
    40
};

/// Wakes a thread by unparking it. The flag tells a wake from other unparkings, of which there may
/// be many: the thread's token belongs to everybody.
struct Unparker {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for Unparker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}

impl Unparker {
    fn new() -> Arc<Self> {
        Arc::new(Unparker {
            thread: thread::current(),
            woken: AtomicBool::new(false),
        })
    }

    /// Runs `f` with this thread's own unparker. It may have been woken already, by who knew it from
    /// an earlier use: a wake without a reason.
    fn with_own<R>(f: impl FnOnce(&Arc<Self>) -> R) -> R {
        std::thread_local! {
            static OWN: Cell<Option<Arc<Unparker>>> = const { Cell::new(None) };
        }
        if cfg!(any(csp_loom, csp_shuttle)) {
            // A model's threads are not the system's.
            return f(&Unparker::new());
        }
        // Not there inside another use of it, nor while the thread ends.
        let own = OWN.try_with(Cell::take).ok().flatten();
        let own = own.unwrap_or_else(Unparker::new);
        let result = f(&own);
        let _ = OWN.try_with(|place| place.set(Some(own)));
        result
    }

    fn is_woken(&self) -> bool {
        self.woken.load(Ordering::Relaxed) && self.woken.swap(false, Ordering::Acquire)
    }

    /// Looks for a while; says whether it has been woken.
    fn spin(&self) -> bool {
        for _ in 0..SPINS {
            if self.is_woken() {
                return true;
            }
            core::hint::spin_loop();
        }
        false
    }

    /// Waits to be woken; says `false` if the deadline is over first.
    fn wait(&self, deadline: Option<Instant>) -> bool {
        BLOCKS.set(true);
        let is_over = deadline.is_some_and(|deadline| deadline <= Instant::now());
        if !is_over && (self.spin() || slices::give_away_until(|| self.is_woken())) {
            return true;
        }
        while !self.is_woken() {
            match deadline {
                None => thread::park(),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    thread::park_timeout(left);
                }
            }
        }
        true
    }
}

/// Runs a future on this thread until it is ready or the deadline is over.
fn block_until<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(future);
    Unparker::with_own(|unparker| {
        let waker = Waker::from(unparker.clone());
        let mut cx = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return Some(output);
            }
            if !unparker.wait(deadline) {
                return None;
            }
        }
    })
}

/// The instant at which a limit is over; `None` if that is beyond the clock's range: never.
fn deadline(limit: Duration) -> Option<Instant> {
    Instant::now().checked_add(limit)
}

fn take_blocking<T>(take: Take<'_, T>, limit: Duration) -> Result<T, TakeTimeoutError> {
    match block_until(take, deadline(limit)) {
        Some(Some(value)) => Ok(value),
        Some(None) => Err(TakeTimeoutError::Closed),
        None => Err(TakeTimeoutError::Timeout),
    }
}

/// Puts within a limit, by a future made from the value's place.
fn put_blocking<'a, T: 'a>(
    value: T,
    limit: Duration,
    put: impl for<'s> FnOnce(&'s mut Option<T>) -> PutFrom<'a, 's, T>,
) -> Result<(), PutTimeoutError<T>> {
    let mut place = Some(value);
    let result = block_until(put(&mut place), deadline(limit));
    match (place, result) {
        // Taken, if only just before the time was over.
        (None, _) => Ok(()),
        (Some(value), None) => Err(PutTimeoutError::Timeout(value)),
        (Some(value), Some(_)) => Err(PutTimeoutError::Closed(value)),
    }
}

/// The blocking calls of whatever puts.
macro_rules! blocking_put {
    ([$($generics:tt)*] $handle:ty) => {
        impl<$($generics)*> $handle {
            /// [`put`](Self::put) for a thread, in a runtime or not: it blocks the thread.
            ///
            /// Not for use inside `async`, where it would block the executor's thread.
            ///
            /// # Errors
            /// [`Closed`] with the value.
            ///
            /// # Examples
            /// ```
            /// # use csp_core::channel;
            /// let (tx, rx) = channel(0);
            /// let putter = std::thread::spawn(move || tx.put_blocking(7));
            /// assert_eq!(rx.take_blocking(), Some(7));
            /// assert_eq!(putter.join().unwrap(), Ok(()));
            /// ```
            #[doc(alias = "blocking_send")]
            pub fn put_blocking(&self, value: T) -> Result<(), Closed<T>> {
                // Before it is known: afterwards the mark would be in the way of the result.
                answer::thread_puts();
                match self.try_put(value) {
                    Ok(()) => Ok(()),
                    Err(TryPutError::Closed(value)) => Err(Closed(value)),
                    Err(TryPutError::Full(value)) => {
                        let put = self.put(value);
                        linger(&put.core().raw, Side::Put);
                        block_on(put)
                    }
                }
            }

            /// [`put_blocking`](Self::put_blocking) for at most `limit`. Zero is a single try,
            /// `Duration::MAX` waits for ever.
            ///
            /// # Errors
            /// [`PutTimeoutError::Timeout`] or [`PutTimeoutError::Closed`], each with the value.
            #[doc(alias = "send_timeout")]
            pub fn put_blocking_timeout(
                &self,
                value: T,
                limit: Duration,
            ) -> Result<(), PutTimeoutError<T>> {
                put_blocking(value, limit, |place| self.put_from(place))
            }
        }
    };
}

/// The blocking calls of whatever takes.
macro_rules! blocking_take {
    ([$($generics:tt)*] $handle:ty) => {
        impl<$($generics)*> $handle {
            /// [`take`](Self::take) for a thread, in a runtime or not: it blocks the thread. `None`
            /// means closed and empty.
            ///
            /// Not for use inside `async`, where it would block the executor's thread.
            ///
            /// # Examples
            /// ```
            /// # use csp_core::channel;
            /// let (tx, rx) = channel(0);
            /// let putter = std::thread::spawn(move || tx.put_blocking(7));
            /// assert_eq!(rx.take_blocking(), Some(7));
            /// assert_eq!(putter.join().unwrap(), Ok(()));
            /// ```
            #[doc(alias = "blocking_recv")]
            pub fn take_blocking(&self) -> Option<T> {
                match self.try_take() {
                    Ok(value) => Some(value),
                    Err(TryTakeError::Closed) => None,
                    Err(TryTakeError::Empty) => {
                        let take = self.take();
                        linger(&take.core().raw, Side::Take);
                        block_on(take)
                    }
                }
            }

            /// [`take_blocking`](Self::take_blocking) for at most `limit`. Zero is a single try,
            /// `Duration::MAX` waits for ever.
            ///
            /// # Errors
            /// [`TakeTimeoutError::Timeout`] or [`TakeTimeoutError::Closed`].
            #[doc(alias = "recv_timeout")]
            pub fn take_blocking_timeout(&self, limit: Duration) -> Result<T, TakeTimeoutError> {
                take_blocking(self.take(), limit)
            }
        }
    };
}

blocking_put!([T] Sender<T>);
blocking_take!([T] Receiver<T>);
blocking_put!([T] Channel<T>);
blocking_take!([T] Channel<T>);
blocking_put!([T, const N: usize] StaticChannel<T, N>);
blocking_take!([T, const N: usize] StaticChannel<T, N>);
blocking_put!([T] StaticSender<'_, T>);
blocking_take!([T] StaticReceiver<'_, T>);
