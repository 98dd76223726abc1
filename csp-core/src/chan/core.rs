//! A channel of some type of values: put and take, as a state machine under the lock. No async, no
//! clock, no handles.

use super::held::{Held, Locked};
use super::raw::{Raw, Sort};
use super::threads::{AnyThread, Guard, Threads};
use crate::answer;
use crate::buffer::Slot;
use crate::error::{TryPutError, TryTakeError};
use crate::hint::{SHORT_WAYS, likely};
use crate::sync::{AtomicPtr, Ordering, const_fn};
use crate::wait::{Node, WaitState, Wakes};
use core::marker::PhantomData;
use core::mem;
use core::ptr;
use core::task::Waker;

/// Does the same with the lock, however it is taken: compiled once for one that is biased towards this
/// thread and once for any other. A macro, since a closure would be for one type of guard.
macro_rules! with_lock {
    ($core:ident, $locked:ident => $done:expr) => {
        match $core.raw.lock_by_bias() {
            Some($locked) => $done,
            None => {
                let $locked = $core.lock_unbiased();
                $done
            }
        }
    };
}

pub(super) mod batch;
#[cfg(feature = "alloc")]
mod grow;
#[cfg(feature = "std")]
mod halves;
mod park;
mod permit;

/// A channel of values of type `T`.
#[repr(C)] // for the layout that `Raw` describes
pub(crate) struct Core<T, L = AnyThread> {
    /// The ring's memory, or its newest block's. Atomic because a static channel, whose ring lies beside
    /// it, says anew where it is whenever it is used.
    slots: AtomicPtr<Slot<T>>,
    /// The oldest block's.
    #[cfg(feature = "alloc")]
    oldest: AtomicPtr<Slot<T>>,
    pub(crate) raw: Raw,
    _threads: PhantomData<L>,
}

/// The value in a filled place.
///
/// # Safety
/// The place is valid and filled, and nobody else's.
#[inline(always)]
unsafe fn value_in<T>(place: *mut Option<T>) -> *const T {
    // SAFETY: the caller's promise.
    unsafe { (*place).as_ref().unwrap_unchecked() }
}

/// Moves a value from a filled place to an empty one. The filled one does not learn of it.
///
/// # Safety
/// As `value_in`.
#[inline(always)]
unsafe fn move_value<T>(from: *mut Option<T>, to: &mut Option<T>) {
    // SAFETY: the caller's promise; and nothing is dropped where it goes.
    unsafe { ptr::write(to, Some(value_in(from).read())) };
}

/// Moves the value out of the filled place of a putter.
///
/// # Safety
/// The node is a putter's, which the caller has claimed under the channel's lock.
#[inline(always)]
unsafe fn take_from<T>(node: &Node, take: impl FnOnce(*mut Option<T>)) {
    let place = node.value().cast::<Option<T>>();
    take(place);
    // SAFETY: a putter's place is an `Option<T>` that stays with the node and that only its claimer
    // touches while the node is linked: that is the caller. What was in it has moved.
    unsafe { place.write(None) };
}

// SAFETY: the ring is touched only under the lock, and hands each value to one thread.
unsafe impl<T: Send, L: Send> Send for Core<T, L> {}
// SAFETY: as above; no reference to a value is ever given out.
unsafe impl<T: Send, L: Sync> Sync for Core<T, L> {}

impl<T, L: Threads> Core<T, L> {
    const_fn! {
        /// A channel whose ring has `room + places` slots.
        pub(crate) fn new(
            capacity: usize,
            room: usize,
            places: u8,
            sort: Sort,
            slots: *mut Slot<T>,
        ) -> Self {
            Core {
                raw: Raw::new(capacity, room, places, sort),
                slots: AtomicPtr::new(slots),
                #[cfg(feature = "alloc")]
                oldest: AtomicPtr::new(slots),
                _threads: PhantomData,
            }
        }
    }

