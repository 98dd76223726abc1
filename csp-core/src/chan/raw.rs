//! All of a channel that does not depend on the type of its values, so that a select treats every
//! channel alike: the lock, the counts, the queues; and what can be asked of them from outside.

use super::held::{Held, Locked};
use super::threads::{ByBias, Guard, Whichever};
#[cfg(feature = "alloc")]
use crate::buffer::Chain;
use crate::buffer::MAX_RING;
use crate::hint::cold;
use crate::sync::{AtomicBool, AtomicU8, AtomicUsize, Lock, Ordering, const_fn};
use crate::wait::{Node, Queue, Side, WaitState, Wakes};
use core::cell::Cell;
use core::fmt;
#[cfg(feature = "alloc")]
use core::ptr;
use core::task::Waker;

/// Who closes a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closer {
    /// `close`.
    Call,
    LastSender,
    LastReceiver,
}

/// Where a channel is, and who uses it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Any thread, on the heap.
    #[cfg(feature = "alloc")]
    Heap,
    /// Any thread, and there is no memory beside.
    Fixed,
    /// The thread that made it.
    Local,
}

/// The state of a channel, whatever its values are.
///
/// The cells are touched only through [`Locked`], which on a local channel stands for being on its
/// thread. The atomics change only there too (so relaxed loads and stores do); they are atomic for
/// the looks that `seems_ready` and the public counts take without the lock.
///
/// A heap channel is two cache lines. What hardly changes fills the first one, from the counts of the
/// ends to the lock's bias; what every operation changes is in the second.
#[repr(C)]
pub(crate) struct Raw {
    /// What the user asked for; `usize::MAX` is unbounded.
    pub(super) capacity: usize,
    /// The ring's blocks, if it has several, else null.
    #[cfg(feature = "alloc")]
    pub(super) chain: Cell<*mut Chain>,
    /// Places of the ring, or of each of its blocks.
    ring_len: Cell<u32>,
    /// Room beyond the capacity for values that called takers have been promised.
    places: u8,
    /// `OPEN`, `CLOSED` or `ABANDONED`.
    state: AtomicU8,
    sort: Sort,
    /// The ring has memory for less than the capacity.
    can_grow: AtomicBool,
    pub(super) lock: Lock,
    /// How many values may lie in the ring now: the capacity that it has memory for, less what permits
    /// hold, and a place for each called taker as far as there are places. `SHUT` more, hence negative,
    /// while the channel is closed: so that a put has one thing to compare.
    limit: AtomicUsize,
    /// Values in the ring, those promised to called takers included. While the lock is in halves, those
    /// not counted that have been taken under one half (`halves.rs`).
    pub(super) items: AtomicUsize,
    /// Takers called that have not looked yet.
    pub(super) calls: AtomicUsize,
    pub(super) putters: Queue,
    pub(super) takers: Queue,
    /// Index of the oldest value, in the oldest block. An index is not a `usize` so that all this fits two
    /// lines; whatever has more places than it counts has no size.
    pub(super) head: Cell<u32>,
    /// Index of the next value, in the newest block.
    pub(super) tail: Cell<u32>,
    pub(super) closers: Queue,
}

// SAFETY: the cells, and the nodes that the queues link, are touched only under `lock`, or by one
// thread: whatever else knows a local channel is neither `Send` nor `Sync` (`threads::OneThread`).
// Nodes are owned by futures that promise the same (`wait::Waiter`).
unsafe impl Send for Raw {}
// SAFETY: as above.
unsafe impl Sync for Raw {}

/// The sign: no ring is as long, so that it changes nothing else of a limit, and twice it is nothing.
const SHUT: usize = isize::MIN as usize;

/// What stands in `Raw::state`.
const OPEN: u8 = 0;
const CLOSED: u8 = 1;
/// Closed, and nobody will ever take again.
const ABANDONED: u8 = 2;

