//! A channel whose lock is in two halves: one thread puts while another one takes.
//!
//! Two threads, one at each end of a buffer, have no use for each other's half of it, but with one lock they
//! wait for each other, and its cache line goes to and fro. So a channel whose lock has often been waited for
//! is halved, for good, by the next who has to wait for a value or for room: its lock is the puts' half from
//! then on, and the takes' half is here, on cache lines of its own. Selects that wait lock the whole of each
//! of their channels, and so keep them in one piece.
//!
//! | half | guards |
//! |---|---|
//! | puts' | the tail, `items`, and the places behind the newest value |
//! | takes' | the head, `taken`, and the places of the values |
//! | both | all else: who waits, who has been called, the limit, the state, the ring's memory |
//!
//! Whoever changes what both guard takes both, and for it nothing is new: with them it gets the head, and
//! what has been taken goes off `items` (`take_other_half`). A put that finds room, and nobody who
//! waits, needs but its half (`put_by_half`), and so does a take that finds a value, and nobody who waits
//! to put (`take_by_half`). What they look at of the other half is a count that only comes to be in
//! their favour: there are at least as many values as a take sees, and at most as many as a put sees.
//!
//! The order is: the puts' half before the takes' half, and both of one channel before those of the next.

use super::raw::Raw;
use crate::hint::unlikely;
use crate::sync::{AtomicUsize, Lock, Ordering};
use alloc::boxed::Box;
use core::cell::Cell;

/// The least capacity that is worth halves. In a smaller buffer both ends soon have to wait for each other.
const LEAST_CAPACITY: usize = 16;

/// What a channel has beside itself once its lock is in halves.
///
/// Processors fetch lines in pairs, so what the two sides change is two lines apart.
#[repr(align(128))]
pub(super) struct Halves {
    /// How many values have been taken, as far as puts have seen. Under the puts' half.
    taken: Cell<usize>,
    takes: Takes,
}

#[repr(align(128))]
struct Takes {
    /// The takes' half.
    lock: Lock,
    /// Values taken since both halves were held, and not off `Raw::items` yet. Changes under this half.
    taken: AtomicUsize,
    /// How many of `Raw::items` takes have seen. Under this half.
    items: Cell<usize>,
    /// `Raw::head`. Under this half.
    head: Cell<u32>,
    /// Somebody waits to put. Changes under both.
    serves: Cell<bool>,
}

impl Halves {
    /// How many values have been taken, as far as puts have seen. With the puts' half held.
    #[inline(always)]
    pub(super) fn taken(&self) -> usize {
        self.taken.get()
    }

    /// Puts look how many values have been taken. With their half held.
    #[inline]
    pub(super) fn look_what_is_taken(&self) {
        // Acquire: where they were they are no more.
        self.taken.set(self.takes.taken.load(Ordering::Acquire));
    }

    /// Takes the takes' half of a channel that has room for so many values.
    #[inline(always)]
    pub(super) fn takes(&self, room: usize) -> HeldTakes<'_> {
        self.takes.lock.acquire_half(|| room);
        HeldTakes(&self.takes)
    }
}

/// Holds the takes' half; dropping it gives that back.
pub(super) struct HeldTakes<'a>(&'a Takes);

impl Drop for HeldTakes<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: it was acquired, by `Halves::takes`, and this is its end.
        unsafe { self.0.lock.release_half() };
    }
}

impl<'a> HeldTakes<'a> {
    /// How many values there are, as far as takes have seen.
    #[inline(always)]
    pub(super) fn items(&self) -> usize {
        self.0.items.get() - self.0.taken.load(Ordering::Relaxed)
    }

    /// `items`, now that `Raw::items` has been seen.
    #[inline]
    pub(super) fn look_at(&self, items: usize) -> usize {
        self.0.items.set(items);
        self.items()
    }

    /// One more value has been taken out.
    #[inline(always)]
    pub(super) fn add_taken(&self) {
        let taken = self.0.taken.load(Ordering::Relaxed) + 1;
        // Release: a put that sees the count finds the place empty.
        self.0.taken.store(taken, Ordering::Release);
    }

