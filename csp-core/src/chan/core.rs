//! The state machine under the lock: put, take, call, close. No async, no clock, no handles.
//!
//! [`Raw`] is all of it that does not depend on the type of the values, so that a select treats
//! every channel alike; [`Core`] adds the ring's memory.

use crate::buffer::{Slot, wrap};
use crate::error::{Closed, TryPutError, TryTakeError};
use crate::sync::{AtomicBool, AtomicPtr, AtomicUsize, Lock, Ordering, const_fn};
use crate::wait::{Header, Node, Queue, Side, WaitState, Wakes};
use core::cell::Cell;
use core::fmt;
use core::ops::Deref;
use core::ptr;
use core::task::Waker;

/// The state of a channel, whatever its values are.
///
/// The cells are touched only through [`Locked`]. The atomics change only there too (so relaxed
/// loads and stores do); they are atomic for the looks that `seems_ready` and the public counts
/// take without the lock.
///
/// What every operation touches comes first, and lies together.
#[repr(C)]
pub(crate) struct Raw {
    lock: Lock,
    closed: AtomicBool,
    /// Values in the ring, those promised to called takers included.
    items: AtomicUsize,
    putters: Queue,
    takers: Queue,
    /// Index of the oldest value.
    head: Cell<usize>,
    /// Places of the ring.
    ring_len: Cell<usize>,
    /// The capacity that the ring has memory for; less than `capacity` while the ring may grow.
    room: AtomicUsize,
    /// Takers called that have not looked yet.
    calls: AtomicUsize,
    /// Room beyond the capacity for values that called takers have been promised.
    places: usize,
    /// What the user asked for; `usize::MAX` is unbounded.
    capacity: usize,
    closers: Queue,
}

// SAFETY: the cells, and the nodes that the queues link, are touched only under `lock`. Nodes are
// owned by futures that promise the same (`wait::Waiter`).
unsafe impl Send for Raw {}
// SAFETY: as above.
unsafe impl Sync for Raw {}

/// A channel of values of type `T`.
pub(crate) struct Core<T> {
    pub(crate) raw: Raw,
    /// The ring's memory. Atomic because a static channel, whose ring lies beside it, says anew
    /// where it is whenever it is used.
    slots: AtomicPtr<Slot<T>>,
}

// SAFETY: the ring is touched only under the lock, and hands each value to one thread.
unsafe impl<T: Send> Send for Core<T> {}
// SAFETY: as above; no reference to a value is ever given out.
unsafe impl<T: Send> Sync for Core<T> {}

/// A channel whose lock this thread holds, and will until the last copy is used.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    raw: &'a Raw,
}

/// Holds a channel's lock; dropping it gives the lock back.
pub(crate) struct Locked<'a> {
    held: Held<'a>,
}

impl<'a> Deref for Locked<'a> {
    type Target = Held<'a>;

    #[inline]
    fn deref(&self) -> &Held<'a> {
        &self.held
    }
}

impl Drop for Locked<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a `Locked` is made only where the lock was acquired, and this is its end.
        unsafe { self.held.raw.unlock() }
    }
}

impl Raw {
    const_fn! {
        pub(crate) fn new(capacity: usize, room: usize, places: usize) -> Self {
            Raw {
                lock: Lock::new(),
                closed: AtomicBool::new(false),
                items: AtomicUsize::new(0),
                calls: AtomicUsize::new(0),
                head: Cell::new(0),
                ring_len: Cell::new(room + places),
                room: AtomicUsize::new(room),
                capacity,
                places,
                putters: Queue::new(),
                takers: Queue::new(),
                closers: Queue::new(),
            }
        }
    }

