//! The floor: what a channel behind one lock costs when it does nothing but take the lock.

use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::shapes::rate_since;

/// The rate of messages that each cost two uncontended lock pairs, one for its put and one for its
/// take.
pub(crate) fn rate(messages: usize) -> f64 {
    let lock = AtomicBool::new(false);
    // Shown to the optimiser as shared, so that it keeps every operation.
    let lock = hint::black_box(&lock);
    let start = Instant::now();
    for _ in 0..messages {
        lock_pair(lock);
        lock_pair(lock);
    }
    rate_since(start, messages)
}

fn lock_pair(lock: &AtomicBool) {
    while lock.swap(true, Ordering::Acquire) {
        hint::spin_loop();
    }
    lock.store(false, Ordering::Release);
}
