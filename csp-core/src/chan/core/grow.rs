//! The ring's memory as it comes and goes: a ring that is full is copied into a longer one, or, once it
//! is long, goes on in further blocks (`buffer::Chain`); an empty one gives them back.
//!
//! With blocks there is room for one block less than there are, since of the oldest one all but a
//! value may have been taken: its places are of use again when it is empty. So whoever fills a block
//! always finds an empty one.

use super::Core;
use crate::buffer::{Chain, Slot, Spare, allocate, free, is_block, is_long, is_much};
use crate::chan::held::{Held, Locked};
use crate::chan::threads::Threads;
use crate::error::TryTakeError;
use crate::sync::Ordering;
use alloc::boxed::Box;
use core::ptr;

impl<T, L: Threads> Core<T, L> {
    /// Whether the ring is so long that others should run before it grows. Else a process that is
    /// alone on its thread would store all that it has before the first value is taken, in memory
    /// that is new, where a ring that stays in the processor's cache will do.
    #[inline]
    pub(super) fn should_grow_later(&self) -> bool {
        is_long::<T>(self.raw.whole_room())
    }

    /// Gives the ring more memory, unless somebody else does so while the lock is given back.
    #[cold]
    pub(super) fn grow(&self, locked: Locked<'_, L>) {
        if is_block::<T>(self.raw.ring_len()) {
            self.add_block(locked);
        } else {
            self.lengthen(locked);
        }
    }

    fn lengthen(&self, locked: Locked<'_, L>) {
        let old_len = self.raw.ring_len();
        let old_room = self.raw.whole_room();
        drop(locked);
        let places = self.raw.places();
        let room = (2 * old_room).max(4).min(self.raw.capacity);
        // Allocated and freed outside the lock.
        let (mut slots, mut len) = (allocate::<T>(room + places), room + places);
        let locked = self.lock();
        if self.raw.ring_len() == old_len {
            let (head, items) = (self.raw.head.get() as usize, locked.items());
            let first = items.min(old_len - head);
            let old = self.slots.load(Ordering::Relaxed);
            // SAFETY: the values lie at `head..` and, around the end, at `0..`; the new ring is
            // longer and is nobody else's yet. The old places count as empty from here on.
            unsafe {
                slots.copy_from_nonoverlapping(old.add(head), first);
                slots
                    .add(first)
                    .copy_from_nonoverlapping(old, items - first);
            }
            self.set_slots(slots);
            self.raw.set_ring_len(len);
            self.raw.set_whole_room(room, old_room);
            self.raw.head.set(0);
            self.raw.tail.set(items as u32);
            (slots, len) = (old, old_len);
        }
        drop(locked);
        // SAFETY: either the old ring, which the channel no longer knows, or the new one, which it
        // never knew; both came from `allocate` with that length.
        unsafe { free(slots, len) };
    }

    fn add_block(&self, locked: Locked<'_, L>) {
        let len = self.raw.ring_len();
        let room = self.raw.whole_room();
        let is_first = self.raw.chain.get().is_null();
        drop(locked);
        // Allocated and freed outside the lock.
        let spare = || Spare::new(allocate::<T>(len).cast());
        let mut begun = is_first.then(|| (Chain::new(), spare()));
        let mut block = Some(spare());
        let locked = self.lock();
        // Of two who do so at once the second one finds more room.
        if self.raw.whole_room() == room && self.raw.chain.get().is_null() == is_first {
            if let Some((chain, second)) = begun.take() {
                self.begin_chain(*locked, chain, second);
            }
            if let Some(block) = block.take() {
                // SAFETY: there is a chain, and we hold the lock.
                unsafe { (*self.raw.chain.get()).add(block, len) };
                self.raw.set_whole_room(room + len, room);
            }
        }
        drop(locked);
        for spare in block.into_iter().chain(begun.map(|(_, second)| second)) {
            // SAFETY: from `allocate` with that length, and nobody knows it.
            unsafe { free::<T>(spare.into_slots().cast(), len) };
        }
    }

