//! The life of a waiter.
//!
//! A put or take that cannot go on parks: it writes a [`Node`] into its own pinned future and links
//! it into one of its channel's queues. Nothing is allocated, and leaving is O(1) however many
//! wait. A plain waiter's node goes through these states; an arm of a select is only ever `Idle`
//! or `Linked`, because what became of it stands in the select's [`Header`]. An arm that was
//! unlinked by a partner may be on the header's list of noted arms, which its node then is a link
//! of.
//!
//! ```text
//!          link                 a partner, under the channel's lock
//!   Idle ────────▶ Linked ──┬──▶ Called   a taker: look again, a call of the channel is yours
//!     ▲              │      ├──▶ Done     a putter: the value is taken, nothing is owed
//!     │   withdraw   │      └──▶ Closed   a putter: the value is still with you
//!     └──────────────┘
//! ```
//!
//! | state | linked | who may touch the node | what a drop owes |
//! |---|---|---|---|
//! | `Idle` | no | its owner | nothing |
//! | `Linked` | yes | whoever holds the channel's lock | unlink, under the lock |
//! | `Called` | no | its owner | the call goes to the next taker |
//! | `Done` | no | its owner | nothing |
//! | `Closed` | no | its owner | nothing |
//!
//! The store of the final state (release) is a partner's last touch; the owner's load (acquire)
//! makes the node its own again.

use crate::sync::{AtomicUsize, Ordering};
use core::cell::{Cell, UnsafeCell};
use core::fmt;
use core::marker::PhantomPinned;
use core::mem::{self, MaybeUninit};
use core::ptr;
use core::task::{Context, Waker};

mod claim;
mod queue;
mod wakes;

pub use claim::Header;
#[cfg(feature = "alloc")]
pub(crate) use claim::Left;
pub(crate) use claim::{Noted, Seen};
pub(crate) use queue::Queue;
pub(crate) use wakes::Wakes;

/// Where a waiter stands; see the module's diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WaitState {
    Idle,
    Linked,
    Called,
    Done,
    Closed,
}

/// What a waiter waits for, and so which of its channel's queues it is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Side {
    Put,
    Take,
    /// Waits for the channel to be closed, for nothing else.
    Close,
}

/// One waiter: a link of a channel's queue that lives inside the waiting future.
///
/// In this order, because a compiler builds what stands behind a waker that is not there on the stack,
/// and copies it from there in larger pieces than it wrote it, which stalls (seen with LLVM 22).
///
/// Each byte lies in a cell, also of what never changes. After a partner's last touch the owner may
/// free the node while that partner still has its reference, if only until the function returns that
/// stored the state; of bytes outside a cell that promises that they are there until then.
#[repr(C)]
pub struct Node {
    /// Of an unlinked arm that its select's header has on its list: the link to the one that was
    /// noted before it, as an address.
    prev: Cell<*const Node>,
    next: Cell<*const Node>,
    /// Putters only: the place of the value, an `Option<T>` of the channel's `T`.
    value: Cell<*mut ()>,
    /// The select whose arm this is; null for a plain waiter, and `RESERVES` for one that waits to
    /// put, but for room alone, without a value.
    header: Cell<*const Header>,
    /// Arms only: which of the select's.
    arm: Cell<usize>,
    state: AtomicUsize,
    /// All but arms: whom to wake. A select has one waker for all its arms, in its header.
    pub(crate) waker: Cell<Option<Waker>>,
}

#[cfg(not(any(csp_loom, csp_shuttle)))]
const _: () = assert!(size_of::<Node>() == size_of::<[usize; 8]>(), "no padding");

/// No header lies there.
const RESERVES: *const Header = ptr::without_provenance(1);

// SAFETY: a node may be linked on one thread and taken back on another: what others reach of it is
// guarded by the channel's lock, or atomic.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Node {
    /// A put or take that waits alone.
    #[inline]
    pub(crate) fn plain(waker: Waker, value: *mut ()) -> Self {
        Node::new(Some(waker), value, ptr::null(), 0)
    }

    /// A plain waiter for a permit. Its header tells it from a putter where arms are told from plain
    /// waiters, so that those need not be asked.
    #[inline]
    pub(crate) fn reserver(waker: Waker) -> Self {
        Node::new(Some(waker), ptr::null_mut(), RESERVES, 0)
    }

    /// An arm of a select.
    #[inline]
    pub(crate) fn arm(value: *mut (), header: *const Header, arm: usize) -> Self {
        Node::new(None, value, header, arm)
    }

    #[inline]
    fn new(waker: Option<Waker>, value: *mut (), header: *const Header, arm: usize) -> Self {
        Node {
            prev: Cell::new(ptr::null()),
            next: Cell::new(ptr::null()),
            waker: Cell::new(waker),
            value: Cell::new(value),
            header: Cell::new(header),
            arm: Cell::new(arm),
            state: AtomicUsize::new(WaitState::Idle as usize),
        }
    }

    #[inline]
    pub(crate) fn state(&self) -> WaitState {
        match self.state.load(Ordering::Acquire) {
            s if s == WaitState::Linked as usize => WaitState::Linked,
            s if s == WaitState::Called as usize => WaitState::Called,
            s if s == WaitState::Done as usize => WaitState::Done,
            s if s == WaitState::Closed as usize => WaitState::Closed,
            _ => WaitState::Idle,
        }
    }

    #[inline]
    pub(crate) fn is_linked(&self) -> bool {
        self.state() == WaitState::Linked
    }

    /// The last touch of a partner, or the owner's own change under the lock.
    #[inline]
    pub(crate) fn set_state(&self, state: WaitState) {
        self.state.store(state as usize, Ordering::Release);
    }

    /// Putters only: the place of the value.
    #[inline]
    pub(crate) fn value(&self) -> *mut () {
        self.value.get()
    }

    /// The select whose arm this is; of others, what tells them from arms.
    #[inline]
    pub(crate) fn header(&self) -> *const Header {
        self.header.get()
    }

    /// Arms only: which of the select's.
    #[inline]
    pub(crate) fn arm_index(&self) -> usize {
        self.arm.get()
    }

    /// Neither an arm nor a waiter for a permit.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.header().is_null()
    }

    /// A waiter for a permit.
    #[inline]
    pub(crate) fn reserves(&self) -> bool {
        ptr::eq(self.header(), RESERVES)
    }

    /// The arms that were noted before this one. Only while this is on that list.
    #[cfg(feature = "alloc")]
    pub(crate) fn noted_before(&self) -> Noted {
        Noted::from_link(self.prev.get().addr())
    }

    /// The node is unlinked, so nobody needs the place for a neighbour.
    fn set_noted_before(&self, noted: Noted) {
        self.prev.set(ptr::without_provenance(noted.link()));
    }

    /// Whether this node is an arm of the select with that header.
    #[inline]
    pub(crate) fn belongs_to(&self, header: *const Header) -> bool {
        !self.is_plain() && ptr::eq(self.header(), header)
    }
}

