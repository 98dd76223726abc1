//! Put or take, or get in line.

use super::Core;
use crate::chan::held::Locked;
use crate::chan::threads::{Guard, Threads};
use crate::error::{TryPutError, TryTakeError};
use crate::hint::SHORT_WAYS;
use crate::wait::{Header, Node, Side};
use core::ptr;

impl<T, L: Threads> Core<T, L> {
    /// Takes to an empty place, or links the taker. A taker that had been called goes to the front.
    #[inline]
    pub(crate) fn take_or_park(
        &self,
        node: &Node,
        first: bool,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        self.take_or_link(node, ptr::null(), first, place)
    }

    /// The same for an arm of a set that is awake.
    #[cfg(feature = "alloc")]
    #[inline(never)]
    pub(crate) fn take_or_get_in_line(
        &self,
        node: &Node,
        first: bool,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        self.take_or_link(node, node.header(), first, place)
    }

    #[inline(always)]
    fn take_or_link(
        &self,
        node: &Node,
        header: *const Header,
        first: bool,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        with_lock!(self, locked => self.take_or_link_locked(locked, node, header, first, place))
    }

    #[inline(always)]
    fn take_or_link_locked<'a, G: Guard<Plain = L>>(
        &'a self,
        locked: Locked<'a, G>,
        node: &Node,
        header: *const Header,
        first: bool,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        if SHORT_WAYS && locked.is_quiet(Side::Take) {
            // SAFETY: a future's or an arm's node, withdrawn before it is dropped.
            unsafe { locked.link(Side::Take, node, first) };
            return Err(TryTakeError::Empty);
        }
        self.take_or_link_further(locked.plain(), node, header, first, place)
    }

    #[cfg_attr(feature = "std", inline(never))]
    #[cfg_attr(not(feature = "std"), inline(always))] // there it is all that there is
    fn take_or_link_further<'a>(
        &'a self,
        mut locked: Locked<'a, L>,
        node: &Node,
        header: *const Header,
        first: bool,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        while locked.is_ready(Side::Take, header) {
            // `Empty` here: what looked claimable was a select that has just gone elsewhere.
            match self.take_locked(locked, place) {
                Err(TryTakeError::Empty) => locked = self.lock(),
                found => return found,
            }
        }
        // SAFETY: as in `take_or_link_locked`.
        unsafe { locked.link(Side::Take, node, first) };
        Err(TryTakeError::Empty)
    }

    /// A called taker looks once more: its call ends, and it gets in line again, before all others, if
    /// there is nothing.
    #[inline]
    pub(crate) fn answer_call_or_park(
        &self,
        node: &Node,
        place: &mut Option<T>,
    ) -> Result<(), TryTakeError> {
        let locked = self.lock();
        locked.end_call();
        self.take_or_link_locked(locked, node, ptr::null(), true, place)
    }

    /// Puts the value from the node's place, or links the putter.
    ///
    /// # Safety
    /// `place` is the node's place, filled, and nobody else's until the node is linked.
    #[inline]
    pub(crate) unsafe fn put_or_park(
        &self,
        node: &Node,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        // SAFETY: the caller's promise.
        unsafe { self.put_or_link(node, ptr::null(), place) }
    }

    /// The same for an arm of a set that is awake.
    ///
    /// # Safety
    /// As `put_or_park`.
    #[cfg(feature = "alloc")]
    #[inline(never)]
    pub(crate) unsafe fn put_or_get_in_line(
        &self,
        node: &Node,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        // SAFETY: the caller's promise.
        unsafe { self.put_or_link(node, node.header(), place) }
    }

    /// # Safety
    /// As `put_or_park`.
    #[inline(always)]
    unsafe fn put_or_link(
        &self,
        node: &Node,
        header: *const Header,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        // SAFETY: the caller's promise.
        with_lock!(self, locked => unsafe { self.put_or_link_locked(locked, node, header, place) })
    }

    /// # Safety
    /// As `put_or_park`.
    #[inline(always)]
    unsafe fn put_or_link_locked<'a, G: Guard<Plain = L>>(
        &'a self,
        locked: Locked<'a, G>,
        node: &Node,
        header: *const Header,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        if SHORT_WAYS && locked.is_quiet(Side::Put) {
            // SAFETY: a future's or an arm's node, withdrawn before it is dropped.
            unsafe { locked.link(Side::Put, node, false) };
            return Err(TryPutError::Full(()));
        }
        // SAFETY: the caller's promise.
        unsafe { self.put_or_link_further(locked.plain(), node, header, place) }
    }

    /// # Safety
    /// As `put_or_park`.
    #[cfg_attr(feature = "std", inline(never))]
    #[cfg_attr(not(feature = "std"), inline(always))]
    unsafe fn put_or_link_further<'a>(
        &'a self,
        mut locked: Locked<'a, L>,
        node: &Node,
        header: *const Header,
        place: *mut Option<T>,
    ) -> Result<(), TryPutError<()>> {
        while locked.is_ready(Side::Put, header) {
            // SAFETY: the caller's promise.
            match unsafe { self.put_locked(locked, place, false) } {
                Err(TryPutError::Full(())) => locked = self.lock(),
                done => return done,
            }
        }
        // SAFETY: as in `put_or_link`.
        unsafe { locked.link(Side::Put, node, false) };
        if !self.raw.takers.is_empty() {
            // A rendezvous without a free place for the taker that is parked.
            locked.announce_and_unlock();
        }
        Err(TryPutError::Full(()))
    }
}