    /// The ring becomes the first block, with a second one.
    fn begin_chain(&self, held: Held<'_>, mut chain: Box<Chain>, second: Spare) {
        let first = self.slots.load(Ordering::Relaxed);
        chain.begin(first.cast());
        chain.add(second, 0);
        self.raw.chain.set(Box::into_raw(chain));
        let tail = self.raw.tail.get();
        if held.items() > 0 && tail <= self.raw.head.get() {
            // Those that lie around the end are the newest ones: the second block begins with them.
            self.put_on(held);
            let second = self.slots.load(Ordering::Relaxed);
            // SAFETY: the values lie at `0..`, and the second block is as long and empty. The old
            // places count as empty from here on.
            unsafe { second.copy_from_nonoverlapping(first, tail as usize) };
        }
    }

    /// The newest block is full: what comes next goes to an empty one, or around the end if there is but
    /// one block.
    #[inline(always)]
    pub(super) fn put_on(&self, _: Held<'_>) {
        let chain = self.raw.chain.get();
        if !chain.is_null() {
            // SAFETY: a chain is there as long as it is known here, and we hold the lock. There is an
            // empty block, as said above.
            let slots = unsafe { (*chain).put_on() };
            self.slots.store(slots.cast(), Ordering::Relaxed);
        }
    }

    /// All of the oldest block has been taken: what comes next is in the one behind it, or around the end
    /// if there is but one.
    #[inline(always)]
    pub(super) fn take_on(&self, _: Held<'_>) {
        let chain = self.raw.chain.get();
        if !chain.is_null() {
            // SAFETY: as above. There is a block behind it, since whoever filled it went on to that.
            let slots = unsafe { (*chain).take_on() };
            self.oldest.store(slots.cast(), Ordering::Relaxed);
        }
    }

    /// What a take is told that has found nothing in any block: all of them but one are given back if they
    /// are many.
    #[cold]
    pub(super) fn found_nothing_in_chain(&self, locked: Locked<'_, L>) -> TryTakeError {
        let nothing = locked.found_nothing();
        let (room, len) = (self.raw.whole_room(), self.raw.ring_len());
        let without = len - self.raw.places();
        if !is_much::<T>(room - without) || locked.permits() > without {
            return nothing;
        }
        let chain = self.raw.chain.replace(ptr::null_mut());
        self.raw.set_whole_room(without, room);
        let kept = self.slots.load(Ordering::Relaxed);
        drop(locked);
        // SAFETY: it has just been taken out, and the lengths of blocks never change.
        unsafe { Self::free_chain(chain, len, kept) };
        nothing
    }

    /// Gives back a chain, and the places of all its blocks but one.
    ///
    /// # Safety
    /// The channel no longer knows the chain, whose blocks have `len` places.
    unsafe fn free_chain(chain: *mut Chain, len: usize, kept: *mut Slot<T>) {
        // SAFETY: the caller's promise; it came from a box.
        let mut chain = unsafe { Box::from_raw(chain) };
        while let Some(slots) = chain.pop() {
            if slots != kept.cast() {
                // SAFETY: from `allocate` with that length, and nobody else's.
                unsafe { free::<T>(slots.cast(), len) };
            }
        }
    }

    /// Gives back the ring's memory, and that of the lock's other half.
    ///
    /// # Safety
    /// The ring came from `buffer::allocate`, holds no value, and the channel is not used again.
    pub(crate) unsafe fn free_slots(&mut self) {
        #[cfg(feature = "std")]
        // SAFETY: this is the channel's end.
        unsafe {
            self.raw.free_halves();
        }
        let slots = self.slots.load(Ordering::Relaxed);
        let len = self.raw.ring_len();
        let chain = self.raw.chain.get();
        if !chain.is_null() {
            // SAFETY: this is the channel's end.
            unsafe { Self::free_chain(chain, len, slots) };
        }
        // SAFETY: the caller's promise.
        unsafe { free(slots, len) };
    }
}
