//! Timers as channels.
//!
//! Each is a process that sleeps until its time or until nobody has its receiver any more. The first
//! sleep begins in the call itself: time runs from there, and a runtime that was not entered is
//! noticed there.

use super::{Runtime, go};
use crate::{Receiver, Sender, channel};
use core::future::Future;
use core::time::Duration;

/// Gives one `()` when `duration` has gone by, then closes.
///
/// [`Duration::ZERO`] gives it as soon as the timer's process runs, [`Duration::MAX`] as good as
/// never. Dropping the receiver stops the timer.
///
/// # Panics
///
/// Where the runtime has to be entered first and was not.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// # block_on(async {
/// use csp_core::rt::timeout;
///
/// let (_tx, rx) = csp_core::channel::<u32>(0);
/// let too_late = timeout(&Threads, Duration::from_millis(10));
/// csp_core::select! {
///     _ = rx.take() => unreachable!("nobody puts"),
///     fired = too_late.take() => assert_eq!(fired, Some(())),
/// }
/// # }) }
/// ```
#[doc(alias = "sleep")]
#[track_caller]
pub fn timeout<R: Runtime>(rt: &R, duration: Duration) -> Receiver<()> {
    once(rt, duration, |_| ())
}

/// Gives the time when `duration` has gone by, then closes; otherwise as [`timeout`].
///
/// # Panics
///
/// Where the runtime has to be entered first and was not.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// use csp_core::rt::after;
///
/// let start = Instant::now();
/// let fired = block_on(after(&Threads, Duration::from_millis(10)).take()).unwrap();
/// assert!(fired - start >= Duration::from_millis(10));
/// # }
/// ```
#[track_caller]
pub fn after<R: Runtime>(rt: &R, duration: Duration) -> Receiver<R::Instant> {
    once(rt, duration, R::now)
}

#[track_caller]
fn once<R: Runtime, T: Send + 'static>(
    rt: &R,
    duration: Duration,
    value: impl FnOnce(&R) -> T + Send + 'static,
) -> Receiver<T> {
    let (tx, rx) = channel(1);
    let sleep = rt.sleep(duration);
    let clock = rt.clone();
    go(rt, async move {
        if fires(sleep, &tx).await {
            drop(tx.try_put(value(&clock)));
        }
    });
    rx
}

/// Gives the time at every multiple of `period` from now on, for as long as the receiver lives.
///
/// A slow taker finds one tick waiting, the oldest; those that came after it and before it was taken
/// are dropped. Ticks do not drift: the n-th is due at the start plus n periods, however late the
/// ones before it were. A `period` of zero ticks as often as a tick is taken.
///
/// # Panics
///
/// Where the runtime has to be entered first and was not.
///
/// # Examples
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rt/threads.rs"));
/// # fn main() {
/// # block_on(async {
/// use csp_core::rt::tick;
///
/// let clock = tick(&Threads, Duration::from_millis(5));
/// let first = clock.take().await.unwrap();
/// let second = clock.take().await.unwrap();
/// assert!(second > first);
/// # }) }
/// ```
#[doc(alias = "interval")]
#[track_caller]
pub fn tick<R: Runtime>(rt: &R, period: Duration) -> Receiver<R::Instant> {
    // A rendezvous, where the put that waits is the one tick that is kept for a slow taker. A buffer
    // of one would look the same from outside, but the timer would have to go on firing all the
    // while, only for the ticks to be dropped.
    let (tx, rx) = channel(0);
    let start = rt.now();
    let mut sleep = rt.sleep(period);
    let clock = rt.clone();
    go(rt, async move {
        let mut due = period;
        while fires(sleep, &tx).await && tx.put(clock.now()).await.is_ok() {
            let elapsed = clock.now() - start;
            match next_due(due, elapsed, period) {
                Some(next) => due = next,
                // No clock goes that far: no more ticks, but the channel stays open.
                None => return tx.closed().await,
            }
            sleep = clock.sleep(due.saturating_sub(elapsed));
        }
    });
    rx
}

/// A channel that stays open and never gives a value.
///
/// As an arm of a select it never fires.
///
/// # Examples
///
/// ```
/// let never = csp_core::rt::never::<u32>();
/// assert_eq!(never.try_take(), Err(csp_core::TryTakeError::Empty));
/// ```
pub fn never<T>() -> Receiver<T> {
    Receiver::never()
}

/// Waits for `sleep`; `false` if the last receiver went first.
async fn fires<T>(sleep: impl Future<Output = ()>, tx: &Sender<T>) -> bool {
    crate::select! {
        biased;
        _ = tx.closed() => false,
        _ = sleep => true,
    }
}

/// The first multiple of `period` after both `due`, which is one, and `elapsed`, both counted from
/// the start.
pub(super) fn next_due(due: Duration, elapsed: Duration, period: Duration) -> Option<Duration> {
    const SECOND: u128 = 1_000_000_000;

    let reached = due.max(elapsed);
    if period.is_zero() {
        return Some(reached);
    }
    let beyond = reached.as_nanos() % period.as_nanos();
    // Less than `period`, so the number of seconds fits.
    let beyond = Duration::new((beyond / SECOND) as u64, (beyond % SECOND) as u32);
    (reached - beyond).checked_add(period)
}