    #[inline(always)]
    pub(crate) fn lock(&self) -> Locked<'_> {
        self.lock.acquire();
        Locked {
            held: Held { raw: self },
        }
    }

    /// The channel, whose lock was left held by forgetting its [`Locked`].
    ///
    /// # Safety
    /// This thread holds the lock, and does so for as long as a copy is used.
    pub(crate) unsafe fn held(&self) -> Held<'_> {
        Held { raw: self }
    }

    /// Gives the lock back.
    ///
    /// # Safety
    /// This thread holds the lock, and no copy of its [`Held`] is used afterwards.
    #[inline]
    pub(crate) unsafe fn unlock(&self) {
        // SAFETY: the caller's promise.
        unsafe { self.lock.release() }
    }

    /// Channels that are locked together are locked in the order of their ranks.
    #[inline]
    pub(crate) fn rank(&self) -> usize {
        self.lock.rank()
    }

    #[inline]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn is_closed(&self) -> bool {
        // Acquire: whoever sees the close sees what was done before it.
        self.closed.load(Ordering::Acquire)
    }

    /// The values that are stored and not promised to a called taker.
    pub(crate) fn len(&self) -> usize {
        let locked = self.lock();
        let promised = locked.calls().min(self.places);
        locked.items().saturating_sub(promised).min(self.capacity)
    }

    /// Formats a handle of this channel, whatever its values are.
    pub(crate) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("len", &self.len())
            .field("capacity", &self.capacity)
            .field("closed", &self.is_closed())
            .finish()
    }

    /// Whether operations on a channel of this capacity mostly need not wait. Where they do wait, a
    /// look without the lock saves taking it once in vain; elsewhere it costs more than it saves.
    #[inline(always)]
    pub(crate) fn mostly_ready(&self) -> bool {
        self.capacity > 1
    }

    /// Whether an arm on that side has a chance, without the lock: a hint, which may be out of
    /// date either way.
    #[inline]
    pub(crate) fn seems_ready(&self, side: Side) -> bool {
        if self.closed.load(Ordering::Relaxed) {
            return true;
        }
        let items = self.items.load(Ordering::Relaxed);
        match side {
            Side::Take => items > 0 || self.capacity == 0 && !self.putters.seems_empty(),
            Side::Put => {
                self.putters.seems_empty() && (self.has_room(items) || self.can_grow())
                    || self.capacity == 0 && !self.takers.seems_empty()
            }
            Side::Close => false,
        }
    }

    /// Whether one more value fits beside `items`.
    #[inline(always)]
    fn has_room(&self, items: usize) -> bool {
        let room = self.room.load(Ordering::Relaxed);
        items < room || items - room < self.calls.load(Ordering::Relaxed).min(self.places)
    }

    #[inline]
    fn can_grow(&self) -> bool {
        self.room.load(Ordering::Relaxed) < self.capacity
    }

    /// Closes the channel; says whether this call did it.
    ///
    /// Parked puts fail, parked takes look once more and then see the end.
    pub(crate) fn close(&self) -> bool {
        {
            let _locked = self.lock();
            if self.closed.load(Ordering::Relaxed) {
                return false;
            }
            self.closed.store(true, Ordering::Release);
        }
        self.dismiss_all();
        true
    }

    /// Wakes everybody who waits, some at a time, never under the lock.
    fn dismiss_all(&self) {
        /// Goes on with the others when a waker panics.
        struct Rest<'a>(&'a Raw);
        impl Drop for Rest<'_> {
            fn drop(&mut self) {
                self.0.dismiss_all();
            }
        }
        let rest = Rest(self);
        loop {
            let mut wakes = Wakes::new();
            let locked = self.lock();
            locked.dismiss(&mut wakes);
            drop(locked);
            let more = wakes.is_full();
            wakes.wake();
            if !more {
                break;
            }
        }
        core::mem::forget(rest);
    }

    /// Ends a call that no take has used: it goes to the next taker.
    pub(crate) fn pass_call_on(&self) {
        let mut wakes = Wakes::new();
        let locked = self.lock();
        locked.end_call();
        locked.announce(&mut wakes);
        drop(locked);
        wakes.wake();
    }

    /// Takes a parked, plain waiter out of its queue, or passes on the call it has got.
    pub(crate) fn withdraw(&self, node: &Node, side: Side) {
        if node.is_linked() {
            let locked = self.lock();
            // Look again: a partner may have been faster.
            if node.is_linked() {
                // SAFETY: linked, hence in the queue that its owner names; we hold the lock.
                unsafe { locked.queue(side).unlink(node) };
                node.set_state(WaitState::Idle);
            }
        }
        if node.state() == WaitState::Called {
            self.pass_call_on();
        }
    }

    /// Makes a parked, plain waiter wake this waker from now on; says whether it still waits.
    pub(crate) fn renew_waker(&self, node: &Node, waker: &Waker) -> bool {
        let locked = self.lock();
        if !node.is_linked() {
            return false;
        }
        let old = node.waker.take();
        let same = old.as_ref().is_some_and(|old| old.will_wake(waker));
        node.waker.set(old);
        drop(locked);
        if same {
            return true;
        }
        // Cloned and dropped outside the lock.
        let new = waker.clone();
        let locked = self.lock();
        if !node.is_linked() {
            return false;
        }
        let old = node.waker.replace(Some(new));
        drop(locked);
        drop(old);
        true
    }

    /// Waits for the close: links the node unless the channel is closed already.
    pub(crate) fn park_closer(&self, node: &Node) -> bool {
        let locked = self.lock();
        if self.closed.load(Ordering::Relaxed) {
            return false;
        }
        // SAFETY: the node's owner withdraws it before its memory goes.
        unsafe { locked.link(Side::Close, node, false) };
        true
    }
}

