//! A select asleep: how it parks, is woken, and leaves. The same for every kind of select.

use super::arm::Try;
use super::random::{self, Site};
use crate::chan::{Held, Raw, Whichever};
use crate::hint::SHORT_WAYS;
use crate::wait::{Aliased, Header, Node, Seen, Side, Wakes};
use core::cell::Cell;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll};

/// A list of arms, as the engine sees it.
pub trait ArmList {
    /// What a committed arm gives.
    type Output;

    /// How many arms there are.
    fn count(&self) -> usize;

    /// `ArmImpl::attempt` of each arm from `first` on, or `around`, of each before it, until one
    /// commits.
    fn look(
        self: Pin<&mut Self>,
        first: usize,
        around: bool,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output>;

    /// `ArmImpl::attempt` of one arm.
    fn attempt(
        self: Pin<&mut Self>,
        index: usize,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output>;

    /// `ArmImpl::finish` of one arm.
    fn finish(self: Pin<&mut Self>, index: usize) -> Option<Self::Output>;

    /// `ArmImpl::node` of all arms, each inserted into that chain.
    fn nodes(self: Pin<&mut Self>, header: *const Header, chain: &Cell<*const ArmNode>);
}

/// An arm's node: a waiter of its channel, and a link of its select's chain.
pub struct ArmNode {
    node: Node,
    channel: *const Raw,
    /// `Raw::rank` of the channel.
    rank: usize,
    /// The next arm of its chain.
    next_arm: Cell<*const ArmNode>,
    side: Side,
}

// SAFETY: it goes with its select; what others reach of it is the node.
unsafe impl Send for ArmNode {}
// SAFETY: as above.
unsafe impl Sync for ArmNode {}

impl ArmNode {
    pub(super) fn new(
        channel: &Raw,
        side: Side,
        value: *mut (),
        header: *const Header,
        arm: usize,
    ) -> Self {
        ArmNode {
            node: Node::arm(value, header, arm),
            channel,
            rank: channel.rank(),
            next_arm: Cell::new(ptr::null()),
            side,
        }
    }

    pub(super) fn channel<'a>(&self) -> &'a Raw {
        // SAFETY: the arm that made this node borrows the channel.
        unsafe { &*self.channel }
    }

    #[cfg(feature = "alloc")]
    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    #[cfg(feature = "alloc")]
    pub(super) fn side(&self) -> Side {
        self.side
    }

    /// What comes first in a chain: by the ranks of the channels, and of those that have one lock,
    /// the puts. A rendezvous calls a taker for each put that is linked, and would pass over a take
    /// of the select, which is awake, were that linked already.
    fn comes_before(&self, other: &ArmNode) -> bool {
        (self.rank, self.side) < (other.rank, other.side)
    }
}

impl fmt::Debug for ArmNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArmNode")
            .field("node", &self.node)
            .field("side", &self.side)
            .finish_non_exhaustive()
    }
}

/// What a select knows besides its arms. It is pinned with them, and before they go it has to
/// `leave`.
pub(crate) struct Engine {
    header: Aliased<Header>,
    /// The arms' nodes, in the order in which they are linked; null unless parked.
    chain: *const ArmNode,
    /// The arm whose call has ended before its attempt: others may have to be called.
    owed: *const ArmNode,
    parked: bool,
    pub(crate) biased: bool,
    pub(crate) site: Site,
}

// SAFETY: the chain's nodes belong to the select, and go with it to another thread.
unsafe impl Send for Engine {}
// SAFETY: a shared reference gives access to nothing but `fmt`.
unsafe impl Sync for Engine {}

impl Engine {
    #[inline]
    pub(crate) fn new() -> Self {
        Engine {
            header: Aliased::new(Header::new()),
            chain: ptr::null(),
            owed: ptr::null(),
            parked: false,
            biased: false,
            site: 0,
        }
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: a shared reference may alias: all that changes in it is atomic or a cell.
        unsafe { &*self.header.get() }
    }

