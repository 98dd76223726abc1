//! The arms of a set, which stay in line from one round to the next: how the set looks at those that
//! may be ready, falls asleep, and learns which to look at next time.
//!
//! # An arm's life
//! ```text
//!               nothing there: linked, under the channel's lock
//!        ┌──────────────────────────────────────────────────────▶ in line
//!        │                                                           │  a partner, under that lock:
//!   to be looked at ◀───────────── gathered ──────────────────── noted, called or completed
//!     ▲  │
//!     │  └──▶ resting: no value to put, a future that has resolved
//!     └────────── added, or given another value
//! ```
//! A round looks at the arms that are to be looked at, one lock each, until one commits. Whoever has
//! nothing gets in line at once, under the same lock, so that each look is paid for by what made it
//! necessary: a partner, a commit, a new value. An arm that committed is looked at again in the next
//! round. So a round costs what has happened since the last one, however many arms are in line.
//!
//! When no arm is left to be looked at, all are in line (or rest), and the set falls asleep by one
//! compare-exchange, which fails if a partner has noted one in the meantime.
//!
//! # Why nothing is missed
//! Whatever makes a channel ready for a linked arm goes through its queue, under its lock: a value or
//! a close calls takers, room or a taker claims putters, a waiter that arrives looks for a partner
//! before it links itself. Each of these either passes the arm because somebody before it is served,
//! or meets it. Met while the set waits, the arm is claimed. Met while the set is awake, it is
//! unlinked and noted (`wait/claim.rs`), and the partner goes on to the next waiter as though the arm
//! were not there: it counts as nobody's taker, and its put is not in anybody's way. So the
//! invariants of `chan.rs` hold of linked arms, whether their set waits or not, and an arm that is in
//! line is not ready, but for values that are promised to takers called before it.
//!
//! Two sets that face each other, both awake, note each other until one of them is asleep when the
//! other looks. That is a matter of some tens of nanoseconds; after `TRIES` times a set lets others
//! run first.
//!
//! A set does not note its own arms while it looks: for the look on the other side of the same
//! channel they are not there (`Held::first_claimable`).

use super::arm::{Arm, Try, Turn};
use super::engine::{ArmNode, end_call};
use super::random;
use crate::wait::{Aliased, Header, Left, Noted, Side};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::pin::Pin;
use core::task::{Context, Poll};

/// How often a poll looks again because an arm was noted while the set was about to fall asleep.
const TRIES: usize = if cfg!(csp_loom) { 2 } else { 8 };

/// All arms of a set, and where each of them stands.
pub(super) struct Rounds<'a> {
    /// On the heap, because a wait that is forgotten leaves it known to partners, and the set moves.
    header: Pin<Box<Aliased<Header>>>,
    places: Vec<Place<'a>>,
    /// How many places have an arm.
    arms: usize,
    /// The first of the places without one.
    free: Option<usize>,
    /// The arms to be looked at; some may turn out to rest, or to have been removed. In a biased set
    /// the first arm is the last of these when it looks.
    todo: Vec<usize>,
    /// Arms that are to be looked at in each poll, since they are no waiters of a channel.
    polled: Vec<usize>,
    /// How many arms are in line.
    in_line: usize,
    /// The set fell asleep, and has not gathered since what partners have left.
    asleep: bool,
    /// The call that woke it.
    baton: Option<Baton>,
    /// The arm that is being looked at: still there if that has panicked.
    looking: Option<usize>,
    pub(super) biased: bool,
}

/// An arm, pinned on the heap.
struct Place<'a> {
    /// Which arm it is, or was, of all that have ever been added.
    serial: u64,
    arm: Option<Pin<Box<dyn AnyArm + Send + 'a>>>,
    /// Without an arm: the next place without one.
    next_free: Option<usize>,
    stand: Stand,
}

/// Where an arm stands, as far as the set knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stand {
    Resting,
    /// In `todo` or `polled`; once. Not linked and not noted.
    Due,
    /// Linked; or noted, and not gathered yet.
    InLine,
}

/// A call of an arm that the set has neither used nor passed on.
struct Baton {
    arm: usize,
    /// The call does not count any more.
    ended: bool,
}

/// An arm with the place for what it gives.
pub(super) struct Slot<A: Arm> {
    pub(super) arm: A,
    pub(super) output: Option<A::Output>,
    /// A future that has resolved, and must not be polled again.
    resolved: bool,
    node: Aliased<Option<ArmNode>>,
}

