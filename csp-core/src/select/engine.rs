//! A select asleep: how it parks, is woken, and leaves. The same for every kind of select.

use super::random;
use crate::chan::{Held, Raw, Whichever};
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

    /// `ArmImpl::attempt` of one arm.
    fn attempt(
        self: Pin<&mut Self>,
        index: usize,
        cx: &mut Context<'_>,
        called: bool,
    ) -> Option<Self::Output>;

    /// `ArmImpl::finish` of one arm.
    fn finish(self: Pin<&mut Self>, index: usize) -> Option<Self::Output>;

    /// `ArmImpl::node` of all arms, each given to `visit`.
    fn nodes(self: Pin<&mut Self>, header: *const Header, visit: &mut dyn FnMut(&ArmNode));
}

/// An arm's node: a waiter of its channel, and a link of its select's chain.
pub struct ArmNode {
    node: Node,
    channel: *const Raw,
    /// The next arm, by the ranks of their channels.
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

    /// Where it stands in its chain: by the rank of its channel.
    fn rank(&self) -> usize {
        self.channel().rank()
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
    /// The arms' nodes, by the ranks of their channels; null unless parked.
    chain: *const ArmNode,
    /// The arm whose call has ended before its attempt: others may have to be called.
    owed: *const ArmNode,
    parked: bool,
    pub(crate) biased: bool,
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
        if self.biased { 0 } else { random::below(count) }
    }

    /// Looks at each arm alone, from `first` on and around.
    ///
    /// One loop with one attempt in it, because all that an attempt does is in line there.
    #[inline(always)]
    fn look<A: ArmList>(
        mut arms: Pin<&mut A>,
        first: usize,
        cx: &mut Context<'_>,
    ) -> Option<A::Output> {
        let count = arms.count();
        let mut index = first;
        for _ in 0..count {
            if let Some(output) = arms.as_mut().attempt(index, cx, false) {
                return Some(output);
            }
            index += 1;
            if index == count {
                index = 0;
            }
        }
        None
    }

    /// `look`, out of line.
    #[inline(never)]
    fn look_again<A: ArmList>(
        arms: Pin<&mut A>,
        first: usize,
        cx: &mut Context<'_>,
    ) -> Option<A::Output> {
        Self::look(arms, first, cx)
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
        let first = self.first(arms.count());
        if let Some(output) = Self::look(arms.as_mut(), first, cx) {
            return Poll::Ready(output);
        }
        self.prepare(arms.as_mut());
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
        let mut first = self.first(arms.count());
        loop {
            if let Some(output) = Self::look_again(arms.as_mut(), first, cx) {
                return Some(output);
            }
            self.prepare(arms.as_mut());
            lock_all(self.chain);
            let ready = first_ready(self.chain, self.header(), first);
            unlock_all(self.chain);
            self.chain = ptr::null();
            first = ready?;
        }
    }

    /// Strings the arms' nodes together in the order in which their channels are locked.
    fn prepare<A: ArmList>(&mut self, arms: Pin<&mut A>) {
        let chain = Cell::new(ptr::null());
        arms.nodes(self.header.get(), &mut |node| insert(&chain, node));
        self.chain = chain.get();
    }

