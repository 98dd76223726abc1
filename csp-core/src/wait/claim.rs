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

use crate::sync::{AtomicUsize, Ordering, exchange};
use core::cell::Cell;
use core::fmt;
use core::task::Waker;

/// What a select knows of itself while it sleeps.
pub struct Header {
    state: AtomicUsize,
    /// Written by the select while `Awake`, taken by the partner who claimed it.
    waker: Cell<Option<Waker>>,
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

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Header").field(&self.seen()).finish()
    }
}

const TAG_BITS: u32 = 3;
const AWAKE: usize = 0;
const WAITING: usize = 1;
const MOVING: usize = 2;
const CALLED: usize = 3;
const PUT_DONE: usize = 4;

const fn with_arm(tag: usize, arm: usize) -> usize {
    tag | arm << TAG_BITS
}

impl Header {
    #[inline]
    pub(crate) fn new() -> Self {
        Header {
            state: AtomicUsize::new(AWAKE),
            waker: Cell::new(None),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        let state = self.state.load(Ordering::Acquire);
        let arm = state >> TAG_BITS;
        match state & ((1 << TAG_BITS) - 1) {
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

    fn claim(&self, to: usize) -> bool {
        exchange(&self.state, WAITING, to)
    }

    /// A partner calls arm i. The caller holds its channel's lock. The waker it gets back is to be
    /// woken after unlocking.
    pub(crate) fn call(&self, arm: usize) -> Option<Waker> {
        if self.claim(with_arm(CALLED, arm)) {
            self.waker.take()
        } else {
            None
        }
    }

    /// A partner is about to complete put arm i. The caller holds its channel's lock and, on
    /// success, moves the value and then calls `finish_put`.
    pub(crate) fn begin_put(&self, arm: usize) -> Option<Waker> {
        if self.claim(with_arm(MOVING, arm)) {
            self.waker.take()
        } else {
            None
        }
    }

    /// The last touch of the partner that completed put arm i.
    pub(crate) fn finish_put(&self, arm: usize) {
        self.state.store(with_arm(PUT_DONE, arm), Ordering::Release);
    }

    /// The select claims itself: nobody else can, from here on.
    pub(crate) fn wake_self(&self) -> bool {
        self.claim(AWAKE)
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
