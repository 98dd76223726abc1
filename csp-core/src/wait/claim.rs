//! Who won: the one header that all arms of a select share.
//!
//! ```text
//!            park                     a partner, holding the lock of arm i's channel
//!   Awake ─────────▶ Waiting ──┬──▶ Called(i)                    look again, from arm i
//!     ▲                │       └──▶ Moving(i) ──▶ PutDone(i)     arm i's value is taken
//!     └────────────────┘
//!        its own poll or drop
//! ```
//!
//! A select leaves `Waiting` by one compare-exchange only, made either by one partner or by the
//! select itself. That is what makes exactly one arm commit. It suffices because the side that
//! looks has published nothing yet, so that only the sleeper has to be claimed, and because only
//! put arms are completed from outside, which cannot fail after the claim.
//!
//! A partner that has claimed a call holds the lock of arm i's channel for as long as it touches
//! the header, and the select takes that lock before it goes on. A completed put needs no further
//! lock: the store of `PutDone` is the partner's last touch.
//!
//! # Selects that stay in line
//! A set (`select/set.rs`) leaves its arms linked while it is awake. A partner that meets such an
//! arm in any state but `Waiting` unlinks it and *notes* it: pushes it onto a list that begins in
//! the header's word, beside the state, and goes on from each node to the one that was noted before
//! it. Since state and list are one word, a set falls asleep by a compare-exchange from `Awake`
//! with an empty list: a note is either seen before, or finds the set waiting, and claims it. A
//! claimed arm is the first of a new list; what is noted after it comes before it. So the list's
//! end is the claimed arm, and the set takes all of it by one exchange. A select that takes its
//! arms back when it wakes (`select/engine.rs`) needs no notes: its arms are just unlinked.

use super::Node;
use crate::sync::{AtomicUsize, Ordering, exchange};
use core::cell::Cell;
use core::fmt;
use core::task::Waker;

/// What a select knows of itself while it sleeps. All in cells, as a [`Node`] is, and a word for one bit
/// so that there is no padding.
pub struct Header {
    /// A tag, and above it a link: one more than the claimed arm, or than the one noted last.
    state: AtomicUsize,
    /// Written by the select while `Awake`, taken by the partner who claimed it.
    waker: Cell<Option<Waker>>,
    /// Whether the arms stay linked while the select is awake, so that partners note them.
    #[cfg(feature = "alloc")]
    stays: Cell<usize>,
}

/// A header's state, as the select reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Seen {
    /// The select is about and looks by itself: not to be claimed.
    Awake,
    /// All arms are linked; the first partner may claim it.
    Waiting,
    /// A partner is taking arm i's value out, under the lock of its channel.
    Moving(usize),
    /// Arm i may be ready: a call of its channel (if it takes) is the select's.
    Called(usize),
    /// Arm i's put is complete.
    PutDone(usize),
}

/// What partners have left in the header of a set, and taken out of it.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// They noted these arms while the set was awake.
    Notes(Noted),
    /// They called the last of these, and noted the others since.
    Call(Noted),
    /// They completed the last of these, and noted the others since.
    Put(Noted),
    /// One of them is completing the last of these, under the lock of its channel. Not taken out.
    Moving(Noted),
}

/// A list of arms, the one that was noted last first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Noted(usize);

impl Noted {
    pub(crate) const NONE: Noted = Noted(0);

    #[cfg(feature = "alloc")]
    pub(super) fn from_link(link: usize) -> Self {
        Noted(link)
    }

    pub(super) fn link(self) -> usize {
        self.0
    }

    /// The first of these arms; `Node::noted_before` has the others.
    #[cfg(feature = "alloc")]
    pub(crate) fn first(self) -> Option<usize> {
        self.0.checked_sub(1)
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.seen()).finish()
    }
}

#[cfg(not(any(csp_loom, csp_shuttle)))]
const _: () = {
    let words = if cfg!(feature = "alloc") { 4 } else { 3 };
    assert!(
        size_of::<Header>() == words * size_of::<usize>(),
        "no padding"
    );
};

const TAG_BITS: u32 = 3;
const AWAKE: usize = 0;
const WAITING: usize = 1;
const MOVING: usize = 2;
const CALLED: usize = 3;
const PUT_DONE: usize = 4;

const fn with_arm(tag: usize, arm: usize) -> usize {
    tag | (arm + 1) << TAG_BITS
}

const fn tag(state: usize) -> usize {
    state & ((1 << TAG_BITS) - 1)
}

const fn link(state: usize) -> usize {
    state >> TAG_BITS
}

impl Header {
    /// Of a select that takes its arms back when it wakes.
    #[inline]
    pub(crate) fn new() -> Self {
        Header {
            state: AtomicUsize::new(AWAKE),
            waker: Cell::new(None),
            #[cfg(feature = "alloc")]
            stays: Cell::new(0),
        }
    }

    /// Of a set, whose arms stay linked while it is awake.
    #[cfg(feature = "alloc")]
    pub(crate) fn staying() -> Self {
        Header {
            stays: Cell::new(1),
            ..Header::new()
        }
    }

    #[inline(always)]
    fn stays(&self) -> bool {
        #[cfg(feature = "alloc")]
        return self.stays.get() != 0;
        // There are no sets.
        #[cfg(not(feature = "alloc"))]
        return false;
    }