    /// Where the oldest value is.
    #[inline(always)]
    pub(super) fn head(&self) -> &'a Cell<u32> {
        &self.0.head
    }

    /// Whether somebody waits to put, and has to be served.
    #[inline(always)]
    pub(super) fn serves(&self) -> bool {
        self.0.serves.get()
    }
}

impl Raw {
    /// What is there beside, if the lock is in halves.
    #[inline(always)]
    pub(super) fn halves(&self) -> Option<&Halves> {
        // SAFETY: null, or what `halve` has put there, which lasts as long as the channel.
        unsafe { self.lock.other_half().cast::<Halves>().as_ref() }
    }

    /// `items_now`, if the lock is in halves.
    #[inline(always)]
    pub(super) fn items_in_halves(&self) -> Option<usize> {
        if !self.lock.is_halved() {
            return None;
        }
        let taken = self.halves()?.takes.taken.load(Ordering::Relaxed);
        Some(self.items.load(Ordering::Relaxed).saturating_sub(taken))
    }

    /// Halves the lock, if it has been waited for so often that this is worth it.
    #[inline]
    pub(crate) fn halve_if_crowded(&self) {
        if unlikely(self.lock.is_crowded()) {
            self.halve_if_large();
        }
    }

    #[cold]
    #[inline(never)]
    fn halve_if_large(&self) {
        if self.capacity >= LEAST_CAPACITY && self.is_on_heap() {
            self.halve();
        }
    }

    /// Has the lock stay in one piece, since somebody waits who mostly needs it whole.
    #[inline]
    pub(crate) fn keep_whole(&self) {
        self.lock.keep_whole();
    }

    /// Halves the lock of a channel on the heap.
    pub(super) fn halve(&self) {
        // Allocated and freed outside the lock.
        let halves = Box::new(Halves {
            taken: Cell::new(0),
            takes: Takes {
                lock: Lock::new(),
                taken: AtomicUsize::new(0),
                items: Cell::new(0),
                head: Cell::new(0),
                serves: Cell::new(false),
            },
        });
        halves.takes.lock.acquire_second_half();
        let halves = Box::into_raw(halves);
        let locked = self.lock();
        // SAFETY: we hold the lock, and the other half; `free_halves` comes at the channel's end.
        let is_known = unsafe { self.lock.halve(halves.cast()) };
        drop(locked);
        if !is_known {
            // SAFETY: from the box, and nobody knows it.
            let halves = unsafe { Box::from_raw(halves) };
            // SAFETY: acquired above.
            unsafe { halves.takes.lock.release_half() };
        }
    }

    /// Gives back what is there beside.
    ///
    /// # Safety
    /// The channel is not used again.
    pub(super) unsafe fn free_halves(&mut self) {
        let halves = self.lock.other_half().cast::<Halves>();
        if !halves.is_null() {
            // SAFETY: from a box, by `halve`.
            drop(unsafe { Box::from_raw(halves) });
        }
    }

    /// With the puts' half held: takes the other one, and what only that knew is known to all.
    #[cold]
    #[inline(never)]
    pub(super) fn take_other_half(&self) {
        let Some(halves) = self.halves() else { return };
        let takes = &halves.takes;
        takes.lock.acquire_second_half();
        let taken = takes.taken.load(Ordering::Relaxed);
        let items = self.items.load(Ordering::Relaxed);
        self.items.store(items - taken, Ordering::Relaxed);
        takes.taken.store(0, Ordering::Relaxed);
        halves.taken.set(0);
        self.head.set(takes.head.get());
    }

    /// With both halves held: gives the takes' half back.
    #[cold]
    #[inline(never)]
    pub(super) fn give_other_half_back(&self) {
        let Some(halves) = self.halves() else { return };
        let takes = &halves.takes;
        takes.items.set(self.items.load(Ordering::Relaxed));
        takes.head.set(self.head.get());
        takes.serves.set(!self.putters.is_empty());
        // SAFETY: taken by `take_other_half`, or by `halve`.
        unsafe { takes.lock.release_half() };
    }
}

#[cfg(all(test, not(any(csp_loom, csp_shuttle))))]
#[path = "halves/tests.rs"]
mod tests;