/// Memory that others reach through pointers while its owner holds `&mut` to what is around it:
/// never moved, never assumed unaliased. To become `core::pin::UnsafePinned`.
pub(crate) struct Aliased<T> {
    inner: UnsafeCell<T>,
    _pinned: PhantomPinned,
}

// SAFETY: a shared reference to what is around it gives users no access to it; this crate goes
// through `get`, and says at each place why it may.
unsafe impl<T: Send> Sync for Aliased<T> {}

impl<T> Aliased<T> {
    #[inline]
    pub(crate) const fn new(inner: T) -> Self {
        Aliased {
            inner: UnsafeCell::new(inner),
            _pinned: PhantomPinned,
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> *mut T {
        self.inner.get()
    }
}

/// A future's side of a channel `C`: the channel, and the place of a node that is written only when
/// the future parks, so that a future that never waits pays one flag for it.
///
/// In this order, because a compiler that stores the flag's zero behind an unwritten node writes
/// zeros over the node as well (seen with LLVM 22).
#[repr(C)]
pub(crate) struct Waiter<C> {
    pub(crate) channel: C,
    parked: bool,
    /// Puts only, and here because it takes no room beside `parked`: it has let others run once.
    gave_way: bool,
    node: Aliased<MaybeUninit<Node>>,
}

impl<C> Waiter<C> {
    #[inline]
    pub(crate) const fn new(channel: C) -> Self {
        Waiter {
            channel,
            parked: false,
            gave_way: false,
            node: Aliased::new(MaybeUninit::uninit()),
        }
    }

    /// Whether there is a node.
    #[inline]
    pub(crate) fn is_parked(&self) -> bool {
        self.parked
    }

    /// Has the task polled again, so that others may run before; says `false` if it did so already.
    #[cold]
    pub(crate) fn give_way(&mut self, cx: &Context<'_>) -> bool {
        let first = !mem::replace(&mut self.gave_way, true);
        if first {
            cx.waker().wake_by_ref();
        }
        first
    }

    /// The node, if there is one.
    #[inline]
    pub(crate) fn node(&self) -> Option<&Node> {
        // SAFETY: `parked` says that `park` wrote the node and `leave` has not taken it back.
        // A shared reference may alias: every field that changes is a `Cell` or an atomic.
        self.parked
            .then(|| unsafe { (*self.node.get()).assume_init_ref() })
    }

    /// Writes the node. The caller is pinned and must not go away before it has called `leave`
    /// with the node unlinked.
    #[inline]
    pub(crate) fn park(&mut self, node: Node) -> &Node {
        debug_assert!(!self.parked);
        self.parked = true;
        let node_place = self.node.get().cast::<Node>();
        // SAFETY: the place is ours alone: there was no node that others could know of. Through a
        // pointer, so that what others will know derives from the place and not from a borrow that
        // ends.
        unsafe {
            node_place.write(node);
            &*node_place
        }
    }

    /// Ends the node's life. It must not be linked.
    pub(crate) fn leave(&mut self) {
        if self.parked {
            self.parked = false;
            // SAFETY: written by `park`, and no longer linked, so that nobody else knows it.
            unsafe {
                debug_assert!(!(*self.node.get()).assume_init_ref().is_linked());
                (*self.node.get()).assume_init_drop();
            }
        }
    }

    /// `leave`, if a partner has completed this put; says whether it has. Such a node has nothing left
    /// that would have to be dropped.
    #[inline(always)]
    pub(crate) fn leave_if_done(&mut self) -> bool {
        let done = (self.node()).is_some_and(|node| node.state() == WaitState::Done);
        self.parked &= !done;
        done
    }

    /// Formats the future around it.
    pub(crate) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut form = f.debug_struct(name);
        if let Some(node) = self.node() {
            form.field("waiting", &node.state());
        }
        form.finish_non_exhaustive()
    }
}
