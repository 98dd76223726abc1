//! Which way a branch mostly goes, for the compiler, which lays that way out in a line; and what will be
//! written, for the processor.
//!
//! An operation is a few short blocks with a branch behind each: what a processor gets done of them
//! depends as much on how many jumps it has to follow as on how many instructions there are.

/// Whether it is worth code of its own, in what takes values and in what waits for them, to do what mostly
/// happens at once. Where there is no `std`, memory for code is dearer than time.
pub(crate) const SHORT_WAYS: bool = cfg!(feature = "std");

/// Where this stands the compiler branches instead of computing both results: whoever waits for one of
/// them waits for what it is computed from, and a branch that is foreseen costs no time.
#[cold]
#[inline(always)]
pub(crate) fn cold() {}

/// Mostly true.
#[inline(always)]
pub(crate) fn likely(condition: bool) -> bool {
    if !condition {
        cold();
    }
    condition
}

/// Mostly false.
#[inline(always)]
pub(crate) fn unlikely(condition: bool) -> bool {
    if condition {
        cold();
    }
    condition
}

/// What lies there will be written soon: the processor gets the cache line to itself while it does something
/// else. Anything may lie there, or nothing.
#[cfg(feature = "std")]
#[inline(always)]
pub(crate) fn will_write<T>(place: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: this neither reads nor writes, and does nothing where there is no memory, or no such
    // instruction.
    unsafe {
        core::arch::asm!("prefetchw [{}]", in(reg) place.addr(), options(nomem, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("prfm pstl1keep, [{}]", in(reg) place.addr(), options(nomem, nostack, preserves_flags));
    }
    let _ = place;
}
