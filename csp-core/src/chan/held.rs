//! What is done to a channel under its lock: who is called, who is ready, who is linked.

use super::raw::Raw;
use super::threads::{Guard, Whichever};
use crate::hint::{likely, unlikely};
use crate::sync::Ordering;
use crate::wait::{Header, Node, Queue, Side, WaitState, Wakes};
use core::marker::PhantomData;
use core::mem;
use core::ops::Deref;
use core::task::Waker;

/// A channel whose lock this thread holds, and will until the last copy is used.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    pub(super) raw: &'a Raw,
}

/// Holds a channel's lock, if it has one; dropping it gives the lock back.
pub(crate) struct Locked<'a, G: Guard = Whichever> {
    held: Held<'a>,
    _guard: PhantomData<G>,
}

impl<'a, G: Guard> Deref for Locked<'a, G> {
    type Target = Held<'a>;

    #[inline]
    fn deref(&self) -> &Held<'a> {
        &self.held
    }
}

impl<G: Guard> Drop for Locked<'_, G> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a `Locked` is made only where the lock was acquired, and this is its end.
        unsafe { self.held.raw.unlock_as::<G>() }
    }
}

impl<'a, G: Guard> Locked<'a, G> {
    /// The channel's lock, which this thread has just taken.
    #[inline(always)]
    pub(super) fn new(raw: &'a Raw) -> Self {
        Locked {
            held: Held { raw },
            _guard: PhantomData,
        }
    }

    /// For what does not mostly happen, which is there once, however the lock was taken.
    #[inline(always)]
    pub(super) fn plain(self) -> Locked<'a, G::Plain> {
        let plain = Locked::new(self.held.raw);
        mem::forget(self);
        plain
    }

    /// Gives the lock back, and wakes whoever has been called or served.
    #[inline(always)]
    pub(super) fn unlock_and_wake(self, waker: Option<Waker>) {
        drop(self);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Gives the lock back, and wakes the takers that there is something for.
    pub(crate) fn announce_and_unlock(self) {
        let mut wakes = Wakes::new();
        self.announce(&mut wakes);
        drop(self);
        wakes.wake();
    }
}