/// A [`Slot`] whose type is forgotten.
pub(super) trait AnyArm {
    /// The arm is not in line.
    fn look(self: Pin<&mut Self>, cx: &mut Context<'_>, turn: Turn) -> Look;
    fn finish(self: Pin<&mut Self>);
    fn node(&self) -> Option<&ArmNode>;
}

/// What came of looking at an arm.
pub(super) enum Look {
    Committed,
    /// It got in line.
    Linked,
    /// It cannot get in line, and is to be looked at again in each poll.
    Polled,
    Rests,
}

impl<'a> Rounds<'a> {
    pub(super) fn new() -> Self {
        Rounds {
            header: Box::pin(Aliased::new(Header::staying())),
            places: Vec::new(),
            arms: 0,
            free: None,
            todo: Vec::new(),
            polled: Vec::new(),
            in_line: 0,
            asleep: false,
            baton: None,
            looking: None,
            biased: false,
        }
    }

    fn header(&self) -> &Header {
        // SAFETY: a shared reference may alias: all that changes in it is atomic or a cell.
        unsafe { &*self.header.get() }
    }

    pub(super) fn len(&self) -> usize {
        self.arms
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// Whether no arm can ever fire, as far as is known without a look.
    pub(super) fn has_nothing(&self) -> bool {
        self.in_line == 0 && self.todo.is_empty() && self.polled.is_empty()
    }

    /// Adds an arm; says where.
    pub(super) fn add<A>(&mut self, arm: A, serial: u64) -> usize
    where
        A: Arm + Send + 'a,
        A::Output: Send + 'a,
    {
        let index = self.free.unwrap_or(self.places.len());
        let slot = Slot::pinned(arm, self.header.get(), index);
        if index == self.places.len() {
            self.places.push(Place {
                serial,
                arm: None,
                next_free: None,
                stand: Stand::Resting,
            });
        }
        // So that a round never allocates.
        self.todo.reserve(self.places.len() - self.todo.len());
        if slot.node().is_none() {
            self.polled.reserve(self.places.len() - self.polled.len());
        }
        let place = &mut self.places[index];
        self.free = place.next_free.take();
        place.serial = serial;
        place.arm = Some(slot);
        self.arms += 1;
        self.make_due(index);
        index
    }

    /// The arm that was added as that, and not removed since.
    pub(super) fn arm(
        &mut self,
        index: usize,
        serial: u64,
    ) -> Option<Pin<&mut (dyn AnyArm + Send + 'a)>> {
        let place = self.places.get_mut(index)?;
        if place.serial != serial {
            return None;
        }
        Some(place.arm.as_mut()?.as_mut())
    }

    /// Takes an arm out, for the caller to drop.
    pub(super) fn remove(&mut self, index: usize) -> impl Sized + use<'a> {
        self.withdraw(index);
        self.arms -= 1;
        let place = &mut self.places[index];
        place.next_free = self.free.replace(index);
        place.arm.take()
    }

    /// Makes sure that the arm is neither linked nor noted, and that no partner touches it.
    pub(super) fn withdraw(&mut self, index: usize) {
        let Some(node) = self.node(index) else {
            return;
        };
        let linked = node.channel().lock().unlink_arm(node.side(), node.node());
        if !linked {
            self.gather();
        } else if self.places[index].stand == Stand::InLine {
            self.places[index].stand = Stand::Resting;
            self.in_line -= 1;
        }
    }

    /// Has the arm, which is not in line, looked at in the next round.
    pub(super) fn make_due(&mut self, index: usize) {
        debug_assert_ne!(self.places[index].stand, Stand::InLine);
        if self.places[index].stand == Stand::Resting {
            self.places[index].stand = Stand::Due;
            self.todo.push(index);
        }
    }

    /// Ends a round, however it ended: the set is awake, and owes nobody anything. Says which put
    /// had been completed, if one had: that happened, and is to be finished.
    pub(super) fn settle(&mut self) -> Option<usize> {
        let done = self.gather();
        if let Some(index) = self.looking.take() {
            // It is among those to be looked at, wherever the panic left it.
            self.withdraw(index);
        }
        self.pass_call_on();
        done
    }

