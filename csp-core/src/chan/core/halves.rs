//! Puts and takes that need but their half of the lock (`chan/halves.rs`).

use super::Core;
use crate::chan::held::Locked;
use crate::chan::threads::{Guard, Threads};
use crate::error::{TryPutError, TryTakeError};
use crate::hint::{likely, unlikely, will_write};
use crate::sync::Ordering;
use core::ptr;

impl<T, L: Threads> Core<T, L> {
    /// Whether the lock is in halves.
    #[inline(always)]
    pub(super) fn is_halved(&self) -> bool {
        !L::IS_LOCAL && self.raw.lock.is_halved()
    }

    /// `try_put_from` a channel whose lock is in halves.
    ///
    /// # Safety
    /// As `try_put_from`; and the lock is in halves.
    #[inline(never)]
    pub(super) unsafe fn put_by_half(
        &self,
        place: *mut Option<T>,
        patient: bool,
    ) -> Result<(), TryPutError<()>> {
        let raw = &self.raw;
        raw.lock.acquire_half(|| L::room(raw));
        // SAFETY: the lock is in halves, and we hold this one.
        if let Some(result) = unsafe { self.put_under_half(place) } {
            // SAFETY: acquired above.
            unsafe { raw.lock.release_half() };
            return result;
        }
        raw.take_other_half();
        // SAFETY: now we hold both; the rest is the caller's promise.
        unsafe { self.put_locked(Locked::<L>::new(raw), place, patient) }
    }

    /// Puts, or finds that there is no room; `None` if that cannot be told without the other half.
    ///
    /// # Safety
    /// As `put_by_half`, and the puts' half is held.
    #[inline(always)]
    unsafe fn put_under_half(&self, place: *mut Option<T>) -> Option<Result<(), TryPutError<()>>> {
        let raw = &self.raw;
        let halves = raw.halves()?;
        let (items, tail) = (raw.items.load(Ordering::Relaxed), raw.tail.get());
        let fits = || likely(raw.has_room(items - halves.taken()));
        if !fits() {
            halves.look_what_is_taken();
            if !fits() {
                let full = !raw.seems_closed() && !raw.can_grow() && raw.takers.is_empty();
                return full.then_some(Err(TryPutError::Full(())));
            }
        }
        let serves_nobody = raw.takers.is_empty() && raw.putters.is_empty();
        if !likely(serves_nobody) || !self.stays_in_block(tail) {
            return None;
        }
        // SAFETY: the caller's promise; there is room, and it is behind the newest value.
        unsafe { self.write_to(tail, place) };
        self.fetch_behind(tail);
        // Release: a take that sees the count sees the value.
        raw.items.store(items + 1, Ordering::Release);
        raw.move_on(&raw.tail, tail);
        Some(Ok(()))
    }

    /// Fetches the cache line behind that place, which takes have had since it was last written. Otherwise
    /// the next put's exchange, which waits for all that has been written before, would wait for it.
    #[inline(always)]
    fn fetch_behind(&self, tail: u32) {
        let line = match size_of::<T>() {
            0 => return,
            size => (64 / size).max(1),
        };
        will_write(
            self.slots
                .load(Ordering::Relaxed)
                .wrapping_add(tail as usize + line),
        );
    }

    /// `try_take_to` from a channel whose lock is in halves.
    #[inline(never)]
    pub(super) fn take_by_half(&self, place: &mut Option<T>) -> Result<(), TryTakeError> {
        match self.take_under_half(place) {
            Some(result) => result,
            None => self.take_locked(self.lock_unbiased(), place),
        }
    }

    /// Takes, or finds that there is nothing; `None` if that cannot be told without the other half.
    #[inline(always)]
    fn take_under_half(&self, place: &mut Option<T>) -> Option<Result<(), TryTakeError>> {
        let raw = &self.raw;
        let takes = raw.halves()?.takes(L::room(raw));
        let mut items = takes.items();
        if unlikely(items == 0) {
            // Acquire: the values that are counted can be seen.
            items = takes.look_at(raw.items.load(Ordering::Acquire));
            if items == 0 {
                // An empty chain of blocks is given back.
                let keeps_all = raw.chain.get().is_null();
                let empty = keeps_all && !raw.seems_closed() && !takes.serves();
                return empty.then_some(Err(TryTakeError::Empty));
            }
        }
        let head = takes.head().get();
        if !likely(!takes.serves()) || !self.stays_in_block(head) {
            return None;
        }
        // SAFETY: there the oldest value lies; what it goes to is empty.
        unsafe { ptr::write(place, Some(self.oldest(head).read())) };
        takes.add_taken();
        raw.move_on(takes.head(), head);
        Some(Ok(()))
    }

    /// Whether what comes after that place is in the same block: else both halves have to know of it.
    #[inline(always)]
    fn stays_in_block(&self, index: u32) -> bool {
        likely(self.raw.has_place_behind(index)) || self.raw.chain.get().is_null()
    }
}
