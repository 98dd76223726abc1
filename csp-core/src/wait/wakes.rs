//! Wakers gathered under a lock and woken after it.
//!
//! A waker is user code: it may put, take, close or drop the channel, or panic. None of that may
//! happen under the lock.

use core::mem::MaybeUninit;
use core::task::Waker;

/// A bounded batch of wakers. Dropping it wakes them too, so that a waker that panics does not
/// leave those behind it asleep.
pub(crate) struct Wakes {
    wakers: [MaybeUninit<Waker>; Wakes::ROOM],
    len: usize,
}

impl Wakes {
    /// How many wakers fit. Who may gather more stops, unlocks, wakes and goes on.
    pub(crate) const ROOM: usize = 16;

    #[inline]
    pub(crate) fn new() -> Self {
        Wakes {
            wakers: [const { MaybeUninit::uninit() }; Wakes::ROOM],
            len: 0,
        }
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.len == Wakes::ROOM
    }

    /// Adds a waker; there must be room.
    #[inline]
    pub(crate) fn push(&mut self, waker: Option<Waker>) {
        if let Some(waker) = waker {
            self.wakers[self.len].write(waker);
            self.len += 1;
        }
    }

    /// Wakes all. No lock is held here.
    #[inline]
    pub(crate) fn wake(self) {
        drop(self);
    }
}

impl Drop for Wakes {
    fn drop(&mut self) {
        /// Goes on with the rest when a waker panics.
        struct Rest<'a>(&'a mut Wakes);
        impl Drop for Rest<'_> {
            fn drop(&mut self) {
                while self.0.len > 0 {
                    self.0.len -= 1;
                    // SAFETY: `push` wrote every place below `len`, and `len` no longer counts it.
                    unsafe { self.0.wakers[self.0.len].assume_init_read() }.wake();
                }
            }
        }
        let rest = Rest(self);
        while rest.0.len > 0 {
            rest.0.len -= 1;
            // SAFETY: as above.
            unsafe { rest.0.wakers[rest.0.len].assume_init_read() }.wake();
        }
    }
}