impl<'a> Held<'a> {
    pub(super) fn queue(self, side: Side) -> &'a Queue {
        match side {
            Side::Put => &self.raw.putters,
            Side::Take => &self.raw.takers,
            Side::Close => &self.raw.closers,
        }
    }

    #[inline]
    pub(super) fn items(self) -> usize {
        self.raw.items.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn set_items(self, items: usize) {
        self.raw.items.store(items, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn calls(self) -> usize {
        self.raw.calls.load(Ordering::Relaxed)
    }

    /// A taker has been called.
    #[inline]
    fn add_call(self) {
        let calls = self.calls();
        self.raw.calls.store(calls + 1, Ordering::Relaxed);
        self.raw.move_limit(usize::from(calls < self.raw.places()));
    }

    /// A called taker looks, or is gone.
    #[inline]
    pub(crate) fn end_call(self) {
        let calls = self.calls() - 1;
        self.raw.calls.store(calls, Ordering::Relaxed);
        let place = usize::from(calls < self.raw.places());
        self.raw.move_limit(place.wrapping_neg());
    }

    #[inline]
    pub(super) fn is_closed(self) -> bool {
        self.raw.seems_closed()
    }

    #[inline]
    pub(super) fn is_rendezvous(self) -> bool {
        self.raw.is_rendezvous()
    }

    /// Whether a put can be stored at once: there is room in an open channel. Nobody goes past a
    /// waiting putter.
    #[inline(always)]
    pub(super) fn can_store(self) -> bool {
        self.can_store_beside(self.items())
    }

    /// The same; there are `items`.
    #[inline(always)]
    pub(super) fn can_store_beside(self, items: usize) -> bool {
        self.raw.can_store_beside(items)
    }

    /// Whether a take that leaves so many values has more to do than to go: somebody who waits to put
    /// has to get the room, or somebody who waits to take the value of one who waits to put.
    #[inline(always)]
    pub(super) fn has_to_serve_beside(self, items: usize) -> bool {
        self.raw.has_room(items) || !self.raw.takers.is_empty()
    }

    /// Whether a put that finds no room can make some. Whoever waits to put waits for other room.
    #[cfg(feature = "alloc")]
    pub(super) fn may_grow(self) -> bool {
        self.raw.seems_to_grow()
    }

    /// Calls the oldest taker that can be called. The waker is to be woken after unlocking.
    ///
    /// Arms of selects that are awake are passed over for good: they look by themselves, those of
    /// sets because they are noted.
    #[inline]
    pub(super) fn call_taker(self) -> Option<Waker> {
        // SAFETY: we hold the lock, for all of this function.
        let node = unsafe { self.raw.takers.front() }?;
        if likely(node.is_plain()) {
            self.call_plain(node)
        } else {
            self.call_arm(node)
        }
    }

    #[inline(always)]
    fn call_plain(self, node: &Node) -> Option<Waker> {
        self.add_call();
        self.call_counted(node)
    }

    /// `call_plain` on a rendezvous that has an open place beside `items`.
    #[inline(always)]
    pub(super) fn call_plain_beside(self, items: usize, node: &Node) -> Option<Waker> {
        debug_assert_eq!(self.calls(), items);
        self.raw.calls.store(items + 1, Ordering::Relaxed);
        self.raw.set_limit(items + 1);
        self.call_counted(node)
    }

    /// Calls the first taker, which is counted.
    #[inline(always)]
    fn call_counted(self, node: &Node) -> Option<Waker> {
        let waker = node.waker.take();
        // SAFETY: we hold the lock and the node is the first one here.
        unsafe { self.raw.takers.unlink_front(node) };
        node.set_state(WaitState::Called);
        waker
    }

    /// Calls the first taker, an arm of a select, or if that is awake the next one that can be
    /// called.
    #[inline(never)]
    pub(super) fn call_arm(self, mut node: &'a Node) -> Option<Waker> {
        loop {
            // SAFETY: we hold the lock and the node is linked here.
            unsafe { self.raw.takers.unlink(node) };
            // SAFETY: the select withdraws this node, under our lock, before its header goes.
            let called = unsafe { (*node.header()).call(node) };
            node.set_state(WaitState::Idle);
            if called.is_some() {
                self.add_call();
                return called;
            }
            // SAFETY: we hold the lock, for all of this function.
            node = unsafe { self.raw.takers.front() }?;
            if node.is_plain() {
                return self.call_plain(node);
            }
        }
    }

    /// Whether all waiting putters are arms of one select. Walks over that select's arms at most.
    pub(super) fn all_putters_are(self, header: *const Header) -> bool {
        // SAFETY: we hold the lock, for all of this function.
        let mut next = unsafe { self.raw.putters.front() };
        while let Some(node) = next {
            if !node.belongs_to(header) {
                return false;
            }
            // SAFETY: as above, and the node is linked here.
            next = unsafe { self.raw.putters.after(node) };
        }
        true
    }

    /// Whether a rendezvous has a hand-over place for a taker that would be called.
    #[inline]
    pub(super) fn has_free_place(self) -> bool {
        let items = self.items();
        self.is_rendezvous() && items == self.calls() && items < self.raw.places()
    }

    /// The same on a rendezvous with so many values, and whether it is open. Its limit is the number
    /// of calls as long as that is below the places, and negative once it is closed.
    #[inline(always)]
    pub(super) fn has_open_place_beside(self, items: usize) -> bool {
        debug_assert!(self.is_rendezvous());
        self.raw.has_limit(items) && items < self.raw.places()
    }

    /// Whether a rendezvous is open, nothing lies in its places, and nobody has been called: then its
    /// limit is nothing.
    #[inline(always)]
    pub(super) fn is_open_and_empty(self) -> bool {
        debug_assert!(self.is_rendezvous());
        self.items() == 0 && self.raw.has_limit(0)
    }

    /// Whether a new value on a rendezvous can be handed over: there is a place, a taker that can
    /// be called, and nobody whom the value would overtake. The puts of a select that waits on
    /// both sides do not count for its own take.
    #[inline]
    pub(super) fn can_hand_over(self, header: *const Header) -> bool {
        !self.raw.takers.is_empty()
            && self.has_free_place()
            && self
                .find_claimable(&self.raw.takers, header)
                .is_some_and(|taker| self.all_putters_are(taker.header()))
    }

    /// Calls a taker if a value has come for which nobody has been called yet.
    #[inline(always)]
    pub(super) fn call_for_items(self) -> Option<Waker> {
        if likely(self.raw.takers.is_empty()) || self.items() <= self.calls() {
            None
        } else {
            self.call_taker()
        }
    }

    /// Restores invariant 2 after anything that adds values or ends calls.
    #[inline]
    pub(crate) fn announce(self, wakes: &mut Wakes) {
        if !self.raw.takers.is_empty() {
            self.announce_to_takers(wakes);
        }
    }

    pub(super) fn announce_to_takers(self, wakes: &mut Wakes) {
        while self.has_uncalled() && !wakes.is_full() {
            match self.call_taker() {
                Some(waker) => wakes.push(waker),
                None => return,
            }
        }
    }

    /// Whether there is more to take than takers have been called for.
    pub(super) fn has_uncalled(self) -> bool {
        if self.items() > self.calls() || !self.is_rendezvous() {
            return self.items() > self.calls();
        }
        // On a rendezvous, with the waiting putters: counted no further than it takes to know.
        // SAFETY: we hold the lock, for all of this function.
        let mut next = unsafe { self.raw.putters.front() };
        for _ in self.items()..self.calls() {
            // SAFETY: as above, and the node is linked here.
            next = next.and_then(|node| unsafe { self.raw.putters.after(node) });
        }
        next.is_some()
    }

    /// Whether those on that side learn from the close that nothing is to be waited for any more:
    /// takers only when there is no permit by which a value may come.
    #[inline]
    fn learns(self, side: Side) -> bool {
        side != Side::Take || self.permits() == 0
    }

    pub(super) fn has_waiters_to_dismiss(self) -> bool {
        [Side::Put, Side::Take, Side::Close]
            .iter()
            .any(|&side| self.learns(side) && !self.queue(side).is_empty())
    }

    /// Gathers the wakers of those who wait on a closed channel, as many as fit.
    pub(super) fn dismiss(self, wakes: &mut Wakes) {
        if !self.is_closed() {
            // Open again, and whoever waits now came after that.
            return;
        }
        for side in [Side::Put, Side::Take, Side::Close] {
            let queue = self.queue(side);
            // SAFETY: we hold the lock, for all of this function.
            while let Some(node) = unsafe { queue.front() } {
                if wakes.is_full() {
                    return;
                }
                if !self.learns(side) {
                    break;
                }
                // SAFETY: we hold the lock and the node is linked here.
                unsafe { queue.unlink(node) };
                let (waker, state) = if node.is_plain() || node.reserves() {
                    let state = if side == Side::Take {
                        WaitState::Called
                    } else {
                        WaitState::Closed
                    };
                    (node.waker.take(), state)
                } else {
                    // SAFETY: the select withdraws this node, under our lock, before its header
                    // goes.
                    let waker = unsafe { (*node.header()).call(node) };
                    (waker, WaitState::Idle)
                };
                if let Some(waker) = waker {
                    wakes.push(waker);
                    if side == Side::Take {
                        self.add_call();
                    }
                }
                node.set_state(state);
            }
        }
    }

    /// Whether whoever comes on that side only has to get in line: nothing is there for it, and nobody
    /// waits on the other side.
    #[inline(always)]
    pub(super) fn is_quiet(self, side: Side) -> bool {
        let raw = self.raw;
        let nothing = match side {
            Side::Take => {
                self.items() == 0 && (likely(raw.putters.is_empty()) || !self.is_rendezvous())
            }
            Side::Put => raw.takers.is_empty() && !raw.can_store_or_grow_beside(self.items()),
            Side::Close => true,
        };
        nothing && likely(!self.is_closed())
    }

    /// Whether an arm on that side of the select with that header (null: of none) can commit now.
    #[inline]
    pub(crate) fn is_ready(self, side: Side, header: *const Header) -> bool {
        if self.is_closed() {
            return side != Side::Take || self.items() > 0 || self.has_ended();
        }
        match side {
            Side::Take => {
                self.items() > 0
                    || self.is_rendezvous()
                        && self.first_claimable(&self.raw.putters, header).is_some()
            }
            Side::Put => {
                self.raw.can_store_or_grow_beside(self.items()) || self.can_hand_over(header)
            }
            Side::Close => false,
        }
    }

    /// The oldest waiter of that queue that somebody with that header can claim. Passes over for
    /// good those that are awake.
    #[inline(always)]
    pub(super) fn first_claimable(
        self,
        queue: &'a Queue,
        header: *const Header,
    ) -> Option<&'a Node> {
        if queue.is_empty() {
            return None;
        }
        self.find_claimable(queue, header)
    }

    #[inline(never)]
    fn find_claimable(self, queue: &'a Queue, header: *const Header) -> Option<&'a Node> {
        // SAFETY: we hold the lock, for all of this function.
        let mut next = unsafe { queue.front() };
        while let Some(node) = next {
            // SAFETY: as above, and the node is linked here.
            next = unsafe { queue.after(node) };
            if node.is_plain() {
                return Some(node);
            }
            if node.belongs_to(header) {
                continue;
            }
            // SAFETY: the select withdraws this node, under our lock, before its header goes.
            if unsafe { (*node.header()).is_waiting() } || !self.pass_over(queue, node) {
                return Some(node);
            }
        }
        None
    }

    /// Unlinks an arm of a select that is awake for good; `false` if it is a set that fell asleep
    /// just now.
    #[inline]
    fn pass_over(self, queue: &Queue, node: &Node) -> bool {
        // SAFETY: we hold the lock and the node is linked here.
        unsafe { queue.unlink(node) };
        // SAFETY: the select withdraws this node, under our lock, before its header goes.
        let awake = unsafe { (*node.header()).pass_over(node) };
        if awake {
            node.set_state(WaitState::Idle);
        } else {
            // SAFETY: as above, and now it is not linked. Whoever else was before it has been passed
            // over.
            unsafe { queue.push_front(node) };
        }
        awake
    }

    /// Links a waiter: one that had been called before all others, a new one behind them.
    ///
    /// # Safety
    /// The node is not linked, stays where it is, and its owner withdraws it before it goes.
    #[inline]
    pub(crate) unsafe fn link(self, side: Side, node: &Node, first: bool) {
        let queue = self.queue(side);
        // SAFETY: we hold the lock; the rest is the caller's promise.
        unsafe {
            if unlikely(first) {
                queue.push_front(node);
            } else {
                queue.push_back(node);
            }
        }
    }

    /// Unlinks an arm of a select, if it still is linked; says whether it was.
    pub(crate) fn unlink_arm(self, side: Side, node: &Node) -> bool {
        let linked = node.is_linked();
        if linked {
            // SAFETY: we hold the lock, and a linked node is in its side's queue.
            unsafe { self.queue(side).unlink(node) };
            node.set_state(WaitState::Idle);
        }
        linked
    }
}
