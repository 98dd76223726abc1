//! The select over a fixed list of arms, which lives in its future: nothing is allocated.

use super::arm::{Arm, IntoArm, Try};
use super::engine::{ArmList, ArmNode, Engine, insert};
use super::random::Site;
use crate::coop;
use crate::wait::{Aliased, Header};
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomPinned;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::pin::Pin;
use core::task::{Context, Poll, ready};

/// A select over a fixed list of arms: what [`select!`](crate::select!) spells.
///
/// A future that resolves to what the committed arm gives, in an [`Either`] that says which it
/// was. When it resolves, the losers have been withdrawn.
///
/// # Cancel safety
/// Dropped before it is ready, it has committed to no take; at most one put may have been
/// committed by a partner just then, as with [`Sender::put`](crate::Sender::put).
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel};
/// use csp_core::select::{Either, SelectOnce};
/// # block_on(async {
/// let (words, _words) = channel::<&str>(0);
/// let (numbers, more) = channel(1);
/// numbers.put(7).await.unwrap();
/// match SelectOnce::new().or(words.put("hi")).or(more.take()).await {
///     Either::This(put) => panic!("nobody takes: {put:?}"),
///     Either::Later(Either::This(number)) => assert_eq!(number, Some(7)),
///     Either::Later(Either::Later(never)) => match never {},
/// }
/// # });
/// ```
#[must_use = "nothing happens until the select is awaited"]
#[repr(C)] // as `WithNodes`
pub struct SelectOnce<A: Arms = NoArms> {
    engine: Engine,
    list: WithNodes<A>,
    _pinned: PhantomPinned,
}

/// A [`SelectOnce`] that does not wait: it resolves to `None` if at one instant no arm was ready.
///
/// Made by [`SelectOnce::or_default`].
#[must_use = "nothing happens until the select is awaited"]
pub struct SelectDefault<A: Arms> {
    select: SelectOnce<A>,
}

/// What came of a list of arms: what its first arm gave, or one of the later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Either<T, L> {
    /// This arm committed.
    This(T),
    /// One of the arms behind it did.
    Later(L),
}

/// What comes of no arms: nothing, ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {}

/// The list of no arms.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoArms;

/// A list with one more arm than its rest.
#[derive(Debug)]
pub struct OneMore<A, R> {
    arm: A,
    rest: R,
}

/// A list of arms: [`NoArms`], or [`OneMore`] and a rest.
pub trait Arms: Sealed {
    /// The list with an arm at its end.
    type With<B: Arm>: Arms;

    /// Adds an arm at the end.
    fn with<B: Arm>(self, arm: B) -> Self::With<B>;
}

/// What a select asks of a list of arms, by recursion over the list.
pub trait Sealed {
    /// An [`Either`] for each arm.
    type Output;

    const COUNT: usize;

