//! Room that is promised to one value before it comes: permits, under the lock.
//!
//! A permit takes one off the channel's limit, so that whoever looks for room finds less of it, and
//! needs not know why. How many there are is what the ring has places for beyond that.
//!
//! It is granted only where the buffer itself has room, never for a call's sake: the values and the
//! permits together are as many as the ring has places for, whatever becomes of the calls.

use super::Core;
use crate::chan::held::Held;
use crate::chan::raw::Raw;
use crate::chan::threads::Threads;
use crate::error::{Closed, TryReserveError, TryTakeError};
use crate::wait::{Node, Side, WaitState};
use core::task::Waker;

impl<T, L: Threads> Core<T, L> {
    /// Takes room for one value; if there is none, links the node, if one is given, behind all who
    /// wait to put.
    ///
    /// # Safety
    /// As `Held::link`.
    pub(crate) unsafe fn reserve(&self, node: Option<&Node>) -> Result<(), TryReserveError> {
        if self.raw.capacity == 0 {
            return Err(TryReserveError::Rendezvous);
        }
        let locked = self.lock();
        if locked.is_closed() {
            return Err(TryReserveError::Closed);
        }
        if locked.has_buffer_room() && self.raw.putters.is_empty() {
            locked.take_room();
            return Ok(());
        }
        #[cfg(feature = "alloc")]
        if locked.may_grow() {
            self.grow(locked);
            // SAFETY: the caller's promise.
            return unsafe { self.reserve(node) };
        }
        if let Some(node) = node {
            // SAFETY: the caller's promise.
            unsafe { locked.link(Side::Put, node, false) };
        }
        Err(TryReserveError::Full)
    }

    /// Puts a value into the room that a permit holds, which ends.
    ///
    /// # Safety
    /// There is that permit, and it is not used again.
    pub(crate) unsafe fn put_reserved(&self, value: T) -> Result<(), Closed<T>> {
        let mut place = Some(value);
        let locked = self.lock();
        // Whoever waits to put gets nothing of it: the value takes the room that the permit held.
        locked.give_room();
        if self.raw.is_abandoned() {
            drop(locked);
            return place.map_or(Ok(()), |value| Err(Closed(value)));
        }
        // SAFETY: our own place, filled; and there is room.
        unsafe { self.push(*locked, locked.items(), &mut place) };
        let called = locked.call_for_items();
        // Last, so that it comes about even if the waker panics.
        let _end = End(locked.has_ended().then_some(&self.raw));
        drop(locked);
        if let Some(waker) = called {
            waker.wake();
        }
        Ok(())
    }

    /// Ends a permit that has not been used: its room goes to whoever waits for it.
    ///
    /// # Safety
    /// As `put_reserved`.
    pub(crate) unsafe fn give_back(&self) {
        let locked = self.lock();
        locked.give_room();
        if locked.is_closed() {
            let end = End(locked.has_ended().then_some(&self.raw));
            drop(locked);
            drop(end);
        } else if !self.raw.putters.is_empty() {
            self.serve_further(locked, None);
        }
    }
}

/// Tells the takers that wait on a closed channel that its last permit has gone.
struct End<'a>(Option<&'a Raw>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if let Some(raw) = self.0 {
            raw.dismiss_all();
        }
    }
}

impl Held<'_> {
    /// How many permits there are.
    pub(crate) fn permits(self) -> usize {
        self.raw.whole_room() - self.raw.room()
    }

    /// Closed, and no permit is left by which a value may come: what is stored is the last of it.
    pub(crate) fn has_ended(self) -> bool {
        self.is_closed() && self.permits() == 0
    }

    /// What a take is told that finds nothing.
    pub(crate) fn found_nothing(self) -> TryTakeError {
        if self.has_ended() {
            TryTakeError::Closed
        } else {
            TryTakeError::Empty
        }
    }

    /// Whether a value fits in without regard to calls.
    fn has_buffer_room(self) -> bool {
        self.items() < self.raw.room()
    }

    fn take_room(self) {
        self.raw.move_limit(1_usize.wrapping_neg());
    }

    fn give_room(self) {
        self.raw.move_limit(1);
    }

    /// Ends all permits, which have been forgotten; says whether there were any.
    pub(crate) fn void_permits(self) -> bool {
        let permits = self.permits();
        self.raw.move_limit(permits);
        permits > 0
    }

    /// Gives a permit to the first of those who wait to put, who reserves and has just been unlinked.
    /// If the buffer has no room, it stays the first. The waker is to be woken after unlocking.
    #[cold]
    pub(crate) fn grant(self, node: &Node) -> Option<Waker> {
        if !self.has_buffer_room() {
            // SAFETY: we hold the lock, and the node has been linked until now.
            unsafe { self.raw.putters.push_front(node) };
            return None;
        }
        self.take_room();
        let waker = node.waker.take();
        node.set_state(WaitState::Done);
        waker
    }
}
