//! The first-in, first-out queue on one side of one channel: a doubly linked list of nodes that
//! live in the waiting futures.
//!
//! Every function here asks of its caller that the channel's lock is held. What a queue links
//! stays valid because an owner unlinks its node, under that lock, before the node's memory goes.
//!
//! The last node's `next` is null. The first one's `prev` is the last one: so a queue is one word.

use super::{Node, WaitState};
use crate::sync::{AtomicPtr, Ordering, const_fn};
use core::ptr;

/// A queue of waiters.
pub(crate) struct Queue {
    /// Atomic only for `seems_empty`, which looks without the lock.
    head: AtomicPtr<Node>,
}

impl Queue {
    const_fn! {
        pub(crate) fn new() -> Self {
            Queue {
                head: AtomicPtr::new(ptr::null_mut()),
            }
        }
    }

    /// The same as `is_empty`, but without the lock: a hint.
    #[inline]
    pub(crate) fn seems_empty(&self) -> bool {
        self.seems_front() == 0
    }

    /// Where the first one is, as a number, without the lock: a hint.
    #[inline]
    pub(crate) fn seems_front(&self) -> usize {
        self.head.load(Ordering::Relaxed).addr()
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
        node.next.set(ptr::null());
        let head = self.head.load(Ordering::Relaxed);
        // SAFETY: a linked node is valid (module doc).
        if let Some(head) = unsafe { head.as_ref() } {
            let last = head.prev.replace(node);
            node.prev.set(last);
            // SAFETY: as above.
            unsafe { (*last).next.set(node) };
        } else {
            node.prev.set(node);
            self.set_head(node);
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
        let head = self.head.load(Ordering::Relaxed);
        node.next.set(head);
        // SAFETY: a linked node is valid (module doc).
        node.prev.set(match unsafe { head.as_ref() } {
            Some(head) => head.prev.replace(node),
            None => node,
        });
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
        let head = self.head.load(Ordering::Relaxed).cast_const();
        if ptr::eq(node, head) {
            self.set_head(next);
        } else {
            // SAFETY: a linked node is valid (module doc), and there is one before this.
            unsafe { (*prev).next.set(next) };
        }
        // The one behind, or if there is none, the first one, whose `prev` tells the last. That is
        // this one if it was alone.
        let behind = if next.is_null() { head } else { next };
        // SAFETY: as above.
        unsafe { (*behind).prev.set(prev) };
    }

    /// Takes the oldest waiter out, as `unlink` does.
    ///
    /// # Safety
    /// The channel's lock is held and the node is the first one here.
    #[inline]
    pub(crate) unsafe fn unlink_front(&self, node: &Node) {
        count_step();
        let next = node.next.get();
        self.set_head(next);
        // SAFETY: a linked node is valid (module doc).
        if let Some(next) = unsafe { next.as_ref() } {
            next.prev.set(node.prev.get());
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