    /// One round: commits to an arm, or gets all of them in line and sleeps. `None`: no arm can ever
    /// fire.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        self.todo.append(&mut self.polled);
        for _ in 0..TRIES {
            if let Some(index) = self.gather() {
                self.finish(index);
                return Poll::Ready(Some(index));
            }
            if let Some(index) = self.look(cx) {
                self.pass_call_on();
                return Poll::Ready(Some(index));
            }
            if self.in_line == 0 && self.polled.is_empty() {
                return Poll::Ready(None);
            }
            self.header().set_waker(cx.waker());
            if self.header().fall_asleep() {
                self.asleep = true;
                return Poll::Pending;
            }
        }
        // Somebody else who looks as well notes our arms as fast as we get them in line.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// One round that does not wait. `None`: at one instant no arm was ready.
    pub(super) fn poll_now(&mut self, cx: &mut Context<'_>) -> Option<usize> {
        self.todo.append(&mut self.polled);
        let mut sought = false;
        loop {
            let committed = self.look(cx);
            if committed.is_some() {
                return committed;
            }
            // When there is no note, all arms that can be are in line: that is the instant.
            if self.header().is_clear() {
                if sought {
                    return None;
                }
                self.seek_promised();
                sought = true;
            }
            self.gather();
        }
    }

    /// Looks at the arms that are to be looked at, in their order or at random, until one commits.
    /// All others get in line.
    fn look(&mut self, cx: &mut Context<'_>) -> Option<usize> {
        if self.biased {
            self.todo.sort_unstable_by(|a, b| b.cmp(a));
            self.end_call_unless_first();
        }
        while let Some(last) = self.todo.len().checked_sub(1) {
            let at = match &self.baton {
                _ if self.biased => last,
                Some(baton) => self
                    .todo
                    .iter()
                    .rposition(|&index| index == baton.arm)
                    .unwrap_or(last),
                None => random::below(last + 1),
            };
            let index = self.todo[at];
            match self.look_at(index, cx) {
                // To be looked at again in the next round.
                Look::Committed => return Some(index),
                Look::Linked => {
                    self.places[index].stand = Stand::InLine;
                    self.in_line += 1;
                }
                Look::Polled => self.polled.push(index),
                Look::Rests => self.places[index].stand = Stand::Resting,
            }
            self.todo.swap_remove(at);
        }
        None
    }

    fn look_at(&mut self, index: usize, cx: &mut Context<'_>) -> Look {
        let turn = match self.baton.take_if(|baton| baton.arm == index) {
            Some(Baton { ended: false, .. }) => Turn::Called,
            Some(Baton { ended: true, .. }) => Turn::CalledBefore,
            None => Turn::New,
        };
        let Some(arm) = &mut self.places[index].arm else {
            return Look::Rests;
        };
        self.looking = Some(index);
        let look = arm.as_mut().look(cx, turn);
        self.looking = None;
        look
    }

    /// In a biased set other arms may have their turn before the one that was called, and a put among
    /// them must not be given the room that this call makes: nobody would take its value.
    fn end_call_unless_first(&mut self) {
        if let Some(Baton { arm, ended: false }) = self.baton {
            if self.todo.last() != Some(&arm) {
                let node = self.node(arm);
                if let Some(node) = node.filter(|node| node.side() == Side::Take) {
                    node.channel().lock().end_call();
                    self.baton = Some(Baton { arm, ended: true });
                }
            }
        }
    }

    /// Passes on the call that woke the set, if it has not been used.
    #[inline]
    fn pass_call_on(&mut self) {
        if let Some(Baton { arm, ended }) = self.baton.take() {
            match self.node(arm) {
                Some(node) if ended => node.channel().lock().announce_and_unlock(),
                Some(node) => end_call(node),
                None => {}
            }
        }
    }

    /// Wakes the set, and has all arms that partners have met looked at. Says which put they
    /// completed, if they did: it is to be finished.
    #[inline]
    fn gather(&mut self) -> Option<usize> {
        if self.header().is_clear() {
            // It is awake, and nobody has met any.
            return None;
        }
        self.gather_met()
    }

