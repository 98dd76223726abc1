//! The memory of a ring that has become long: blocks of one length, one behind the other.
//!
//! A ring that is full goes on in a further block, so that nothing is copied as it grows, and what is
//! done under the lock takes the same time however long it is. A block that has been emptied is the
//! next to be filled, so that as much memory is used as values wait, and the processor's cache has it.

use alloc::boxed::Box;
use core::ptr;

/// Where some of a channel's values lie.
struct Block {
    slots: *mut (),
    /// The next younger one; of an empty block, another empty one.
    next: *mut Block,
}

impl Block {
    fn boxed(slots: *mut ()) -> *mut Block {
        let next = ptr::null_mut();
        Box::into_raw(Box::new(Block { slots, next }))
    }
}

/// The blocks of one channel, whatever its values are.
pub(crate) struct Chain {
    /// How much more the channel has room for than without a chain.
    room: usize,
    /// Where the next value is taken.
    oldest: *mut Block,
    /// Where the next one is put.
    newest: *mut Block,
    /// The empty ones, the last that was emptied first.
    empty: *mut Block,
}

/// A block for a [`Chain`], which it has not come to yet.
pub(crate) struct Spare(*mut Block);

impl Spare {
    pub(crate) fn new(slots: *mut ()) -> Self {
        Spare(Block::boxed(slots))
    }

    /// The places of a block that no chain has got.
    pub(crate) fn into_slots(self) -> *mut () {
        // SAFETY: `new` boxed it, and nobody else knows it.
        unsafe { Box::from_raw(self.0) }.slots
    }
}

impl Chain {
    /// A chain that begins with one block, which `begin` tells where its places are.
    pub(crate) fn new() -> Box<Self> {
        let first = Block::boxed(ptr::null_mut());
        Box::new(Chain {
            room: 0,
            oldest: first,
            newest: first,
            empty: ptr::null_mut(),
        })
    }

    /// The ring's own places become the first block.
    pub(crate) fn begin(&mut self, slots: *mut ()) {
        // SAFETY: a block that is linked in a chain is there, and nobody else knows it.
        unsafe { (*self.oldest).slots = slots };
    }

    pub(crate) fn room(&self) -> usize {
        self.room
    }

    /// Adds an empty block, which gives so much more room.
    pub(crate) fn add(&mut self, block: Spare, room: usize) {
        // SAFETY: as in `begin`; what was spare is the chain's now.
        unsafe { self.push_empty(block.0) };
        self.room += room;
    }

    /// # Safety
    /// The block is there, and not linked.
    #[inline(always)]
    unsafe fn push_empty(&mut self, block: *mut Block) {
        // SAFETY: the caller's promise.
        unsafe { (*block).next = self.empty };
        self.empty = block;
    }

    /// The newest block is full: gives the places of an empty one, which is the newest from here on.
    ///
    /// # Safety
    /// There is an empty block.
    #[inline(always)]
    pub(crate) unsafe fn put_on(&mut self) -> *mut () {
        debug_assert!(!self.empty.is_null());
        let block = self.empty;
        // SAFETY: the caller's promise, and as in `begin`.
        unsafe {
            self.empty = (*block).next;
            (*block).next = ptr::null_mut();
            (*self.newest).next = block;
            self.newest = block;
            (*block).slots
        }
    }

    /// All of the oldest block has been taken: gives the places of the next one, which is the oldest
    /// from here on.
    ///
    /// # Safety
    /// There is a next one.
    #[inline(always)]
    pub(crate) unsafe fn take_on(&mut self) -> *mut () {
        debug_assert!(self.oldest != self.newest);
        let block = self.oldest;
        // SAFETY: the caller's promise, and as in `begin`.
        unsafe {
            self.oldest = (*block).next;
            self.push_empty(block);
            (*self.oldest).slots
        }
    }

    /// Takes the places of a block out, those of the newest one last; nothing is put or taken any more.
    pub(crate) fn pop(&mut self) -> Option<*mut ()> {
        let from = if self.empty.is_null() {
            &mut self.oldest
        } else {
            &mut self.empty
        };
        if from.is_null() {
            return None;
        }
        // SAFETY: as in `begin`, and one link leads to each block: now it is ours.
        let block = unsafe { Box::from_raw(*from) };
        *from = block.next;
        Some(block.slots)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}