    /// Says where the ring's memory is, which has but one block.
    #[inline]
    pub(crate) fn set_slots(&self, slots: *mut Slot<T>) {
        self.slots.store(slots, Ordering::Relaxed);
        #[cfg(feature = "alloc")]
        self.oldest.store(slots, Ordering::Relaxed);
    }

    #[inline(always)]
    fn lock(&self) -> Locked<'_, L> {
        self.raw.lock_as()
    }

    /// Whether another thread holds the lock just now: a hint.
    #[inline(always)]
    pub(crate) fn is_busy(&self) -> bool {
        !L::IS_LOCAL && self.raw.lock.seems_held()
    }

    /// `lock`, where `lock_by_bias` gave nothing.
    #[inline(always)]
    fn lock_unbiased(&self) -> Locked<'_, L> {
        self.raw.lock_unbiased(|| {})
    }

    /// The place of that index in a block.
    ///
    /// # Safety
    /// It is a block of this channel and has that place, and the caller holds the lock, or its half, so
    /// that nobody else is there.
    #[inline(always)]
    unsafe fn place(slots: &AtomicPtr<Slot<T>>, index: u32) -> *mut T {
        let slots = slots.load(Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { (*slots.add(index as usize)).get().cast::<T>() }
    }

    /// Moves the value out of a filled place, behind the newest one of `items`.
    ///
    /// # Safety
    /// There are so many, and room for one more, and the place is filled and nobody else's.
    #[inline(always)]
    unsafe fn push(&self, held: Held<'_>, items: usize, place: *mut Option<T>) {
        let tail = self.raw.tail.get();
        // SAFETY: the caller's promise: there is a value, and the slot behind the newest one is empty.
        unsafe { self.write_to(tail, place) };
        held.set_items(items + 1);
        if self.raw.move_on(&self.raw.tail, tail) {
            #[cfg(feature = "alloc")]
            self.put_on(held);
        }
    }

    /// Moves the value out of a filled place, which says at once that it is empty, to one of the newest
    /// block.
    ///
    /// # Safety
    /// There is a value, and where it goes nothing is and nobody else comes.
    #[inline(always)]
    unsafe fn write_to(&self, tail: u32, place: *mut Option<T>) {
        // SAFETY: the caller's promise.
        unsafe {
            Self::place(&self.slots, tail).copy_from_nonoverlapping(value_in(place), 1);
            place.write(None);
        }
    }

    /// The place of the oldest value.
    ///
    /// # Safety
    /// As `place`.
    #[inline(always)]
    unsafe fn oldest(&self, head: u32) -> *mut T {
        #[cfg(feature = "alloc")]
        let slots = &self.oldest;
        #[cfg(not(feature = "alloc"))]
        let slots = &self.slots;
        // SAFETY: the caller's promise.
        unsafe { Self::place(slots, head) }
    }

    /// Moves the oldest value out.
    ///
    /// # Safety
    /// There is an item.
    #[inline(always)]
    unsafe fn pop(&self, held: Held<'_>) -> T {
        let head = self.raw.head.get();
        // SAFETY: the caller's promise.
        let place = unsafe { self.oldest(head) };
        held.set_items(held.items() - 1);
        if self.raw.move_on(&self.raw.head, head) {
            #[cfg(feature = "alloc")]
            self.take_on(held);
        }
        // SAFETY: there the oldest value lies, and the ring no longer counts it.
        unsafe { place.read() }
    }

    /// Moves the oldest value to an empty place.
    ///
    /// # Safety
    /// There is an item.
    #[inline(always)]
    unsafe fn pop_to(&self, held: Held<'_>, place: &mut Option<T>) {
        // SAFETY: the caller's promise; and nothing is dropped where it goes.
        unsafe { ptr::write(place, Some(self.pop(held))) };
    }

    /// Puts without waiting.
    #[inline(always)]
    pub(crate) fn try_put(&self, value: T) -> Result<(), TryPutError<T>> {
        let mut place = Some(value);
        // SAFETY: our own place, filled.
        match unsafe { self.try_put_from(&mut place, false) } {
            Ok(()) => {
                mem::forget(place); // empty
                Ok(())
            }
            Err(error) => Err(error.with(place)),
        }
    }

    /// Puts the value out of a filled place without waiting. On failure it is still in there.
    ///
    /// `patient`: the channel counts as full, too, where it `should_grow_later`.
    ///
    /// # Safety
    /// The place is valid, filled, and nobody else's.
    #[inline(always)]
    pub(crate) unsafe fn try_put_from(
        &self,
        place: *mut Option<T>,
        patient: bool,
    ) -> Result<(), TryPutError<()>> {
        let locked = match self.raw.lock_by_bias::<L>() {
            Some(locked) => locked.plain(),
            #[cfg(feature = "std")]
            // SAFETY: the caller's promise.
            None if self.is_halved() => return unsafe { self.put_by_half(place, patient) },
            None => self.lock_unbiased(),
        };
        // SAFETY: the caller's promise.
        unsafe { self.put_locked(locked, place, patient) }
    }

    /// `try_put_from`, patiently, by the task with that waker, which may wait for an answer then.
    ///
    /// # Safety
    /// As `try_put_from`.
    #[inline(always)]
    pub(crate) unsafe fn put_from_task(
        &self,
        place: *mut Option<T>,
        waker: &Waker,
    ) -> Result<(), TryPutError<()>> {
        match self.raw.lock_by_bias() {
            // SAFETY: the caller's promise.
            Some(locked) => unsafe { self.put_locked(locked, place, true) },
            #[cfg(feature = "std")]
            None if self.is_halved() => {
                answer::task_puts(waker);
                // SAFETY: as above.
                unsafe { self.put_by_half(place, true) }
            }
            None => {
                let locked = self.raw.lock_unbiased::<L>(|| answer::task_puts(waker));
                // SAFETY: as above.
                unsafe { self.put_locked(locked, place, true) }
            }
        }
    }

    /// `try_put_from` on a rendezvous, where a put mostly finds a taker parked.
    ///
    /// # Safety
    /// As `try_put_from`.
    #[inline(never)]
    pub(crate) unsafe fn hand_over(&self, place: *mut Option<T>) -> Result<(), TryPutError<()>> {
        // SAFETY: the caller's promise.
        with_lock!(self, locked => unsafe { self.hand_over_locked(locked, place) })
    }

    /// # Safety
    /// As `try_put_from`.
    #[inline(always)]
    unsafe fn hand_over_locked<G: Guard<Plain = L>>(
        &self,
        locked: Locked<'_, G>,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        let items = locked.items();
        if likely(locked.has_open_place_beside(items) && self.raw.putters.is_empty()) {
            // SAFETY: we hold the lock, for all of this function.
            let waker = unsafe { self.raw.takers.front() }.and_then(|taker| {
                if likely(taker.is_plain()) {
                    locked.call_plain_beside(items, taker)
                } else {
                    locked.call_arm(taker)
                }
            });
            if waker.is_some() {
                if likely(items == 0) {
                    self.raw.begin_anew(); // a branch at the end of so short a ring would not be foreseen
                }
                // SAFETY: the caller's promise, and there is a free place.
                unsafe { self.push(*locked, items, place) };
                locked.unlock_and_wake(waker);
                return Ok(());
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.put_locked(locked, place, false) }
    }

    /// # Safety
    /// As `try_put_from`.
    #[inline(always)]
    unsafe fn put_locked<G: Guard<Plain = L>>(
        &self,
        locked: Locked<'_, G>,
        place: *mut Option<T>,
        patient: bool,
    ) -> Result<(), TryPutError<()>> {
        let items = locked.items();
        if !likely(locked.can_store_beside(items)) {
            // SAFETY: the caller's promise.
            return unsafe { self.put_further(locked.plain(), place, patient) };
        }
        // SAFETY: as above, and there is room.
        unsafe { self.push(*locked, items, place) };
        let called = locked.call_for_items();
        locked.unlock_and_wake(called);
        Ok(())
    }

    /// The put that does not find room as it is: a rendezvous, a ring that can grow, or a refusal.
    ///
    /// # Safety
    /// As `try_put_from`.
    #[inline(never)]
    #[cfg_attr(not(feature = "alloc"), expect(unused_variables))]
    unsafe fn put_further(
        &self,
        locked: Locked<'_, L>,
        place: *mut Option<T>,
        patient: bool,
    ) -> Result<(), TryPutError<()>> {
        if locked.is_closed() {
            return Err(TryPutError::Closed(()));
        }
        if locked.has_free_place()
            && (self.raw.putters.is_empty() || locked.can_hand_over(ptr::null()))
        {
            if let Some(waker) = locked.call_taker() {
                // SAFETY: the caller's promise, and there is a free place.
                unsafe { self.push(*locked, locked.items(), place) };
                drop(locked);
                waker.wake();
                return Ok(());
            }
        }
        #[cfg(feature = "alloc")]
        if locked.may_grow() && !(patient && self.should_grow_later()) {
            self.grow(locked);
            // SAFETY: the caller's promise.
            return unsafe { self.try_put_from(place, patient) };
        }
        Err(TryPutError::Full(()))
    }

    /// Takes without waiting.
    #[inline(always)]
    pub(crate) fn try_take(&self) -> Result<T, TryTakeError> {
        let mut place = None;
        self.try_take_to(&mut place)?;
        place.ok_or(TryTakeError::Empty)
    }

    /// Takes to an empty place without waiting.
    #[inline(always)]
    pub(crate) fn try_take_to(&self, place: &mut Option<T>) -> Result<(), TryTakeError> {
        let locked = match self.raw.lock_by_bias::<L>() {
            Some(locked) => locked.plain(),
            #[cfg(feature = "std")]
            None if self.is_halved() => return self.take_by_half(place),
            None => self.lock_unbiased(),
        };
        self.take_locked(locked, place)
    }

    /// Whether a value is carried in registers, so that it had better not be taken to a place in memory.
    const FITS_REGISTERS: bool = size_of::<T>() <= size_of::<[usize; 2]>();

    /// `try_take_to`, in the caller's code if this thread has the channel to itself. Gives the value as
    /// such if that costs no further move; else what happened is the error, and the value in the place.
    #[inline(always)]
    pub(crate) fn take_at_once(
        &self,
        place: &mut Option<T>,
    ) -> Result<T, Result<(), TryTakeError>> {
        let locked = match self.raw.lock_by_bias() {
            Some(locked) => locked,
            #[cfg(feature = "std")]
            None if self.is_halved() => return Err(self.take_by_half(place)),
            None => return Err(self.take_locked(self.lock_unbiased(), place)),
        };
        if !Self::FITS_REGISTERS {
            return Err(self.take_locked(locked, place));
        }
        if !self.can_just_take(*locked) {
            return Err(self.take_further(locked.plain(), place));
        }
        // SAFETY: there is an item.
        Ok(unsafe { self.pop(*locked) })
    }

    /// A called taker looks: its call ends, whatever it finds.
    pub(crate) fn answer_call(&self, place: &mut Option<T>) -> Result<(), TryTakeError> {
        self.answer_call_locked(self.lock(), place)
    }

    /// `answer_call`, in the caller's code if this thread has the channel to itself.
    #[inline(always)]
    pub(crate) fn answer_call_at_once(&self, place: &mut Option<T>) -> Result<(), TryTakeError> {
        with_lock!(self, locked => self.answer_call_locked(locked, place))
    }

    #[inline(always)]
    fn answer_call_locked<G: Guard<Plain = L>>(
        &self,
        locked: Locked<'_, G>,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        locked.end_call();
        self.take_locked(locked, place)
    }

    /// `try_take_to` on a rendezvous, where a take mostly finds a put parked.
    #[inline(never)]
    pub(crate) fn take_from_putter(&self, place: &mut Option<T>) -> Result<(), TryTakeError> {
        with_lock!(self, locked => self.take_from_putter_locked(locked, place))
    }

    #[inline(always)]
    fn take_from_putter_locked<G: Guard<Plain = L>>(
        &self,
        locked: Locked<'_, G>,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        if likely(locked.is_open_and_empty() && self.raw.takers.is_empty()) {
            // SAFETY: we hold the lock, for all of this function.
            let putter = unsafe { self.raw.putters.front() };
            if let Some(putter) = putter.filter(|putter| likely(putter.is_plain())) {
                // SAFETY: the value is ours to move.
                let take = |value| unsafe { move_value(value, place) };
                let waker = self.claim_plain(*locked, putter, take);
                locked.unlock_and_wake(waker);
                return Ok(());
            }
        }
        self.take_locked(locked, place)
    }

    #[inline(always)]
    fn take_locked<G: Guard<Plain = L>>(
        &self,
        locked: Locked<'_, G>,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        if !self.can_just_take(*locked) {
            return self.take_further(locked.plain(), place);
        }
        // SAFETY: there is an item.
        unsafe { self.pop_to(*locked, place) };
        Ok(())
    }

    /// Whether there is a value, and nobody to serve beside taking it. Nobody is to be called for what
    /// is left, since there was no more than have been called, or no taker waits.
    #[inline(always)]
    fn can_just_take(&self, held: Held<'_>) -> bool {
        let items = held.items();
        let serves_nobody = items > 0
            && (likely(self.raw.putters.is_empty())
                || SHORT_WAYS && !held.has_to_serve_beside(items - 1));
        likely(serves_nobody)
    }

    /// The take that has putters to serve, or finds nothing in the ring.
    #[inline(never)]
    fn take_further(
        &self,
        locked: Locked<'_, L>,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        // Elsewhere putters may wait for room that permits hold.
        if locked.items() > 0 || locked.is_rendezvous() && !self.raw.putters.is_empty() {
            return self.take_and_serve(locked, place);
        }
        Err(self.found_nothing(locked))
    }

    /// What a take is told that finds nothing.
    #[inline(always)]
    fn found_nothing(&self, locked: Locked<'_, L>) -> TryTakeError {
        // What comes next lies where a ring that is long is in the processor's cache.
        self.raw.begin_anew();
        #[cfg(feature = "alloc")]
        if !self.raw.chain.get().is_null() {
            return self.found_nothing_in_chain(locked);
        }
        locked.found_nothing()
    }

    /// Takes what there is, in the ring or with a putter, and serves those who wait for the room.
    #[inline(never)]
    fn take_and_serve(
        &self,
        locked: Locked<'_, L>,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        let mut served = None;
        if locked.items() > 0 {
            // SAFETY: there is an item.
            unsafe { self.pop_to(*locked, place) };
        } else {
            // SAFETY: the value is ours to move.
            served = self.claim_putter(*locked, |value| unsafe { move_value(value, place) });
            if served.is_none() {
                return Err(self.found_nothing(locked));
            }
        }
        let more_room = || !self.raw.putters.is_empty() && self.raw.has_room(locked.items());
        // One putter for one value is what mostly happens.
        if served.is_none() && more_room() {
            served = self.refill(*locked);
        }
        if more_room() || !self.raw.takers.is_empty() {
            self.serve_further(locked, served);
        } else {
            locked.unlock_and_wake(served);
        }
        Ok(())
    }

    /// Moves the oldest waiting value that can be claimed into the ring, which has room: gives the
    /// putter's waker, to be woken after unlocking.
    #[inline]
    fn refill(&self, held: Held<'_>) -> Option<Waker> {
        // SAFETY: there is room, and the place is filled and ours.
        self.claim_putter(held, |place| unsafe {
            self.push(held, held.items(), place)
        })
    }

    /// Moves the oldest waiting values into the room that is left (on a rendezvous, into the
    /// hand-over places of called takers who have not looked yet), and calls takers for them.
    #[inline(never)]
    fn serve_further(&self, locked: Locked<'_, L>, served: Option<Waker>) {
        let mut wakes = Wakes::new();
        if let Some(waker) = served {
            wakes.push(waker);
        }
        // Leaves places in the batch for the calls that these values need.
        for _ in 0..Wakes::ROOM / 2 - 1 {
            if !self.raw.has_room(locked.items()) {
                break;
            }
            let Some(putter) = self.refill(*locked) else {
                break;
            };
            wakes.push(putter);
        }
        locked.announce(&mut wakes);
        drop(locked);
        wakes.wake();
    }

    /// Completes the oldest waiting put that can be claimed: its value is moved out of its filled
    /// place by `take`. Whoever reserves comes in its turn and gets its permit. Gives the waker to be
    /// woken after unlocking.
    #[inline(always)]
    fn claim_putter(&self, held: Held<'_>, take: impl FnOnce(*mut Option<T>)) -> Option<Waker> {
        if held.is_closed() {
            // They have failed, even those whom the close has not come to yet.
            return None;
        }
        if SHORT_WAYS {
            // SAFETY: we hold the lock, for all of this function.
            let node = unsafe { held.raw.putters.front() }?;
            if likely(node.is_plain()) {
                return self.claim_plain(held, node, take);
            }
        }
        self.claim_any(held, take)
    }

    #[inline(always)]
    fn claim_plain(
        &self,
        held: Held<'_>,
        node: &Node,
        take: impl FnOnce(*mut Option<T>),
    ) -> Option<Waker> {
        // SAFETY: we hold the lock and the node is the first one here.
        unsafe { held.raw.putters.unlink_front(node) };
        let waker = node.waker.take();
        debug_assert!(waker.is_some(), "a waiter has a waker");
        // SAFETY: the node is a putter's, claimed by us.
        unsafe { take_from(node, take) };
        node.set_state(WaitState::Done);
        waker
    }

    #[cfg_attr(feature = "std", inline(never))]
    #[cfg_attr(not(feature = "std"), inline(always))] // there it is all that there is
    fn claim_any(&self, held: Held<'_>, take: impl FnOnce(*mut Option<T>)) -> Option<Waker> {
        // SAFETY: we hold the lock, for all of this function.
        while let Some(node) = unsafe { held.raw.putters.front() } {
            if node.is_plain() {
                return self.claim_plain(held, node, take);
            }
            // SAFETY: we hold the lock and the node is linked here.
            unsafe { held.raw.putters.unlink(node) };
            if node.reserves() {
                return held.grant(node);
            }
            // SAFETY: the select withdraws this node, under our lock, before its header goes.
            let claimed = unsafe { (*node.header()).begin_put(node) };
            if claimed.is_some() {
                // SAFETY: the node is a putter's, claimed by us.
                unsafe { take_from(node, take) };
                let (header, arm) = (node.header(), node.arm_index());
                node.set_state(WaitState::Idle);
                // SAFETY: a select whose state says `Moving` waits for our lock before it goes.
                unsafe { (*header).finish_put(arm) };
                return claimed;
            }
            node.set_state(WaitState::Idle);
        }
        None
    }

    /// Drops the stored values, one at a time, none under the lock.
    pub(crate) fn drain(&self) {
        /// Goes on with the others when a destructor panics.
        struct Rest<'a, T, L: Threads>(&'a Core<T, L>);
        impl<T, L: Threads> Drop for Rest<'_, T, L> {
            fn drop(&mut self) {
                while self.0.try_take().is_ok() {}
            }
        }
        let rest = Rest(self);
        while rest.0.try_take().is_ok() {}
    }
}
