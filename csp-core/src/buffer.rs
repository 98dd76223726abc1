//! The memory of a channel's ring: where values lie between their put and their take.
//!
//! The ring's indices are kept by the channel's core; here is how long it is, and what it is made of.
//! What happens when the ring is full (refuse, grow; later: let the oldest or the newest go) is
//! decided in one function of the core.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;

/// The place of one value. Whether a value lies in it is known to the ring alone.
pub(crate) type Slot<T> = UnsafeCell<MaybeUninit<T>>;

/// The most values that may lie in a channel, so that their number has no sign.
pub(crate) const MAX_RING: usize = isize::MAX as usize;

#[cfg(feature = "alloc")]
pub(crate) use self::{
    chain::{Chain, Spare},
    heap::{allocate, free, initial_len, is_block, is_long, is_much},
};

#[cfg(feature = "alloc")]
mod chain;

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

    /// A ring of so many bytes is not copied into a longer one, but goes on in further ones like it.
    const BLOCK_BYTES: usize = if cfg!(csp_loom) { 1 << 5 } else { 1 << 15 };

    /// Whether a ring of `len` places is long enough to be one of several blocks.
    pub(crate) fn is_block<T>(len: usize) -> bool {
        bytes::<T>(len) >= BLOCK_BYTES
    }

    /// An empty channel may keep so many bytes for the next time that values wait.
    const KEPT_BYTES: usize = if cfg!(csp_loom) { 0 } else { 1 << 18 };

    /// Whether so many places that nothing lies in are better given back.
    pub(crate) fn is_much<T>(len: usize) -> bool {
        bytes::<T>(len) > KEPT_BYTES
    }

    /// From here on a ring is long for whoever puts.
    const LARGE_BYTES: usize = 1 << 16;

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