    pub(crate) fn seen(&self) -> Seen {
        let state = self.state.load(Ordering::Acquire);
        let arm = link(state).wrapping_sub(1);
        match tag(state) {
            WAITING => Seen::Waiting,
            MOVING => Seen::Moving(arm),
            CALLED => Seen::Called(arm),
            PUT_DONE => Seen::PutDone(arm),
            _ => Seen::Awake,
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.state.load(Ordering::Acquire) == WAITING
    }

    /// Claims the select for a node that the caller has just unlinked and whose channel's lock it
    /// holds; if it cannot be claimed, the node is noted. Gives the waker.
    #[inline]
    fn claim(&self, tag: usize, node: &Node) -> Option<Waker> {
        // What is claimed is the end of its list.
        node.set_noted_before(Noted::NONE);
        if exchange(&self.state, WAITING, with_arm(tag, node.arm_index())) {
            return self.waker.take();
        }
        if self.stays() {
            self.note_or_claim(tag, node)
        } else {
            None
        }
    }

    #[cold]
    fn note_or_claim(&self, tag: usize, node: &Node) -> Option<Waker> {
        while !self.note(node) {
            if exchange(&self.state, WAITING, with_arm(tag, node.arm_index())) {
                return self.waker.take();
            }
        }
        None
    }

    /// A partner passes over an arm, which it has just unlinked, because the select did not wait;
    /// `false` if it does by now. The caller holds the channel's lock.
    #[inline]
    pub(crate) fn pass_over(&self, node: &Node) -> bool {
        !self.stays() || self.note(node)
    }

    /// Notes an arm of a set, unless that waits by now.
    #[cold]
    fn note(&self, node: &Node) -> bool {
        loop {
            let state = self.state.load(Ordering::Acquire);
            if state == WAITING {
                // As in `claim`.
                node.set_noted_before(Noted::NONE);
                return false;
            }
            node.set_noted_before(Noted(link(state)));
            if exchange(&self.state, state, with_arm(tag(state), node.arm_index())) {
                return true;
            }
        }
    }

    /// A partner calls an arm, the first of its queue until a moment ago. The caller holds its
    /// channel's lock. The waker it gets back is to be woken after unlocking.
    pub(crate) fn call(&self, node: &Node) -> Option<Waker> {
        self.claim(CALLED, node)
    }

    /// A partner is about to complete a put arm, the first of its queue until a moment ago. The
    /// caller holds its channel's lock and, on success, moves the value and then calls
    /// `finish_put`.
    pub(crate) fn begin_put(&self, node: &Node) -> Option<Waker> {
        self.claim(MOVING, node)
    }

    /// The last touch of the partner that completed put arm i.
    #[inline]
    pub(crate) fn finish_put(&self, arm: usize) {
        if self.stays() {
            self.finish_put_of_set();
        } else {
            self.state.store(with_arm(PUT_DONE, arm), Ordering::Release);
        }
    }

    #[cold]
    fn finish_put_of_set(&self) {
        loop {
            // Others may have noted arms since.
            let state = self.state.load(Ordering::Relaxed);
            if exchange(&self.state, state, state - MOVING + PUT_DONE) {
                return;
            }
        }
    }

    /// The select claims itself: nobody else can, from here on.
    pub(crate) fn wake_self(&self) -> bool {
        exchange(&self.state, WAITING, AWAKE)
    }

    /// The call has been answered, or ended; the select is about again.
    pub(crate) fn set_awake(&self) {
        self.state.store(AWAKE, Ordering::Release);
    }

    /// All arms are linked: the select may be claimed. The caller holds the locks of all its
    /// channels.
    pub(crate) fn set_waiting(&self) {
        self.state.store(WAITING, Ordering::Release);
    }

    /// A set whose arms are all linked falls asleep, unless one has been noted.
    #[cfg(feature = "alloc")]
    pub(crate) fn fall_asleep(&self) -> bool {
        exchange(&self.state, AWAKE, WAITING)
    }

    /// Whether partners have left nothing since the set woke.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_clear(&self) -> bool {
        self.state.load(Ordering::Acquire) == AWAKE
    }

    /// Wakes a set, so that nobody can claim it from here on, and takes out what partners have
    /// left.
    #[cfg(feature = "alloc")]
    pub(crate) fn take_left(&self) -> Left {
        loop {
            let state = self.state.load(Ordering::Acquire);
            let noted = Noted(link(state));
            if tag(state) == MOVING {
                return Left::Moving(noted);
            }
            if exchange(&self.state, state, AWAKE) {
                return match tag(state) {
                    CALLED => Left::Call(noted),
                    PUT_DONE => Left::Put(noted),
                    _ => Left::Notes(noted),
                };
            }
        }
    }

    /// Keeps a waker that wakes the same task, else takes the new one and gives the old one back,
    /// to be dropped where no lock is held. Only while `Awake`.
    pub(crate) fn set_waker(&self, waker: &Waker) {
        let kept = match self.waker.take() {
            Some(old) if old.will_wake(waker) => old,
            old => {
                drop(old);
                waker.clone()
            }
        };
        self.waker.set(Some(kept));
    }
}
