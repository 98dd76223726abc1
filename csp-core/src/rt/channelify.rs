//! A future as a channel.

use super::{Spawn, go};
use crate::{Receiver, channel};
use core::future::Future;

/// Runs `fut` as a process on `rt`; its output comes out of the channel, which then closes.
///
/// Dropping the receiver drops `fut` at its next suspension point. If `fut` panics, the channel
/// closes without a value.
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
/// use csp_core::rt::channelify;
///
/// let answer = channelify(&Threads, async { 6 * 7 });
/// assert_eq!(block_on(answer.take()), Some(42));
/// assert_eq!(block_on(answer.take()), None);
/// # }
/// ```
#[doc(alias = "oneshot")]
#[track_caller]
pub fn channelify<R, F>(rt: &R, fut: F) -> Receiver<F::Output>
where
    R: Spawn,
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (tx, rx) = channel(1);
    go(rt, async move {
        crate::select! {
            biased;
            _ = tx.closed() => {},
            output = fut => drop(tx.try_put(output)),
        }
    });
    rx
}