    /// `ArmList::look`, of arms of which the first is the select's `index`th. One comparison an arm,
    /// where `attempt_at` would need one for each arm before it, too.
    fn look_from(
        self: Pin<&mut Self>,
        index: usize,
        first: usize,
        around: bool,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output>;

    fn attempt_at(
        self: Pin<&mut Self>,
        index: usize,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output>;

    fn finish_at(self: Pin<&mut Self>, index: usize) -> Option<Self::Output>;

    /// The places of the arms' nodes.
    type Nodes;

    fn nodes_from(
        self: Pin<&mut Self>,
        nodes: &mut MaybeUninit<Self::Nodes>,
        first: usize,
        header: *const Header,
        chain: &Cell<*const ArmNode>,
    );
}

impl Arms for NoArms {
    type With<B: Arm> = OneMore<B, NoArms>;

    #[inline]
    fn with<B: Arm>(self, arm: B) -> Self::With<B> {
        OneMore { arm, rest: self }
    }
}

impl Sealed for NoArms {
    type Output = Never;

    const COUNT: usize = 0;

    #[inline]
    fn look_from(
        self: Pin<&mut Self>,
        _: usize,
        _: usize,
        _: bool,
        _: Try,
        _: &mut Context<'_>,
    ) -> Option<Self::Output> {
        None
    }

    #[inline]
    fn attempt_at(
        self: Pin<&mut Self>,
        _: usize,
        _: Try,
        _: &mut Context<'_>,
    ) -> Option<Self::Output> {
        None
    }

    fn finish_at(self: Pin<&mut Self>, _: usize) -> Option<Self::Output> {
        None
    }

    type Nodes = ();

    fn nodes_from(
        self: Pin<&mut Self>,
        _: &mut MaybeUninit<Self::Nodes>,
        _: usize,
        _: *const Header,
        _: &Cell<*const ArmNode>,
    ) {
    }
}

impl<A: Arm, R: Arms> Arms for OneMore<A, R> {
    type With<B: Arm> = OneMore<A, R::With<B>>;

    #[inline]
    fn with<B: Arm>(self, arm: B) -> Self::With<B> {
        OneMore {
            arm: self.arm,
            rest: self.rest.with(arm),
        }
    }
}

impl<A, R> OneMore<A, R> {
    /// An arm before a list of others.
    #[inline]
    pub(super) fn new(arm: A, rest: R) -> Self {
        OneMore { arm, rest }
    }

    #[inline]
    fn split(self: Pin<&mut Self>) -> (Pin<&mut A>, Pin<&mut R>) {
        // SAFETY: both are pinned when the list is, and nothing is moved out of it.
        unsafe {
            let this = self.get_unchecked_mut();
            (
                Pin::new_unchecked(&mut this.arm),
                Pin::new_unchecked(&mut this.rest),
            )
        }
    }
}

impl<A: Arm, R: Arms> Sealed for OneMore<A, R> {
    type Output = Either<A::Output, R::Output>;

    const COUNT: usize = 1 + R::COUNT;

    #[inline(always)]
    fn look_from(
        self: Pin<&mut Self>,
        index: usize,
        first: usize,
        around: bool,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output> {
        let (arm, rest) = self.split();
        if (index < first) == around {
            if let Some(output) = arm.attempt(how, cx) {
                return Some(Either::This(output));
            }
        }
        rest.look_from(index + 1, first, around, how, cx)
            .map(Either::Later)
    }

    #[inline(always)]
    fn attempt_at(
        self: Pin<&mut Self>,
        index: usize,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output> {
        let (arm, rest) = self.split();
        match index {
            0 => arm.attempt(how, cx).map(Either::This),
            _ => rest.attempt_at(index - 1, how, cx).map(Either::Later),
        }
    }

    fn finish_at(self: Pin<&mut Self>, index: usize) -> Option<Self::Output> {
        let (arm, rest) = self.split();
        match index {
            0 => arm.finish().map(Either::This),
            _ => rest.finish_at(index - 1).map(Either::Later),
        }
    }

    type Nodes = (MaybeUninit<ArmNode>, MaybeUninit<R::Nodes>);

    fn nodes_from(
        self: Pin<&mut Self>,
        nodes: &mut MaybeUninit<Self::Nodes>,
        first: usize,
        header: *const Header,
        chain: &Cell<*const ArmNode>,
    ) {
        let (arm, rest) = self.split();
        // SAFETY: both parts may be uninitialised themselves.
        let (place, nodes) = unsafe { nodes.assume_init_mut() };
        rest.nodes_from(nodes, first + 1, header, chain);
        if let Some(node) = arm.node(header, first) {
            insert(chain, place.write(node));
        }
    }
}

/// A select's arms with the places of their nodes.
///
/// Apart from each other: the arms move while a select is put together, the places stay where they
/// are, and are written only when the select parks. A node of an arm has nothing to drop.
#[repr(C)] // for the reason that `wait::Waiter` gives
struct WithNodes<A: Arms> {
    arms: A,
    nodes: Aliased<MaybeUninit<A::Nodes>>,
}

impl<A: Arms> WithNodes<A> {
    #[inline]
    fn arms(self: Pin<&mut Self>) -> Pin<&mut A> {
        // SAFETY: the arms are pinned when this is.
        unsafe { self.map_unchecked_mut(|this| &mut this.arms) }
    }
}

impl<A: Arms> ArmList for WithNodes<A> {
    type Output = A::Output;

    #[inline]
    fn count(&self) -> usize {
        A::COUNT
    }

    #[inline(always)]
    fn look(
        self: Pin<&mut Self>,
        first: usize,
        around: bool,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output> {
        self.arms().look_from(0, first, around, how, cx)
    }

    #[inline(always)]
    fn attempt(
        self: Pin<&mut Self>,
        index: usize,
        how: Try,
        cx: &mut Context<'_>,
    ) -> Option<Self::Output> {
        self.arms().attempt_at(index, how, cx)
    }

    fn finish(self: Pin<&mut Self>, index: usize) -> Option<Self::Output> {
        self.arms().finish_at(index)
    }

    fn nodes(self: Pin<&mut Self>, header: *const Header, chain: &Cell<*const ArmNode>) {
        // SAFETY: nothing is moved; the arms are pinned when this is, and no node is linked, so
        // that nobody else knows the places.
        let (arms, nodes) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.arms), &mut *this.nodes.get())
        };
        arms.nodes_from(nodes, 0, header, chain);
    }
}

impl SelectOnce {
    /// A select without arms yet: [`or`](Self::or) adds them. It would wait for ever, so it is no
    /// future as it is.
    pub fn new() -> Self {
        SelectOnce::of(NoArms)
    }
}

impl Default for SelectOnce {
    fn default() -> Self {
        SelectOnce::new()
    }
}

impl<A: Arms> SelectOnce<A> {
    /// A select over that list.
    #[inline]
    pub(super) fn of(arms: A) -> Self {
        SelectOnce {
            engine: Engine::new(),
            list: WithNodes {
                arms,
                nodes: Aliased::new(MaybeUninit::uninit()),
            },
            _pinned: PhantomPinned,
        }
    }

    /// Adds an arm.
    pub fn or<B: IntoArm>(self, arm: B) -> SelectOnce<A::With<B::Arm>> {
        let biased = self.engine.biased;
        let this = ManuallyDrop::new(self);
        // SAFETY: not pinned yet, so never polled, so there is nothing to leave; the arms are
        // moved out once.
        let arms = unsafe { core::ptr::read(&this.list.arms) };
        let mut select = SelectOnce::of(arms.with(arm.into_arm()));
        select.engine.biased = biased;
        select
    }

    /// Prefers the arms in their order, instead of giving each the first chance in its turn.
    #[inline]
    pub fn biased(mut self) -> Self {
        self.engine.biased = true;
        self
    }

    /// Chooses among ready arms apart from selects at other sites.
    #[inline]
    pub(super) fn at(mut self, site: Site) -> Self {
        self.engine.site = site;
        self
    }

    /// Does not wait: resolves to `None` if at one instant no arm is ready.
    #[inline]
    pub fn or_default(self) -> SelectDefault<A> {
        SelectDefault { select: self }
    }

    #[inline]
    fn parts(self: Pin<&mut Self>) -> (&mut Engine, Pin<&mut WithNodes<A>>) {
        // SAFETY: nothing is moved out; of the engine, what is known to others (its header) stays
        // in the select, and the arms are pinned when the select is.
        unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.engine, Pin::new_unchecked(&mut this.list))
        }
    }
}