impl Raw {
    const_fn! {
        pub(crate) fn new(capacity: usize, room: usize, places: u8, sort: Sort) -> Self {
            let len = room + places as usize;
            Raw {
                lock: Lock::new(),
                state: AtomicU8::new(OPEN),
                sort,
                items: AtomicUsize::new(0),
                calls: AtomicUsize::new(0),
                head: Cell::new(0),
                tail: Cell::new(0),
                ring_len: Cell::new(if len > u32::MAX as usize { u32::MAX } else { len as u32 }),
                #[cfg(feature = "alloc")]
                chain: Cell::new(ptr::null_mut()),
                limit: AtomicUsize::new(room),
                can_grow: AtomicBool::new(room < capacity && len < MAX_RING),
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
        self.lock_as::<Whichever>()
    }

    /// `lock`, where it is known whether there is one.
    #[inline(always)]
    pub(super) fn lock_as<G: Guard>(&self) -> Locked<'_, G> {
        match self.lock_by_bias::<G>() {
            Some(locked) => locked.plain(),
            None => self.lock_unbiased(|| {}),
        }
    }

    /// `lock_as`, if it needs no exchange: the channel is this thread's alone, as far as is known.
    #[inline(always)]
    pub(super) fn lock_by_bias<G: Guard>(&self) -> Option<Locked<'_, ByBias<G>>> {
        if !G::is_local(self) && !self.lock.acquire_by_bias() {
            return None;
        }
        #[cfg(all(test, feature = "alloc", not(csp_loom)))]
        if !G::is_local(self) {
            crate::counts::lock();
        }
        Some(Locked::new(self))
    }

