//! The heap, where there is one.

use core::mem::MaybeUninit;
use embedded_alloc::LlffHeap;

const SIZE: usize = 4096;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// Gives the heap its memory.
pub(crate) fn start() {
    static mut MEMORY: [MaybeUninit<u8>; SIZE] = [MaybeUninit::uninit(); SIZE];
    // SAFETY: nobody else has that memory, and this runs once, since the interrupts start once.
    unsafe { HEAP.init((&raw mut MEMORY).addr(), SIZE) };
}