impl<A: Arm, R: Arms> Future for SelectOnce<OneMore<A, R>> {
    type Output = Either<A::Output, R::Output>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.engine.is_parked() {
            ready!(coop::poll_proceed(cx));
        }
        let (engine, arms) = self.parts();
        // SAFETY: both are pinned with the select, whose drop leaves first.
        unsafe { engine.poll(arms, cx) }
    }
}

impl<A: Arms> Future for SelectDefault<A> {
    type Output = Option<<A as Sealed>::Output>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(coop::poll_proceed(cx));
        // SAFETY: the select is pinned when this is.
        let select = unsafe { self.map_unchecked_mut(|this| &mut this.select) };
        let (engine, arms) = select.parts();
        // SAFETY: both are pinned with the select, whose drop leaves first.
        Poll::Ready(unsafe { engine.poll_now(arms, cx) })
    }
}

impl<A: Arms> Drop for SelectOnce<A> {
    #[inline]
    fn drop(&mut self) {
        self.engine.leave();
    }
}

impl<A: Arms> fmt::Debug for SelectOnce<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectOnce")
            .field("arms", &A::COUNT)
            .field("waiting", &self.engine.is_parked())
            .finish_non_exhaustive()
    }
}

impl<A: Arms> fmt::Debug for SelectDefault<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectDefault")
            .field("arms", &A::COUNT)
            .finish_non_exhaustive()
    }
}
