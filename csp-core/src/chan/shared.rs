//! What the handles of one heap channel share: the core, and how many ends are left.

use super::Core;
use super::raw::{Closer, Sort};
use super::threads::{AnyThread, Threads};
use crate::buffer::{MAX_RING, allocate, initial_len};
use crate::sync::{AtomicUsize, Ordering};
use core::cell::Cell;
use core::ops::Deref;
use core::ptr;

/// Hand-over places: how many values may lie in the channel beyond its capacity, each promised to
/// a called taker. One is enough to be right; with four, several takers parked on a rendezvous
/// each get their value with one wake.
const PLACES: u8 = 4;

/// A channel on the heap.
#[repr(C)] // for the layout that `Raw` describes
pub(crate) struct Shared<T, L: Threads> {
    senders: L::Count,
    receivers: L::Count,
    core: Core<T, L>,
}

/// That layout, where pointers are as large as on the machines it is for.
#[cfg(all(
    target_pointer_width = "64",
    not(any(csp_loom, csp_shuttle, feature = "critical-section"))
))]
const _: () = {
    use super::raw::Raw;
    use core::mem::offset_of;
    type Channel = Shared<u8, AnyThread>;
    let items = offset_of!(Channel, core) + offset_of!(Core<u8>, raw) + offset_of!(Raw, items);
    let before_it_in_the_second_line = 2 * size_of::<usize>(); // whether it is locked, and the limit
    assert!(items == 64 + before_it_in_the_second_line);
    assert!(size_of::<Channel>() <= 128);
};

/// A counted reference to it.
pub(crate) struct Handle<T, L: Threads = AnyThread>(L::Counted<Shared<T, L>>);

/// A new channel with so many ends.
pub(crate) fn new<T, L: Threads>(
    capacity: usize,
    senders: usize,
    receivers: usize,
) -> Handle<T, L> {
    let places = usize::from(PLACES);
    let whole = capacity.min(MAX_RING - places) + places;
    let room = initial_len::<T>(whole, places + 1) - places;
    let sort = if L::IS_LOCAL { Sort::Local } else { Sort::Heap };
    let core = Core::new(capacity, room, PLACES, sort, allocate(room + places));
    // So that any test can be run with halves.
    #[cfg(any(csp_halved, csp_shuttle))]
    if !L::IS_LOCAL && (cfg!(csp_halved) || std::env::var_os("CSP_HALVED").is_some()) {
        core.raw.halve();
    }
    Handle(L::counted(Shared {
        core,
        senders: L::Count::new(senders),
        receivers: L::Count::new(receivers),
    }))
}

impl<T, L: Threads> Handle<T, L> {
    pub(crate) fn same_channel(&self, other: &Self) -> bool {
        ptr::eq(&raw const **self, &raw const **other)
    }
}

impl<T, L: Threads> Clone for Handle<T, L> {
    fn clone(&self) -> Self {
        Handle(self.0.clone())
    }
}

impl<T, L: Threads> Deref for Handle<T, L> {
    type Target = Shared<T, L>;

    #[inline(always)]
    fn deref(&self) -> &Shared<T, L> {
        L::shared(&self.0)
    }
}

impl<T, L: Threads> Deref for Shared<T, L> {
    type Target = Core<T, L>;

    #[inline]
    fn deref(&self) -> &Core<T, L> {
        &self.core
    }
}

impl<T, L: Threads> Shared<T, L> {
    pub(crate) fn add_sender(&self) {
        self.senders.add();
    }

    pub(crate) fn add_receiver(&self) {
        self.receivers.add();
    }

    /// One more sender, unless the last one is gone.
    pub(crate) fn revive_sender(&self) -> bool {
        self.senders.revive()
    }

    /// One more receiver, unless the last one is gone.
    pub(crate) fn revive_receiver(&self) -> bool {
        self.receivers.revive()
    }

    /// One sender less; the last one closes.
    pub(crate) fn drop_sender(&self) {
        if self.senders.drop_is_last() {
            self.core.raw.close_by(Closer::LastSender);
        }
    }

    /// One receiver less; the last one closes and drops what nobody will take.
    pub(crate) fn drop_receiver(&self) {
        /// Drains after a waker's panic as well: a value may keep the channel itself alive.
        struct Drained<'a, T, L: Threads>(&'a Core<T, L>);
        impl<T, L: Threads> Drop for Drained<'_, T, L> {
            fn drop(&mut self) {
                self.0.drain();
            }
        }
        if self.receivers.drop_is_last() {
            let _drained = Drained(&self.core);
            self.core.raw.close_by(Closer::LastReceiver);
        }
    }
}

impl<T, L: Threads> Drop for Shared<T, L> {
    fn drop(&mut self) {
        /// Gives the memory back after a destructor's panic as well.
        struct Slots<'a, T, L: Threads>(&'a mut Core<T, L>);
        impl<T, L: Threads> Drop for Slots<'_, T, L> {
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

/// How many ends are left on one side.
pub trait Count {
    fn new(count: usize) -> Self;

    /// One more end, made from one that is there.
    fn add(&self);

    /// One more end, unless the last one is gone.
    fn revive(&self) -> bool;

    /// One end less; says whether it was the last.
    fn drop_is_last(&self) -> bool;
}

impl Count for AtomicUsize {
    fn new(count: usize) -> Self {
        AtomicUsize::new(count)
    }

    fn add(&self) {
        // Relaxed, as for `Arc`: the new handle comes from one that keeps the channel alive. That
        // many handles cannot be forgotten without overflowing the `Arc`'s own count first, which
        // aborts.
        self.fetch_add(1, Ordering::Relaxed);
    }

    fn revive(&self) -> bool {
        let mut seen = self.load(Ordering::Relaxed);
        while seen != 0 {
            match self.compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }

    fn drop_is_last(&self) -> bool {
        self.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

impl Count for Cell<usize> {
    fn new(count: usize) -> Self {
        Cell::new(count)
    }

    fn add(&self) {
        // Cannot overflow before the `Rc`'s own count, as above.
        self.set(self.get() + 1);
    }

    fn revive(&self) -> bool {
        let is_left = self.get() != 0;
        if is_left {
            self.set(self.get() + 1);
        }
        is_left
    }

    fn drop_is_last(&self) -> bool {
        self.set(self.get() - 1);
        self.get() == 0
    }
}
