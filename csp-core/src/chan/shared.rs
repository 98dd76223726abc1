//! What the handles of one heap channel share: the core, and how many ends are left.

use super::Core;
use crate::buffer::{MAX_RING, allocate, initial_len};
use crate::sync::{Arc, AtomicUsize, Ordering};
use core::ops::Deref;
use crossbeam_utils::CachePadded;

/// Hand-over places: how many values may lie in the channel beyond its capacity, each promised to
/// a called taker. One is enough to be right; with four, several takers parked on a rendezvous
/// each get their value with one wake.
const PLACES: usize = 4;

/// A channel on the heap.
pub(crate) struct Shared<T> {
    core: Core<T>,
    senders: AtomicUsize,
    receivers: AtomicUsize,
}

/// A counted reference to it, away from its neighbours' cache lines.
pub(crate) type Handle<T> = Arc<CachePadded<Shared<T>>>;

/// A new channel with so many ends.
pub(crate) fn new<T>(capacity: usize, senders: usize, receivers: usize) -> Handle<T> {
    let whole = capacity.min(MAX_RING - PLACES) + PLACES;
    let room = initial_len::<T>(whole, PLACES + 1) - PLACES;
    let core = Core::new(capacity, room, PLACES, allocate(room + PLACES));
    Arc::new(CachePadded::new(Shared {
        core,
        senders: AtomicUsize::new(senders),
        receivers: AtomicUsize::new(receivers),
    }))
}

impl<T> Deref for Shared<T> {
    type Target = Core<T>;

    #[inline]
    fn deref(&self) -> &Core<T> {
        &self.core
    }
}

impl<T> Shared<T> {
    pub(crate) fn add_sender(&self) {
        add(&self.senders);
    }

    pub(crate) fn add_receiver(&self) {
        add(&self.receivers);
    }

    /// One more sender, unless the last one is gone.
    pub(crate) fn revive_sender(&self) -> bool {
        revive(&self.senders)
    }

    /// One more receiver, unless the last one is gone.
    pub(crate) fn revive_receiver(&self) -> bool {
        revive(&self.receivers)
    }

    /// One sender less; the last one closes.
    pub(crate) fn drop_sender(&self) {
        if self.senders.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.core.raw.close();
        }
    }

    /// One receiver less; the last one closes and drops what nobody will take.
    pub(crate) fn drop_receiver(&self) {
        /// Drains after a waker's panic as well: a value may keep the channel itself alive.
        struct Drained<'a, T>(&'a Core<T>);
        impl<T> Drop for Drained<'_, T> {
            fn drop(&mut self) {
                self.0.drain();
            }
        }
        if self.receivers.fetch_sub(1, Ordering::AcqRel) == 1 {
            let _drained = Drained(&self.core);
            self.core.raw.close();
        }
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        /// Gives the memory back after a destructor's panic as well.
        struct Slots<'a, T>(&'a mut Core<T>);
        impl<T> Drop for Slots<'_, T> {
            fn drop(&mut self) {
                // SAFETY: the ring was allocated by `new` or by the core itself, and this is the
                // end of the channel. A value left in it after two panics is leaked.
                unsafe { self.0.free_slots() }
            }
        }
        let slots = Slots(&mut self.core);
        slots.0.drain();
    }
}

fn add(count: &AtomicUsize) {
    // Relaxed, as for `Arc`: the new handle comes from one that keeps the channel alive. That many
    // handles cannot be forgotten without overflowing the `Arc`'s own count first, which aborts.
    count.fetch_add(1, Ordering::Relaxed);
}

fn revive(count: &AtomicUsize) -> bool {
    let mut seen = count.load(Ordering::Relaxed);
    while seen != 0 {
        match count.compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return true,
            Err(now) => seen = now,
        }
    }
    false
}