    #[inline(never)]
    fn gather_met(&mut self) -> Option<usize> {
        let left = loop {
            match self.header().take_left() {
                // Its partner holds the lock of that arm's channel until it is done.
                Left::Moving(noted) => {
                    let mut noted = noted;
                    while let Some(node) = noted.first().and_then(|index| self.node(index)) {
                        noted = node.node().noted_before();
                        if noted == Noted::NONE {
                            drop(node.channel().lock());
                        }
                    }
                }
                left => break left,
            }
        };
        self.asleep = false;
        let (Left::Notes(noted) | Left::Call(noted) | Left::Put(noted) | Left::Moving(noted)) =
            left;
        let (mut noted, mut last) = (noted, None);
        while let Some(index) = noted.first() {
            let Some(node) = self.node(index) else {
                unreachable!("only what can be linked is noted");
            };
            noted = node.node().noted_before();
            let place = &mut self.places[index];
            if place.stand == Stand::InLine {
                place.stand = Stand::Due;
                self.todo.push(index);
                self.in_line -= 1;
            }
            last = Some(index);
        }
        match left {
            Left::Call(_) => {
                self.baton = last.map(|arm| Baton { arm, ended: false });
                None
            }
            Left::Put(_) => last,
            _ => None,
        }
    }

    /// Gives the arm its output, whose put a partner has completed.
    pub(super) fn finish(&mut self, index: usize) {
        if let Some(arm) = &mut self.places[index].arm {
            arm.as_mut().finish();
        }
    }

    /// Values that are promised to takers who have not looked yet can be taken by whoever does look:
    /// has those arms looked at that stand in line behind such takers.
    fn seek_promised(&mut self) {
        for index in 0..self.places.len() {
            if self.places[index].stand == Stand::InLine {
                let node = self.node(index);
                if node.is_some_and(|node| node.channel().seems_ready(node.side())) {
                    self.withdraw(index);
                    self.make_due(index);
                }
            }
        }
    }

    fn node(&self, index: usize) -> Option<&ArmNode> {
        self.places[index].arm.as_ref()?.node()
    }
}

/// Takes all arms out of their lines.
impl Drop for Rounds<'_> {
    fn drop(&mut self) {
        self.gather();
        for place in &self.places {
            if let Some(node) = place.arm.as_ref().and_then(|arm| arm.node()) {
                // Also of those that are not linked: a partner may be about to leave them.
                node.channel().lock().unlink_arm(node.side(), node.node());
            }
        }
        // Last, since it wakes others.
        self.pass_call_on();
    }
}

impl<A: Arm> Slot<A> {
    fn pinned(arm: A, header: *const Header, index: usize) -> Pin<Box<Self>> {
        let mut slot = Box::pin(Slot {
            arm,
            output: None,
            resolved: false,
            node: Aliased::new(None),
        });
        let node = slot.as_mut().arm().node(header, index);
        // SAFETY: nobody else knows the place yet.
        unsafe { *slot.node.get() = node };
        slot
    }

    fn arm(self: Pin<&mut Self>) -> Pin<&mut A> {
        // SAFETY: the arm is pinned when its slot is.
        unsafe { self.map_unchecked_mut(|slot| &mut slot.arm) }
    }

    fn commit(self: Pin<&mut Self>, output: A::Output) {
        // SAFETY: outputs are not pinned.
        let slot = unsafe { self.get_unchecked_mut() };
        slot.resolved = A::ONCE;
        slot.output = Some(output);
    }
}

impl<A: Arm> AnyArm for Slot<A> {
    fn look(mut self: Pin<&mut Self>, cx: &mut Context<'_>, turn: Turn) -> Look {
        if self.resolved || !self.arm.can_fire() {
            return Look::Rests;
        }
        // SAFETY: written before anybody knew the place; a shared reference may alias.
        let node = unsafe { (*self.node.get()).as_ref() };
        let (output, otherwise) = match node {
            Some(node) => {
                let output = self.as_mut().arm().attempt_or_link(node.node(), turn);
                #[cfg(feature = "std")]
                if output.is_none() {
                    node.channel().keep_whole();
                }
                (output, Look::Linked)
            }
            None => (self.as_mut().arm().attempt(Try::Alone, cx), Look::Polled),
        };
        let Some(output) = output else {
            return otherwise;
        };
        self.commit(output);
        Look::Committed
    }

    fn finish(mut self: Pin<&mut Self>) {
        if let Some(output) = self.as_mut().arm().finish() {
            self.commit(output);
        }
    }

    fn node(&self) -> Option<&ArmNode> {
        // SAFETY: as in `look`.
        unsafe { (*self.node.get()).as_ref() }
    }
}