impl<'a> Held<'a> {
    fn queue(self, side: Side) -> &'a Queue {
        match side {
            Side::Put => &self.raw.putters,
            Side::Take => &self.raw.takers,
            Side::Close => &self.raw.closers,
        }
    }

    #[inline]
    fn items(self) -> usize {
        self.raw.items.load(Ordering::Relaxed)
    }

    #[inline]
    fn set_items(self, items: usize) {
        self.raw.items.store(items, Ordering::Relaxed);
    }

    #[inline]
    fn calls(self) -> usize {
        self.raw.calls.load(Ordering::Relaxed)
    }

    #[inline]
    fn set_calls(self, calls: usize) {
        self.raw.calls.store(calls, Ordering::Relaxed);
    }

    /// A called taker looks, or is gone.
    #[inline]
    pub(crate) fn end_call(self) {
        self.set_calls(self.calls() - 1);
    }

    #[inline]
    fn is_closed(self) -> bool {
        self.raw.closed.load(Ordering::Relaxed)
    }

    #[inline]
    fn is_rendezvous(self) -> bool {
        self.raw.capacity == 0
    }

    /// Whether a put can be stored at once. Nobody goes past a waiting putter.
    #[inline(always)]
    fn can_store(self) -> bool {
        !self.is_closed() && self.raw.putters.is_empty() && self.raw.has_room(self.items())
    }

    /// Calls the oldest taker that can be called. The waker is to be woken after unlocking.
    ///
    /// Arms of selects that are awake are passed over for good: they look by themselves.
    ///
    /// `anew`: for a value that is neither stored nor waiting yet.
    fn call_taker(self, anew: bool) -> Option<Waker> {
        // SAFETY: we hold the lock, for all of this function.
        let mut next = unsafe { self.raw.takers.front() };
        while let Some(node) = next {
            // SAFETY: as above, and the node is linked here.
            next = unsafe { self.raw.takers.after(node) };
            if node.is_plain() {
                let waker = node.waker.take();
                self.set_calls(self.calls() + 1);
                // SAFETY: we hold the lock and the node is linked here.
                unsafe { self.raw.takers.unlink(node) };
                node.set_state(WaitState::Called);
                return waker;
            }
            if !anew && self.has_only_puts_of(node.header) {
                continue;
            }
            // SAFETY: the select withdraws this node, under our lock, before its header goes.
            let called = unsafe { (*node.header).call(node.arm) };
            // SAFETY: we hold the lock and the node is linked here.
            unsafe { self.raw.takers.unlink(node) };
            node.set_state(WaitState::Idle);
            if called.is_some() {
                self.set_calls(self.calls() + 1);
                return called;
            }
        }
        None
    }

    /// Whether all that a taker could be called for are put arms of its own select, which never
    /// pairs with itself.
    fn has_only_puts_of(self, header: *const Header) -> bool {
        self.is_rendezvous()
            && !self.raw.putters.is_empty()
            && self.items() <= self.calls()
            && self.all_putters_are(header)
    }

    /// Whether all waiting putters are arms of one select. Walks over that select's arms at most.
    fn all_putters_are(self, header: *const Header) -> bool {
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
    fn has_free_place(self) -> bool {
        self.is_rendezvous() && self.items() == self.calls() && self.items() < self.raw.places
    }

    /// Whether a new value on a rendezvous can be handed over: there is a place, a taker that can
    /// be called, and nobody whom the value would overtake. The puts of a select that waits on
    /// both sides do not count for its own take.
    fn can_hand_over(self, header: *const Header) -> bool {
        self.has_free_place()
            && self
                .first_claimable(&self.raw.takers, header)
                .is_some_and(|taker| self.all_putters_are(taker.header))
    }

    /// Calls a taker if a value has come for which nobody has been called yet.
    #[inline(always)]
    fn call_for_items(self) -> Option<Waker> {
        if self.raw.takers.is_empty() || self.items() <= self.calls() {
            None
        } else {
            self.call_taker(false)
        }
    }

    /// Restores invariant 2 after anything that adds values or ends calls.
    #[inline]
    pub(crate) fn announce(self, wakes: &mut Wakes) {
        if !self.raw.takers.is_empty() {
            self.announce_to_takers(wakes);
        }
    }

    fn announce_to_takers(self, wakes: &mut Wakes) {
        while self.has_uncalled() && !wakes.is_full() {
            match self.call_taker(false) {
                Some(waker) => wakes.push(waker),
                None => return,
            }
        }
    }

    /// Whether there is more to take than takers have been called for.
    fn has_uncalled(self) -> bool {
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

    /// Gathers the wakers of those who wait on a closed channel, as many as fit.
    fn dismiss(self, wakes: &mut Wakes) {
        debug_assert!(self.is_closed());
        for side in [Side::Put, Side::Take, Side::Close] {
            let queue = self.queue(side);
            // SAFETY: we hold the lock, for all of this function.
            while let Some(node) = unsafe { queue.front() } {
                if wakes.is_full() {
                    return;
                }
                let (waker, state) = if node.is_plain() {
                    let state = if side == Side::Take {
                        WaitState::Called
                    } else {
                        WaitState::Closed
                    };
                    (node.waker.take(), state)
                } else {
                    // SAFETY: the select withdraws this node, under our lock, before its header
                    // goes.
                    let waker = unsafe { (*node.header).call(node.arm) };
                    (waker, WaitState::Idle)
                };
                if let Some(waker) = waker {
                    wakes.push(waker);
                    if side == Side::Take {
                        self.set_calls(self.calls() + 1);
                    }
                }
                // SAFETY: we hold the lock and the node is linked here.
                unsafe { queue.unlink(node) };
                node.set_state(state);
            }
        }
    }

    /// Whether an arm on that side of the select with that header (null: of none) can commit now.
    #[inline]
    pub(crate) fn is_ready(self, side: Side, header: *const Header) -> bool {
        if self.is_closed() {
            return true;
        }
        match side {
            Side::Take => {
                self.items() > 0
                    || self.is_rendezvous()
                        && self.first_claimable(&self.raw.putters, header).is_some()
            }
            Side::Put => {
                self.raw.putters.is_empty()
                    && (self.raw.has_room(self.items()) || self.raw.can_grow())
                    || self.can_hand_over(header)
            }
            Side::Close => false,
        }
    }

    /// The oldest waiter of that queue that somebody with that header can claim. Passes over for
    /// good those that are awake.
    #[inline]
    fn first_claimable(self, queue: &'a Queue, header: *const Header) -> Option<&'a Node> {
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
            if unsafe { (*node.header).is_waiting() } {
                return Some(node);
            }
            // SAFETY: we hold the lock and the node is linked here.
            unsafe { queue.unlink(node) };
            node.set_state(WaitState::Idle);
        }
        None
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
            if first {
                queue.push_front(node);
            } else {
                queue.push_back(node);
            }
        }
    }

    /// Unlinks an arm of a select, if it still is linked.
    pub(crate) fn unlink_arm(self, side: Side, node: &Node) {
        if node.is_linked() {
            // SAFETY: we hold the lock, and a linked node is in its side's queue.
            unsafe { self.queue(side).unlink(node) };
            node.set_state(WaitState::Idle);
        }
    }
}

