//! An allocator that counts the bytes that are in use, while it is told to.
//!
//! While it is not told to, which is whenever time is measured, it adds a load and a branch to each
//! allocation, the same for every library.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static IN_USE: AtomicIsize = AtomicIsize::new(0);

struct Counting;

/// A stretch of time in which bytes are counted.
pub(crate) struct Counted {
    before: isize,
}

impl Counted {
    /// Begins to count.
    pub(crate) fn start() -> Self {
        COUNTS.store(true, Relaxed);
        Self {
            before: IN_USE.load(Relaxed),
        }
    }

    /// Stops, and says how many more bytes are in use than at the start.
    pub(crate) fn bytes(self) -> isize {
        COUNTS.store(false, Relaxed);
        IN_USE.load(Relaxed) - self.before
    }
}

fn count(bytes: isize) {
    if COUNTS.load(Relaxed) {
        IN_USE.fetch_add(bytes, Relaxed);
    }
}

// No size is above `isize::MAX`: `Layout` sees to that.
// SAFETY: all is the system's allocator's; the counts change nothing of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(place, layout, size) }
    }
}
