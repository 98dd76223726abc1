//! The first-in, first-out queue on one side of one channel: a doubly linked list of nodes that
//! live in the waiting futures.
//!
//! Every function here asks of its caller that the channel's lock is held. What a queue links
//! stays valid because an owner unlinks its node, under that lock, before the node's memory goes.

use super::{Node, WaitState};
use crate::sync::{AtomicPtr, Ordering, const_fn};
use core::cell::Cell;
use core::ptr;

/// A queue of waiters.
pub(crate) struct Queue {
    /// Atomic only for `seems_empty`, which looks without the lock.
    head: AtomicPtr<Node>,
    tail: Cell<*const Node>,
}

impl Queue {
    const_fn! {
        pub(crate) fn new() -> Self {
            Queue {
                head: AtomicPtr::new(ptr::null_mut()),
                tail: Cell::new(ptr::null()),
            }
        }
    }

    /// The same as `is_empty`, but without the lock: a hint.
    #[inline]
    pub(crate) fn seems_empty(&self) -> bool {
        self.head.load(Ordering::Relaxed).is_null()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.seems_empty()
    }

    /// The oldest waiter.
    ///
    /// # Safety
    /// The channel's lock is held, and stays held while the reference is used.
    #[inline]
    pub(crate) unsafe fn front(&self) -> Option<&Node> {
        count_step();
        // SAFETY: a linked node is valid (module doc).
        unsafe { self.head.load(Ordering::Relaxed).as_ref() }
    }

    /// The waiter behind this one.
    ///
    /// # Safety
    /// As `front`; the node is linked here.
    #[inline]
    pub(crate) unsafe fn after<'a>(&'a self, node: &Node) -> Option<&'a Node> {
        count_step();
        // SAFETY: a linked node is valid (module doc).
        unsafe { node.next.get().as_ref() }
    }

    /// Links a node behind all others.
    ///
    /// # Safety
    /// The channel's lock is held, the node is not linked, its memory stays where it is, and its
    /// owner unlinks it before that memory goes.
    #[inline]
    pub(crate) unsafe fn push_back(&self, node: &Node) {
        count_step();
        let old = self.tail.replace(node);
        node.prev.set(old);
        node.next.set(ptr::null());
        // SAFETY: a linked node is valid (module doc).
        match unsafe { old.as_ref() } {
            Some(old) => old.next.set(node),
            None => self.set_head(node),
        }
        node.set_state(WaitState::Linked);
    }

    /// Links a node before all others.
    ///
    /// # Safety
    /// As `push_back`.
    #[inline]
    pub(crate) unsafe fn push_front(&self, node: &Node) {
        count_step();
        let old = self.head.load(Ordering::Relaxed).cast_const();
        node.prev.set(ptr::null());
        node.next.set(old);
        // SAFETY: a linked node is valid (module doc).
        match unsafe { old.as_ref() } {
            Some(old) => old.prev.set(node),
            None => self.tail.set(node),
        }
        self.set_head(node);
        node.set_state(WaitState::Linked);
    }

    /// Takes a node out. Its state still says that it is linked: the caller sets the next one, as
    /// the last touch.
    ///
    /// # Safety
    /// The channel's lock is held and the node is linked here.
    #[inline]
    pub(crate) unsafe fn unlink(&self, node: &Node) {
        count_step();
        let (prev, next) = (node.prev.get(), node.next.get());
        // SAFETY: a linked node is valid (module doc).
        match unsafe { prev.as_ref() } {
            Some(prev) => prev.next.set(next),
            None => self.set_head(next),
        }
        // SAFETY: as above.
        match unsafe { next.as_ref() } {
            Some(next) => next.prev.set(prev),
            None => self.tail.set(prev),
        }
    }

    #[inline]
    fn set_head(&self, node: *const Node) {
        self.head.store(node.cast_mut(), Ordering::Relaxed);
    }
}

#[inline(always)]
fn count_step() {
    #[cfg(all(test, feature = "alloc", not(csp_loom)))]
    crate::counts::step();
}