    #[inline]
    pub(crate) fn is_parked(&self) -> bool {
        self.parked
    }

    /// Which arm to look at first.
    #[inline]
    fn first(&self, count: usize) -> usize {
        if self.biased {
            0
        } else {
            random::first(self.site, count)
        }
    }

    /// Looks at each arm alone, from `first` on and around.
    ///
    /// In a loop, because all that each attempt does is in line there.
    #[inline(always)]
    fn look<A: ArmList>(
        mut arms: Pin<&mut A>,
        first: usize,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<A::Output> {
        let mut around = false;
        loop {
            let output = arms.as_mut().look(first, around, how, cx);
            if output.is_some() || around {
                return output;
            }
            around = true;
        }
    }

    /// `look` at all of them, out of line.
    #[inline(never)]
    fn look_again<A: ArmList>(
        arms: Pin<&mut A>,
        first: usize,
        cx: &mut Context<'_>,
    ) -> Option<A::Output> {
        Self::look(arms, first, Try::Alone, cx)
    }

    /// Polls the select: commits to one arm, or parks.
    ///
    /// # Safety
    /// The engine and the arms are pinned together, and `leave` is called before they go.
    #[inline(always)]
    pub(crate) unsafe fn poll<A: ArmList>(
        &mut self,
        mut arms: Pin<&mut A>,
        cx: &mut Context<'_>,
    ) -> Poll<A::Output> {
        if self.parked {
            return self.poll_parked(arms, cx);
        }
        let count = arms.count();
        let first = self.first(count);
        let how = if SHORT_WAYS && count > 1 && !self.biased {
            // If nothing comes of it, parking looks at all of them.
            Try::InPassing
        } else {
            Try::Alone
        };
        if let Some(output) = Self::look(arms.as_mut(), first, how, cx) {
            return Poll::Ready(output);
        }
        self.chain = self.in_order(arms.as_mut());
        self.park(arms, first, cx)
    }

    /// Commits to an arm that is ready; `None` if at one instant none was.
    ///
    /// # Safety
    /// As `poll`.
    pub(crate) unsafe fn poll_now<A: ArmList>(
        &mut self,
        mut arms: Pin<&mut A>,
        cx: &mut Context<'_>,
    ) -> Option<A::Output> {
        let first = self.first(arms.count());
        loop {
            if let Some(output) = Self::look_again(arms.as_mut(), first, cx) {
                return Some(output);
            }
            let mut locks = Locks::none_of(self.in_order(arms.as_mut()));
            if locks.take_while(|node, held| !held.is_ready(node.side, self.header())) {
                return None;
            }
        }
    }

    /// The arms' nodes, strung together in the order in which they are locked and linked.
    #[inline]
    fn in_order<A: ArmList>(&self, arms: Pin<&mut A>) -> *const ArmNode {
        let chain = Cell::new(ptr::null());
        arms.nodes(self.header.get(), &chain);
        chain.get()
    }

    /// Links all arms and sleeps, unless one of them turns out to be ready.
    #[inline(never)]
    fn park<A: ArmList>(
        &mut self,
        mut arms: Pin<&mut A>,
        first: usize,
        cx: &mut Context<'_>,
    ) -> Poll<A::Output> {
        // From here on `leave` has something to do, whatever panics.
        let again = mem::replace(&mut self.parked, true);
        self.header().set_waker(cx.waker());
        while !link_all(self.chain, self.header(), again) {
            if let Some(output) = Self::look_again(arms.as_mut(), first, cx) {
                self.leave();
                return Poll::Ready(output);
            }
        }
        // Nothing was there at that instant, so there is nothing to be called for.
        self.owed = ptr::null();
        Poll::Pending
    }

    #[inline(never)]
    fn poll_parked<A: ArmList>(
        &mut self,
        mut arms: Pin<&mut A>,
        cx: &mut Context<'_>,
    ) -> Poll<A::Output> {
        let called = match self.wake_up() {
            Woken::PutDone(arm) => {
                self.leave();
                if let Some(output) = arms.finish(arm) {
                    return Poll::Ready(output);
                }
                unreachable!("only puts are completed from outside");
            }
            // Arms before that one have their turn first, and a put among them must not be given the
            // room that this call makes: nobody would take its value.
            Woken::Called(arm) if self.biased && arm > 0 => {
                self.end_call_early(arm);
                None
            }
            Woken::Called(arm) => Some(arm),
            Woken::BySelf => None,
        };
        let count = arms.count();
        let first = match called {
            Some(arm) if !self.biased => arm,
            _ => self.first(count),
        };
        for index in (first..count).chain(0..first) {
            let mut how = Try::Alone;
            if called == Some(index) {
                // The attempt ends the call, whatever it finds.
                self.header().set_awake();
                how = Try::Called;
            }
            if let Some(output) = arms.as_mut().attempt(index, how, cx) {
                self.leave_by(index);
                return Poll::Ready(output);
            }
        }
        self.park(arms, first, cx)
    }

    /// Ends the call of an arm before that arm is attempted. Others are called for what it was
    /// about when the select leaves, unless it takes that itself.
    #[cold]
    fn end_call_early(&mut self, arm: usize) {
        if let Some(node) = find(self.chain, arm) {
            self.header().set_awake();
            match node.side {
                Side::Take => {
                    node.channel().lock().end_call();
                    self.owed = node;
                }
                Side::Put | Side::Close => end_call(node),
            }
        }
    }

    /// Makes sure that no partner can claim the select any more, and says what it woke for.
    #[inline]
    fn wake_up(&self) -> Woken {
        match self.header().seen() {
            Seen::Awake => Woken::BySelf,
            Seen::PutDone(arm) => Woken::PutDone(arm),
            Seen::Called(arm) => Woken::Called(arm),
            Seen::Waiting if self.header().wake_self() => Woken::BySelf,
            seen => self.wake_up_after(seen),
        }
    }

    /// `wake_up`, after the partner who had claimed the select when that was seen.
    #[cold]
    fn wake_up_after(&self, seen: Seen) -> Woken {
        if let Seen::Moving(arm) = seen {
            if let Some(node) = find(self.chain, arm) {
                // The partner holds the lock of that arm's channel until it is done.
                drop(node.channel().lock());
            }
        }
        self.wake_up()
    }

    /// Leaves, having committed to that arm.
    #[inline]
    fn leave_by(&mut self, arm: usize) {
        // SAFETY: a node of the chain, or null.
        if unsafe { self.owed.as_ref() }.is_some_and(|node| node.node.arm_index() == arm) {
            // Its take has called whoever is next.
            self.owed = ptr::null();
        }
        self.leave();
    }

    /// Takes all nodes back, and passes on a call that no take has used. A put arm that has been
    /// completed stays so.
    #[inline]
    pub(crate) fn leave(&mut self) {
        if self.parked {
            self.unlink();
        }
    }

    #[inline(never)]
    fn unlink(&mut self) {
        let woken = self.wake_up();
        for node in iter(self.chain) {
            if node.node.is_linked() {
                node.channel().lock().unlink_arm(node.side, &node.node);
            }
        }
        if let Woken::Called(arm) = woken {
            if let Some(node) = find(self.chain, arm) {
                end_call(node);
            }
        }
        // SAFETY: a node of the chain, or null.
        if let Some(node) = unsafe { self.owed.as_ref() } {
            self.owed = ptr::null();
            node.channel().lock().announce_and_unlock();
        }
        self.header().set_awake();
        self.chain = ptr::null();
        self.parked = false;
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("parked", &self.parked)
            .field("biased", &self.biased)
            .finish()
    }
}

/// Why a parked select is polled.
enum Woken {
    /// By one of its other futures, or without a reason.
    BySelf,
    Called(usize),
    PutDone(usize),
}

/// The nodes of a chain.
fn iter<'a>(chain: *const ArmNode) -> impl Iterator<Item = &'a ArmNode> {
    let mut next = chain;
    core::iter::from_fn(move || {
        // SAFETY: a chain holds nodes of the select's pinned arms, and lasts no longer than they.
        let node = unsafe { next.as_ref() }?;
        next = node.next_arm.get();
        Some(node)
    })
}

fn find<'a>(chain: *const ArmNode, arm: usize) -> Option<&'a ArmNode> {
    iter(chain).find(|node| node.node.arm_index() == arm)
}

/// Puts a node into its place in a chain. In front of all others that costs one comparison: who has
/// many arms gives the last one first, since channels that were made one after the other often lie so.
#[inline]
pub(super) fn insert(chain: &Cell<*const ArmNode>, node: &ArmNode) {
    let mut link = chain;
    // SAFETY: as for `iter`.
    while let Some(next) = unsafe { link.get().as_ref() } {
        if !next.comes_before(node) {
            break;
        }
        link = &next.next_arm;
    }
    node.next_arm.set(link.get());
    link.set(node);
}

/// The locks of a chain's channels, up to that of some arm. Dropping it gives them back.
struct Locks {
    chain: *const ArmNode,
    /// The first arm, if any, whose channel is not locked for it.
    end: *const ArmNode,
}

impl Locks {
    fn none_of(chain: *const ArmNode) -> Self {
        Locks { chain, end: chain }
    }