impl<T> Core<T> {
    const_fn! {
        /// A channel whose ring has `room + places` slots.
        pub(crate) fn new(capacity: usize, room: usize, places: usize, slots: *mut Slot<T>) -> Self {
            Core {
                raw: Raw::new(capacity, room, places),
                slots: AtomicPtr::new(slots),
            }
        }
    }

    /// Says where the ring's memory is.
    #[inline]
    pub(crate) fn set_slots(&self, slots: *mut Slot<T>) {
        self.slots.store(slots, Ordering::Relaxed);
    }

    #[inline]
    fn slot(&self, index: usize) -> *mut T {
        let slots = self.slots.load(Ordering::Relaxed);
        // SAFETY: `slots` has `ring_len` places and the index is below that. The caller holds the
        // lock, so nobody else is at this place.
        unsafe { (*slots.add(index)).get().cast::<T>() }
    }

    #[inline(always)]
    fn push(&self, held: Held<'_>, value: T) {
        let items = held.items();
        let index = wrap(self.raw.head.get(), items, self.raw.ring_len.get());
        // SAFETY: there is room, so the place behind the newest value is empty.
        unsafe { self.slot(index).write(value) };
        held.set_items(items + 1);
    }

    #[inline(always)]
    fn pop(&self, held: Held<'_>) -> T {
        let head = self.raw.head.get();
        self.raw.head.set(wrap(head, 1, self.raw.ring_len.get()));
        held.set_items(held.items() - 1);
        // SAFETY: the caller has seen that there is an item; the oldest lies at `head`, and the
        // ring no longer counts it.
        unsafe { self.slot(head).read() }
    }