    /// `lock_as`, where `lock_by_bias` gave nothing; and says so if other threads use the channel, too, as
    /// far as is known.
    #[inline(always)]
    pub(super) fn lock_unbiased<G: Guard>(&self, shared: impl FnOnce()) -> Locked<'_, G> {
        #[cfg_attr(not(feature = "std"), expect(unused_variables))]
        let is_whole = self
            .lock
            .acquire_unbiased(|| self.wait_for_lock(G::room(self)), shared);
        #[cfg(all(test, feature = "alloc", not(csp_loom)))]
        crate::counts::lock();
        #[cfg(feature = "std")]
        if !is_whole {
            self.take_other_half();
        }
        Locked::new(self)
    }

    /// Waits for the lock, as who knows that the channel has room for so many values.
    #[cold]
    #[inline(never)]
    fn wait_for_lock(&self, room: usize) {
        self.lock.wait(room, || self.progress());
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
        unsafe { self.unlock_as::<Whichever>() }
    }

    /// `unlock`, where more is known of the lock.
    ///
    /// # Safety
    /// As `unlock`.
    #[inline(always)]
    pub(super) unsafe fn unlock_as<G: Guard>(&self) {
        // SAFETY: the caller's promise.
        unsafe { G::release(self) }
    }

    /// The rank of local channels: after all others.
    pub(crate) const NO_LOCK: usize = usize::MAX;

    /// Channels that are locked together are locked in the order of their ranks; those of one rank
    /// have one lock, or, the local ones, none.
    #[inline]
    pub(crate) fn rank(&self) -> usize {
        if self.is_local() {
            return Self::NO_LOCK;
        }
        self.lock.rank()
    }

    /// Whether only the thread that made the channel uses it, so that it is never locked.
    #[inline(always)]
    pub(super) fn is_local(&self) -> bool {
        self.sort == Sort::Local
    }

    /// Whether any thread may use it, and it may have more memory.
    #[cfg(feature = "std")]
    pub(super) fn is_on_heap(&self) -> bool {
        self.sort == Sort::Heap
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn is_closed(&self) -> bool {
        // Acquire: whoever sees the close sees what was done before it.
        self.state.load(Ordering::Acquire) != OPEN
    }

    /// The same under the lock; without it, a hint.
    #[inline]
    pub(super) fn seems_closed(&self) -> bool {
        self.state.load(Ordering::Relaxed) != OPEN
    }

    /// Whether nobody will ever take again. Under the lock.
    pub(super) fn is_abandoned(&self) -> bool {
        self.state.load(Ordering::Relaxed) == ABANDONED
    }

    #[inline(always)]
    pub(super) fn places(&self) -> usize {
        self.places.into()
    }

    /// The values that are stored and not promised to a called taker.
    pub(crate) fn len(&self) -> usize {
        let locked = self.lock();
        let promised = locked.calls().min(self.places());
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
    /// look without the lock saves taking it once in vain; elsewhere, and where there is no lock, it
    /// costs more than it saves.
    #[inline(always)]
    pub(crate) fn mostly_ready(&self) -> bool {
        self.capacity > 1
    }

    #[inline(always)]
    pub(crate) fn is_rendezvous(&self) -> bool {
        self.capacity == 0
    }

    /// Whether an arm on that side has a chance, without the lock: a hint, which may be out of
    /// date either way.
    #[inline]
    pub(crate) fn seems_ready(&self, side: Side) -> bool {
        self.is_worth_a_lock(side)
            || side == Side::Put && self.is_rendezvous() && self.can_store_beside(self.items_now())
    }

    /// The same for whoever would park otherwise, and so look under the lock: the room of a called
    /// taker whom others were faster than is not looked for.
    #[inline(always)]
    pub(super) fn is_worth_a_lock(&self, side: Side) -> bool {
        let is_rendezvous = self.is_rendezvous();
        let seems_ready = match side {
            Side::Take => self.items_or_more() > 0 || is_rendezvous && !self.putters.seems_empty(),
            Side::Put if is_rendezvous => !self.takers.seems_empty(),
            Side::Put => self.can_store_or_grow_beside(self.items_now()),
            Side::Close => false,
        };
        seems_ready || self.seems_closed()
    }

    /// Whether a put finds room beside `items` as it is, and nobody waits for it; without the lock, a hint.
    #[inline(always)]
    pub(super) fn can_store_beside(&self, items: usize) -> bool {
        self.putters.seems_empty() && self.has_room(items)
    }

    /// The same, or can make some.
    #[inline(always)]
    pub(super) fn can_store_or_grow_beside(&self, items: usize) -> bool {
        self.putters.seems_empty() && (self.has_room(items) || self.can_grow())
    }

    /// How many values lie in the ring: a hint, without the lock.
    #[inline(always)]
    pub(crate) fn items_now(&self) -> usize {
        #[cfg(feature = "std")]
        if let Some(items) = self.items_in_halves() {
            return items;
        }
        self.items_or_more()
    }

    /// The same, or more if the lock is in halves: then a look under it is mostly in vain, and cheap.
    #[inline(always)]
    fn items_or_more(&self) -> usize {
        self.items.load(Ordering::Relaxed)
    }

    /// A number that mostly is another one when somebody has put or taken something, or got in line: a hint,
    /// without the lock.
    fn progress(&self) -> usize {
        let fronts = self.putters.seems_front() ^ self.takers.seems_front().rotate_left(1);
        let counts = self.items_or_more() ^ self.calls.load(Ordering::Relaxed).rotate_left(8);
        fronts ^ counts.rotate_left(usize::BITS / 2)
    }

    /// Whether one more value fits beside `items`, and the channel is open.
    #[inline(always)]
    pub(super) fn has_room(&self, items: usize) -> bool {
        // With signs: a closed channel's limit is negative.
        (items as isize) < self.limit.load(Ordering::Relaxed) as isize
    }

    /// How many more values fit beside `items`, if nobody waits; without the lock, a hint.
    pub(super) fn room_beside(&self, items: usize) -> usize {
        if self.can_grow() {
            return self.capacity.saturating_sub(items);
        }
        let limit = self.limit.load(Ordering::Relaxed) as isize;
        limit.saturating_sub_unsigned(items).max(0).unsigned_abs()
    }

    #[inline]
    pub(super) fn can_grow(&self) -> bool {
        self.can_grow.load(Ordering::Relaxed)
    }

    /// Whether a put that finds no room can make some; without the lock, a hint. Whoever waits to put
    /// waits for other room.
    #[inline]
    pub(super) fn seems_to_grow(&self) -> bool {
        cfg!(feature = "alloc") && self.can_grow() && self.putters.seems_empty()
    }

    /// Places of the ring, or of each of its blocks.
    #[cfg(feature = "alloc")]
    pub(super) fn ring_len(&self) -> usize {
        self.ring_len.get() as usize
    }

    /// The ring, which has but one block, is longer now. Under the lock.
    #[cfg(feature = "alloc")]
    pub(super) fn set_ring_len(&self, len: usize) {
        self.ring_len.set(len as u32);
    }

    /// What comes next lies in the first place. Under the lock, and nothing lies in the ring.
    #[inline(always)]
    pub(super) fn begin_anew(&self) {
        self.head.set(0);
        self.tail.set(0);
    }

    /// Whether there is a place behind this one in its block.
    #[inline(always)]
    pub(super) fn has_place_behind(&self, index: u32) -> bool {
        index + 1 < self.ring_len.get()
    }

    /// The head, or the tail, moves on; `true` if it was at the end of its block. Under the lock.
    #[inline(always)]
    pub(super) fn move_on(&self, index: &Cell<u32>, from: u32) -> bool {
        if self.has_place_behind(from) {
            index.set(from + 1);
            return false;
        }
        cold();
        index.set(0);
        true
    }

    /// What the limit would be if no taker were called, no permit given, and the channel open. Under the
    /// lock.
    #[cfg(feature = "alloc")]
    #[inline(never)]
    pub(super) fn whole_room(&self) -> usize {
        if !self.can_grow() {
            return self.capacity.min(MAX_RING - self.places());
        }
        let room = self.ring_len() - self.places();
        // SAFETY: a chain is there as long as it is known here, and we hold the lock.
        room + unsafe { self.chain.get().as_ref() }.map_or(0, Chain::room)
    }

    #[cfg(not(feature = "alloc"))]
    pub(super) fn whole_room(&self) -> usize {
        self.capacity
    }

    /// There is memory for so many values now, besides the places, and was for so many. Under the lock.
    #[cfg(feature = "alloc")]
    pub(super) fn set_whole_room(&self, room: usize, old: usize) {
        let room = room.min(self.capacity);
        self.move_limit(room.wrapping_sub(old));
        self.can_grow.store(room < self.capacity, Ordering::Relaxed);
    }

    /// After a change of what the limit is made of. Under the lock.
    #[inline]
    pub(super) fn move_limit(&self, change: usize) {
        let limit = self.limit.load(Ordering::Relaxed);
        self.set_limit(limit.wrapping_add(change));
    }

    /// Whether the limit is that.
    #[inline(always)]
    pub(super) fn has_limit(&self, limit: usize) -> bool {
        self.limit.load(Ordering::Relaxed) == limit
    }

    /// Under the lock.
    #[inline(always)]
    pub(super) fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// What the limit would be if no taker were called, and the channel open. Under the lock.
    pub(super) fn room(&self) -> usize {
        let calls = self.calls.load(Ordering::Relaxed).min(self.places());
        self.limit.load(Ordering::Relaxed).wrapping_sub(calls) & !SHUT
    }

    /// Closes or opens it, which it is not. Under the lock.
    fn set_closed(&self, closed: bool) {
        self.move_limit(SHUT);
        let state = if closed { CLOSED } else { OPEN };
        // Release: whoever sees the close sees what was done before it.
        self.state.store(state, Ordering::Release);
    }

    /// Closes the channel; says whether this call did it.
    ///
    /// Parked puts fail, parked takes look once more and then see the end.
    pub(crate) fn close(&self) -> bool {
        self.close_by(Closer::Call)
    }

    /// `close`, by whom.
    pub(super) fn close_by(&self, closer: Closer) -> bool {
        let locked = self.lock();
        let closes = !locked.is_closed();
        if closes {
            self.set_closed(true);
        }
        let voids = closer == Closer::LastSender && locked.void_permits();
        if closer == Closer::LastReceiver {
            self.state.store(ABANDONED, Ordering::Release);
        }
        drop(locked);
        if closes || voids {
            self.dismiss_all();
        }
        closes
    }

    /// Opens a closed channel again; says whether this call did it.
    pub(crate) fn reopen(&self) -> bool {
        loop {
            let locked = self.lock();
            if !locked.is_closed() {
                return false;
            }
            if !locked.has_waiters_to_dismiss() {
                self.set_closed(false);
                return true;
            }
            // Whoever closed it has not come to all of them yet.
            drop(locked);
            self.dismiss_all();
        }
    }

    /// Wakes everybody who waits, some at a time, never under the lock.
    pub(super) fn dismiss_all(&self) {
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
    pub(crate) fn pass_call_on<G: Guard>(&self) {
        let locked = self.lock_as::<G>();
        locked.end_call();
        locked.announce_and_unlock();
    }

    /// Takes a parked, plain waiter out of its queue, or passes on the call it has got.
    pub(crate) fn withdraw<G: Guard>(&self, node: &Node, side: Side) {
        if node.is_linked() {
            let locked = self.lock_as::<G>();
            // Look again: a partner may have been faster.
            if node.is_linked() {
                // SAFETY: linked, hence in the queue that its owner names; we hold the lock.
                unsafe { locked.queue(side).unlink(node) };
                node.set_state(WaitState::Idle);
            }
        }
        if node.state() == WaitState::Called {
            self.pass_call_on::<G>();
        }
    }

    /// Makes a parked, plain waiter wake this waker from now on; says whether it still waits.
    pub(crate) fn renew_waker<G: Guard>(&self, node: &Node, waker: &Waker) -> bool {
        let locked = self.lock_as::<G>();
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
        let locked = self.lock_as::<G>();
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
        if locked.is_closed() {
            return false;
        }
        // SAFETY: the node's owner withdraws it before its memory goes.
        unsafe { locked.link(Side::Close, node, false) };
        true
    }
}
