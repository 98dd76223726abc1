//! The memory of a channel's ring: where values lie between their put and their take.
//!
//! The ring's indices are kept by the channel's core; this module only turns an index into a place.
//! What happens when the ring is full (refuse, grow; later: let the oldest or the newest go) is
//! decided in one function of the core.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

/// The place of one value. Whether a value lies in it is known to the ring alone.
pub(crate) type Slot<T> = UnsafeCell<MaybeUninit<T>>;

/// The longest ring: so that the sum of two of its indices does not overflow.
#[cfg(feature = "alloc")]
pub(crate) const MAX_RING: usize = isize::MAX as usize;

/// The index `offset` places behind `head`, around a ring of `len` places.
#[inline(always)]
pub(crate) fn wrap(head: usize, offset: usize, len: usize) -> usize {
    let index = head + offset;
    if index >= len {
        rarely();
        return index - len;
    }
    index
}

/// Makes the compiler branch where it would compute both results: the one that follows has to be
/// known before the lock can be given back, and a branch that is foreseen costs no time.
#[cold]
#[inline(always)]
fn rarely() {}

#[cfg(feature = "alloc")]
pub(crate) use heap::{allocate, free, growth, initial_len, is_long};

#[cfg(feature = "alloc")]
mod heap {
    use super::{MAX_RING, Slot};
    use alloc::boxed::Box;
    use core::ptr;

    /// A ring of at most so many bytes is allocated whole when the channel is made; a larger one
    /// grows as it fills, so that a generous capacity costs nothing until it is used.
    const WHOLE_BYTES: usize = if cfg!(csp_loom) { 1 << 10 } else { 1 << 20 };

    /// How many places a ring begins with that may grow to `len`.
    pub(crate) fn initial_len<T>(len: usize, least: usize) -> usize {
        match WHOLE_BYTES.checked_div(size_of::<T>()) {
            None => len.min(MAX_RING),
            Some(whole) if len <= whole => len,
            Some(whole) => (whole / 256).max(least).min(len),
        }
    }

    /// A ring of so many bytes grows faster.
    const LARGE_BYTES: usize = 1 << 16;

    /// How many times as long a ring becomes when it grows from `len`.
    ///
    /// The rings before a large one are together a third of it then, instead of as large as itself.
    /// That is less to copy; and an allocator such as glibc's, which gives memory back to the system
    /// once twice its largest piece is free, keeps it, so that the next ring does not begin with page
    /// faults. What a large ring does not use it does not touch.
    pub(crate) fn growth<T>(len: usize) -> usize {
        if bytes::<T>(len) < LARGE_BYTES { 2 } else { 4 }
    }

    /// A turn of the other tasks, on another thread perhaps, costs little for so many values.
    const WORTH_A_TURN: usize = 256;

    /// Whether a ring of `len` places is so long that others should come to use it before it grows.
    pub(crate) fn is_long<T>(len: usize) -> bool {
        len >= WORTH_A_TURN && bytes::<T>(len) >= LARGE_BYTES
    }

    fn bytes<T>(len: usize) -> usize {
        len.saturating_mul(size_of::<T>())
    }

    /// Places for `len` values, none of them filled.
    pub(crate) fn allocate<T>(len: usize) -> *mut Slot<T> {
        Box::into_raw(Box::<[Slot<T>]>::new_uninit_slice(len)).cast()
    }

    /// Gives the places back; values still in them are not dropped.
    ///
    /// # Safety
    /// `slots` came from `allocate(len)` and is not used afterwards.
    pub(crate) unsafe fn free<T>(slots: *mut Slot<T>, len: usize) {
        // SAFETY: the same slice as was boxed; a slot drops nothing.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(slots, len)) });
    }
}