    /// Puts without waiting.
    #[inline(always)]
    pub(crate) fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        self.put_locked(self.raw.lock(), value)
    }

    /// Puts the value out of a place, if there is one and that seems possible. On failure it is
    /// back in there.
    ///
    /// # Safety
    /// The place is valid and nobody else's.
    #[inline]
    pub(crate) unsafe fn try_put_from(
        &self,
        place: *mut Option<T>,
    ) -> Option<Result<(), Closed<()>>> {
        if !self.raw.seems_ready(Side::Put) {
            return None;
        }
        // SAFETY: the caller's promise.
        let value = unsafe { (*place).take() }?;
        let (value, result) = match self.try_put(value) {
            Ok(()) => return Some(Ok(())),
            Err(TryPutError::Closed(value)) => (value, Some(Err(Closed(())))),
            Err(TryPutError::Full(value)) => (value, None),
        };
        // SAFETY: as above; the place is empty, so nothing is dropped.
        unsafe { place.write(Some(value)) };
        result
    }

    #[inline(always)]
    fn put_locked(&self, locked: Locked<'_>, value: T) -> Result<(), TryPutError<T>> {
        if !locked.can_store() {
            return self.put_further(locked, value);
        }
        self.push(*locked, value);
        let called = locked.call_for_items();
        drop(locked);
        if let Some(waker) = called {
            waker.wake();
        }
        Ok(())
    }

    /// The put that does not find room as it is: a rendezvous, a ring that can grow, or a refusal.
    #[inline(never)]
    fn put_further(&self, locked: Locked<'_>, value: T) -> Result<(), TryPutError<T>> {
        if locked.is_closed() {
            return Err(TryPutError::Closed(value));
        }
        if locked.has_free_place()
            && (self.raw.putters.is_empty() || locked.can_hand_over(ptr::null()))
        {
            if let Some(waker) = locked.call_taker(true) {
                self.push(*locked, value);
                drop(locked);
                waker.wake();
                return Ok(());
            }
        }
        #[cfg(feature = "alloc")]
        if self.raw.can_grow() && self.raw.putters.is_empty() {
            drop(locked);
            self.grow();
            return self.try_put(value);
        }
        Err(TryPutError::Full(value))
    }

    /// Gives the ring twice the memory, unless somebody else just did.
    #[cfg(feature = "alloc")]
    #[cold]
    fn grow(&self) {
        use crate::buffer::{MAX_RING, allocate, free};

        let (old_room, places) = (self.raw.room.load(Ordering::Relaxed), self.raw.places);
        let room = old_room.saturating_mul(2).max(4).min(self.raw.capacity);
        let room = room.min(MAX_RING - places);
        // Allocated and freed outside the lock.
        let (mut slots, mut len) = (allocate::<T>(room + places), room + places);
        let locked = self.raw.lock();
        if self.raw.room.load(Ordering::Relaxed) == old_room {
            let old_len = self.raw.ring_len.get();
            let head = self.raw.head.get();
            let first = locked.items().min(old_len - head);
            let old = self.slots.load(Ordering::Relaxed);
            // SAFETY: the values lie at `head..` and, around the end, at `0..`; the new ring is
            // longer and is nobody else's yet. The old places count as empty from here on.
            unsafe {
                slots.copy_from_nonoverlapping(old.add(head), first);
                slots
                    .add(first)
                    .copy_from_nonoverlapping(old, locked.items() - first);
            }
            self.slots.store(slots, Ordering::Relaxed);
            self.raw.ring_len.set(len);
            self.raw.head.set(0);
            self.raw.room.store(room, Ordering::Relaxed);
            (slots, len) = (old, old_len);
        }
        drop(locked);
        // SAFETY: either the old ring, which the channel no longer knows, or the new one, which it
        // never knew; both came from `allocate` with that length.
        unsafe { free(slots, len) };
    }

    /// Takes without waiting.
    #[inline(always)]
    pub(crate) fn try_take(&self) -> Result<T, TryTakeError> {
        self.take_locked(self.raw.lock())
    }

    /// A called taker looks: its call ends, whatever it finds.
    pub(crate) fn answer_call(&self) -> Result<T, TryTakeError> {
        let locked = self.raw.lock();
        locked.end_call();
        self.take_locked(locked)
    }

    #[inline(always)]
    fn take_locked(&self, locked: Locked<'_>) -> Result<T, TryTakeError> {
        if locked.items() == 0 || !self.raw.putters.is_empty() {
            return self.take_further(locked);
        }
        let value = self.pop(*locked);
        let called = locked.call_for_items();
        drop(locked);
        if let Some(waker) = called {
            waker.wake();
        }
        Ok(value)
    }

    /// The take that has putters to serve, or finds nothing in the ring.
    #[inline(never)]
    fn take_further(&self, locked: Locked<'_>) -> Result<T, TryTakeError> {
        let (value, mut served) = if locked.items() > 0 {
            (self.pop(*locked), None)
        } else {
            match self.claim_putter(*locked) {
                Some((value, putter)) => (value, Some(putter)),
                None if locked.is_closed() => return Err(TryTakeError::Closed),
                None => return Err(TryTakeError::Empty),
            }
        };
        // One putter for one value is what mostly happens.
        if served.is_none() && self.raw.has_room(locked.items()) {
            if let Some((value, putter)) = self.claim_putter(*locked) {
                self.push(*locked, value);
                served = Some(putter);
            }
        }
        let more_room = !self.raw.putters.is_empty() && self.raw.has_room(locked.items());
        if more_room || !self.raw.takers.is_empty() {
            self.serve_further(locked, served);
        } else {
            drop(locked);
            if let Some(putter) = served {
                putter.wake();
            }
        }
        Ok(value)
    }

    /// Moves the oldest waiting values into the room that is left (on a rendezvous, into the
    /// hand-over places of called takers who have not looked yet), and calls takers for them.
    fn serve_further(&self, locked: Locked<'_>, served: Option<Waker>) {
        let mut wakes = Wakes::new();
        if let Some(waker) = served {
            wakes.push(waker);
        }
        // Leaves places in the batch for the calls that these values need.
        for _ in 0..Wakes::ROOM / 2 - 1 {
            if !self.raw.has_room(locked.items()) {
                break;
            }
            let Some((value, putter)) = self.claim_putter(*locked) else {
                break;
            };
            self.push(*locked, value);
            wakes.push(putter);
        }
        locked.announce(&mut wakes);
        drop(locked);
        wakes.wake();
    }

    /// Completes the oldest waiting put that can be claimed: gives its value, and the waker to be
    /// woken after unlocking.
    #[inline]
    fn claim_putter(&self, held: Held<'_>) -> Option<(T, Waker)> {
        if held.is_closed() {
            // They have failed, even those whom the close has not come to yet.
            return None;
        }
        // SAFETY: we hold the lock, for all of this function.
        while let Some(node) = unsafe { held.raw.putters.front() } {
            let plain = node.is_plain();
            let waker = if plain {
                node.waker.take()
            } else {
                // SAFETY: the select withdraws this node, under our lock, before its header goes.
                unsafe { (*node.header).begin_put(node.arm) }
            };
            // SAFETY: we hold the lock and the node is linked here.
            unsafe { held.raw.putters.unlink(node) };
            let Some(waker) = waker else {
                debug_assert!(!plain, "a waiter has a waker");
                node.set_state(WaitState::Idle);
                continue;
            };
            // SAFETY: a putter's place is an `Option<T>` that stays with the node and that only
            // its claimer touches while the node is linked: that is us.
            let value = unsafe { (*node.value.cast::<Option<T>>()).take() };
            if plain {
                node.set_state(WaitState::Done);
            } else {
                let (header, arm) = (node.header, node.arm);
                node.set_state(WaitState::Idle);
                // SAFETY: a select whose state says `Moving` waits for our lock before it goes.
                unsafe { (*header).finish_put(arm) };
            }
            debug_assert!(value.is_some(), "a putter waits only with a value");
            return value.map(|value| (value, waker));
        }
        None
    }

    /// Takes, or links the taker. A taker that had been called goes to the front.
    pub(crate) fn take_or_park(&self, node: &Node, first: bool) -> Result<T, TryTakeError> {
        loop {
            let locked = self.raw.lock();
            if !locked.is_ready(Side::Take, ptr::null()) {
                // SAFETY: a future's node, withdrawn when it is dropped.
                unsafe { locked.link(Side::Take, node, first) };
                return Err(TryTakeError::Empty);
            }
            // `Empty` here: what looked claimable was a select that has just gone elsewhere.
            match self.take_locked(locked) {
                Err(TryTakeError::Empty) => {}
                found => return found,
            }
        }
    }

    /// Puts the value from the node's place, or links the putter.
    ///
    /// # Safety
    /// `place` is the node's place, filled, and nobody else's until the node is linked.
    pub(crate) unsafe fn put_or_park(
        &self,
        node: &Node,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        loop {
            let mut wakes = Wakes::new();
            let locked = self.raw.lock();
            if !locked.is_ready(Side::Put, ptr::null()) {
                // SAFETY: a future's node, withdrawn when it is dropped.
                unsafe { locked.link(Side::Put, node, false) };
                // On a rendezvous a taker may be parked for whom there is no free place.
                locked.announce(&mut wakes);
                drop(locked);
                wakes.wake();
                return Err(TryPutError::Full(()));
            }
            // SAFETY: the caller's promise.
            let Some(value) = (unsafe { (*place).take() }) else {
                return Ok(());
            };
            let (value, closed) = match self.put_locked(locked, value) {
                Ok(()) => return Ok(()),
                Err(TryPutError::Full(value)) => (value, false),
                Err(TryPutError::Closed(value)) => (value, true),
            };
            // SAFETY: as above; the place is empty.
            unsafe { *place = Some(value) };
            if closed {
                return Err(TryPutError::Closed(()));
            }
        }
    }

    /// Drops the stored values, one at a time, none under the lock.
    pub(crate) fn drain(&self) {
        /// Goes on with the others when a destructor panics.
        struct Rest<'a, T>(&'a Core<T>);
        impl<T> Drop for Rest<'_, T> {
            fn drop(&mut self) {
                while self.0.try_take().is_ok() {}
            }
        }
        let rest = Rest(self);
        while rest.0.try_take().is_ok() {}
    }

    /// Gives the ring's memory back.
    ///
    /// # Safety
    /// The ring came from `buffer::allocate`, holds no value, and the channel is not used again.
    #[cfg(feature = "alloc")]
    pub(crate) unsafe fn free_slots(&mut self) {
        let slots = self.slots.load(Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { crate::buffer::free(slots, self.raw.ring_len.get()) };
    }
}