    /// Links all arms and sleeps, unless one of them turns out to be ready.
    #[inline(never)]
    fn park<A: ArmList>(
        &mut self,
        mut arms: Pin<&mut A>,
        mut first: usize,
        cx: &mut Context<'_>,
    ) -> Poll<A::Output> {
        // From here on `leave` has something to do, whatever panics.
        let again = mem::replace(&mut self.parked, true);
        self.header().set_waker(cx.waker());
        loop {
            match link_all(self.chain, self.header(), first, again) {
                Linked::All => {
                    // Nothing was there at that instant, so there is nothing to be called for.
                    self.owed = ptr::null();
                    return Poll::Pending;
                }
                Linked::Part => {}
                Linked::Ready(arm) => first = arm,
            }
            if let Some(output) = Self::look_again(arms.as_mut(), first, cx) {
                self.leave();
                return Poll::Ready(output);
            }
        }
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
            let called = called == Some(index);
            if called {
                // The attempt ends the call, whatever it finds.
                self.header().set_awake();
            }
            if let Some(output) = arms.as_mut().attempt(index, cx, called) {
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
    fn wake_up(&self) -> Woken {
        let header = self.header();
        loop {
            match header.seen() {
                Seen::Awake => return Woken::BySelf,
                Seen::Waiting if header.wake_self() => return Woken::BySelf,
                Seen::Waiting => {}
                Seen::PutDone(arm) => return Woken::PutDone(arm),
                Seen::Called(arm) => return Woken::Called(arm),
                // The partner holds the lock of that arm's channel until it is done.
                Seen::Moving(arm) => {
                    if let Some(node) = find(self.chain, arm) {
                        drop(node.channel().lock());
                    }
                }
            }
        }
    }

    /// Leaves, having committed to that arm.
    #[inline]
    fn leave_by(&mut self, arm: usize) {
        // SAFETY: a node of the chain, or null.
        if unsafe { self.owed.as_ref() }.is_some_and(|node| node.node.arm == arm) {
            // Its take has called whoever is next.
            self.owed = ptr::null();
        }
        self.leave();
    }

    /// Takes all nodes back, and passes on a call that no take has used.
    ///
    /// Says which put arm had been completed, if one had: that happened.
    #[inline]
    pub(crate) fn leave(&mut self) -> Option<usize> {
        if self.parked { self.unlink() } else { None }
    }

    #[inline(never)]
    fn unlink(&mut self) -> Option<usize> {
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
        match woken {
            Woken::PutDone(arm) => Some(arm),
            _ => None,
        }
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

/// How an attempt to link all arms ended.
enum Linked {
    /// All are linked and the select sleeps.
    All,
    /// Some are; those who were called for them have to be woken first.
    Part,
    /// None more; this arm was ready.
    Ready(usize),
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

/// The channels of a chain, of those that have one lock the first.
fn locks<'a>(chain: *const ArmNode) -> impl Iterator<Item = &'a Raw> {
    let mut last = None;
    iter(chain).filter_map(move |node| {
        let rank = Some(node.rank());
        let again = last == rank;
        last = rank;
        (!again).then(|| node.channel())
    })
}

fn find<'a>(chain: *const ArmNode, arm: usize) -> Option<&'a ArmNode> {
    iter(chain).find(|node| node.node.arm == arm)
}

/// Puts a node into its place in a chain. In front of all others that costs one comparison: who
/// has many arms gives them in descending order.
fn insert(chain: &Cell<*const ArmNode>, node: &ArmNode) {
    let mut link = chain;
    // SAFETY: as for `iter`.
    while let Some(next) = unsafe { link.get().as_ref() } {
        if next.rank() >= node.rank() {
            break;
        }
        link = &next.next_arm;
    }
    node.next_arm.set(link.get());
    link.set(node);
}

fn lock_all(chain: *const ArmNode) {
    for channel in locks(chain) {
        mem::forget(channel.lock());
    }
}

fn unlock_all(chain: *const ArmNode) {
    for channel in locks(chain) {
        // SAFETY: locked by `lock_all`, whose guards were forgotten.
        unsafe { channel.unlock() };
    }
}

/// The lock of a node's channel, which `lock_all` has taken and `unlock_all` will give back.
///
/// # Safety
/// Between those two calls.
unsafe fn held<'a>(node: &ArmNode) -> Held<'a> {
    // SAFETY: the caller's promise.
    unsafe { node.channel().held() }
}

/// The first arm from `first` on, and around, that is ready; all channels are locked.
fn first_ready(chain: *const ArmNode, header: &Header, first: usize) -> Option<usize> {
    iter(chain)
        // SAFETY: the caller has locked all channels.
        .filter(|node| unsafe { held(node) }.is_ready(node.side, header))
        .map(|node| node.node.arm)
        // Arms before `first` wrap around to large numbers, and so come last.
        .min_by_key(|arm| arm.wrapping_sub(first))
}

/// Links all arms that are not linked, at one instant at which none of them is ready.
///
/// `first` is the arm to prefer if some are ready; `again`: the arms have been waiting before, and
/// keep their place at the front.
fn link_all(chain: *const ArmNode, header: &Header, first: usize, again: bool) -> Linked {
    let mut wakes = Wakes::new();
    lock_all(chain);
    if let Some(arm) = first_ready(chain, header, first) {
        unlock_all(chain);
        return Linked::Ready(arm);
    }
    // Puts first: a rendezvous calls a taker for each, and would pass over our own takes for good,
    // were they linked already.
    let mut result = Linked::All;
    'sides: for side in [Side::Put, Side::Take] {
        for node in iter(chain).filter(|node| node.side == side && !node.node.is_linked()) {
            if wakes.is_full() {
                result = Linked::Part;
                break 'sides;
            }
            // SAFETY: all channels are locked.
            let held = unsafe { held(node) };
            // SAFETY: an arm's node, which `leave` takes back before it goes.
            unsafe { held.link(side, &node.node, again) };
            if side == Side::Put {
                held.announce(&mut wakes);
            }
        }
    }
    if let Linked::All = result {
        header.set_waiting();
    }
    unlock_all(chain);
    wakes.wake();
    result
}

/// Ends the call that an arm has got and nobody has used.
pub(super) fn end_call(node: &ArmNode) {
    match node.side {
        Side::Take => node.channel().pass_call_on::<Whichever>(),
        // Called by a close, which is not counted. The lock makes sure that the closer has let go.
        Side::Put | Side::Close => drop(node.channel().lock()),
    }
}