    /// Takes the lock of one channel after the other, and shows each arm to `visit` as soon as its
    /// channel is locked, as long as that says `true`; says whether it always did. Then there is an
    /// instant at which all that it saw was so.
    #[inline(always)]
    fn take_while(&mut self, mut visit: impl FnMut(&ArmNode, Held<'_>) -> bool) -> bool {
        let mut last = Raw::NO_LOCK;
        for node in iter(self.end) {
            if mem::replace(&mut last, node.rank) != node.rank {
                mem::forget(node.channel().lock());
            }
            self.end = node.next_arm.get();
            // SAFETY: locked just now, or for an arm before it, until this is dropped.
            if !visit(node, unsafe { node.channel().held() }) {
                return false;
            }
        }
        true
    }
}

impl Drop for Locks {
    #[inline]
    fn drop(&mut self) {
        let mut last = Raw::NO_LOCK;
        for node in iter(self.chain).take_while(|&node| !ptr::eq(node, self.end)) {
            if mem::replace(&mut last, node.rank) != node.rank {
                // SAFETY: `take_while` has taken it, and forgotten the guard.
                unsafe { node.channel().unlock() };
            }
        }
    }
}

/// Links all arms that are not linked, at one instant at which none of them is ready. `false`: one of
/// them is, or those who were called for some have to be woken first; the others stay linked.
///
/// `again`: the arms have been waiting before, and keep their place at the front.
fn link_all(chain: *const ArmNode, header: &Header, again: bool) -> bool {
    let mut wakes = Wakes::new();
    let mut locks = Locks::none_of(chain);
    let all = locks.take_while(|node, held| {
        if held.is_ready(node.side, header) {
            return false;
        }
        if !node.node.is_linked() {
            if wakes.is_full() {
                return false;
            }
            // SAFETY: an arm's node, which `leave` takes back before it goes.
            unsafe { held.link(node.side, &node.node, again) };
            #[cfg(feature = "std")]
            node.channel().keep_whole();
            if node.side == Side::Put {
                held.announce(&mut wakes);
            }
        }
        true
    });
    if all {
        header.set_waiting();
    }
    drop(locks);
    wakes.wake();
    all
}

/// Ends the call that an arm has got and nobody has used.
pub(super) fn end_call(node: &ArmNode) {
    match node.side {
        Side::Take => node.channel().pass_call_on::<Whichever>(),
        // Called by a close, which is not counted. The lock makes sure that the closer has let go.
        Side::Put | Side::Close => drop(node.channel().lock()),
    }
}

#[cfg(all(test, feature = "std", not(any(csp_loom, csp_shuttle))))]
#[path = "engine/tests.rs"]
mod tests;
