//! Wakers gathered under a lock and woken after it.
//!
//! A waker is user code: it may put, take, close or drop the channel, or panic. None of that may
//! happen under the lock.

use core::mem::MaybeUninit;
use core::task::Waker;

/// A bounded batch of wakers, woken in order. Dropping it wakes them too, so that a waker that
/// panics does not leave those behind it asleep.
pub(crate) struct Wakes {
    wakers: [MaybeUninit<Waker>; Wakes::ROOM],
    /// The places from `woken` up to `len` are filled.
    len: usize,
    woken: usize,
}

impl Wakes {
    /// How many wakers fit. Who may gather more stops, unlocks, wakes and goes on.
    pub(crate) const ROOM: usize = 16;

    #[inline]
    pub(crate) fn new() -> Self {
        Wakes {
            wakers: [const { MaybeUninit::uninit() }; Wakes::ROOM],
            len: 0,
            woken: 0,
        }
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.len == Wakes::ROOM
    }

    /// Adds a waker; there must be room.
    #[inline]
    pub(crate) fn push(&mut self, waker: Waker) {
        self.wakers[self.len].write(waker);
        self.len += 1;
    }

    /// Wakes all. No lock is held here. When a waker panics, the drop goes on with the others.
    #[inline]
    pub(crate) fn wake(&mut self) {
        while self.woken < self.len {
            let next = self.woken;
            self.woken += 1;
            // SAFETY: `push` filled the place, and `woken` now says that it is empty.
            unsafe { self.wakers[next].assume_init_read() }.wake();
        }
    }
}

impl Drop for Wakes {
    #[inline]
    fn drop(&mut self) {
        self.wake();
    }
}
