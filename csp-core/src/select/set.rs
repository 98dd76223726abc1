//! The select whose arms are added at run time.

use super::arm::{Arm, FutureArm, IntoArm, PutArm};
use super::engine::{ArmList, ArmNode, Engine};
use crate::coop;
use crate::sync::{Ordering, Unmodelled};
use crate::wait::{Aliased, Header};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use core::future::{Future, IntoFuture};
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker, ready};

/// A select over a set of arms that is built at run time: any number, of any types, and used as
/// often as one likes.
///
/// [`add`](Self::add) adds an arm and gives its [`Key`]; [`wait`](Self::wait) waits until one arm
/// commits; [`output`](Self::output) gives what that arm gave. Takes stay in the set for the next
/// round. A put has one value: once it is put, the arm rests until [`refill`](Self::refill) gives
/// it another. Another future rests once it has resolved. The arm of a closed channel is ready in
/// every round: [`remove`](Self::remove) it once it has said so.
///
/// # Examples
/// ```
/// # use csp_core::{block_on, channel, Select};
/// # block_on(async {
/// let (names, more_names) = channel(2);
/// let (numbers, _rx) = channel::<u32>(0);
/// names.put("ann").await.unwrap();
/// names.put("bob").await.unwrap();
///
/// let mut select = Select::new();
/// let name = select.add(more_names.take());
/// let number = select.add(numbers.put(7));
/// for expected in ["ann", "bob"] {
///     assert_eq!(select.wait().await, Some(name.index()));
///     assert_eq!(select.output(name), Some(Some(expected)));
/// }
/// // The put lost both times: its value is still ours.
/// assert_eq!(select.take_back(number), Some(7));
/// # });
/// ```
#[doc(alias = "alts")]
pub struct Select<'a> {
    // Before the arms, which it leaves when it goes. On the heap, because a `Wait` that is
    // forgotten leaves the arms linked to it.
    engine: Pin<Box<Engine>>,
    arms: Set<'a>,
    /// Which set it is among all.
    id: usize,
    /// How many arms have ever been added.
    added: u64,
    /// A put arm that was completed when its wait was dropped: the next wait says so.
    committed: Option<usize>,
}

/// Names an arm of a [`Select`], and the type of its operation.
///
/// A key of another set, or of an arm that has been removed, names nothing: what it is given to
/// answers `None` or `false`.
pub struct Key<A> {
    select: usize,
    serial: u64,
    index: usize,
    _arm: PhantomData<fn() -> A>,
}

/// Waits until one arm of a [`Select`] commits; see [`Select::wait`].
#[must_use = "nothing happens until the future is awaited"]
#[derive(Debug)]
pub struct Wait<'s, 'a> {
    select: &'s mut Select<'a>,
}

/// The arms, each pinned on the heap.
struct Set<'a> {
    places: Vec<Place<'a>>,
    /// Scratch of `nodes`: empty but while that runs.
    nodes: Nodes,
}

struct Place<'a> {
    serial: u64,
    arm: Option<Pin<Box<dyn AnyArm + Send + 'a>>>,
}

struct Nodes(Vec<NonNull<ArmNode>>);

// SAFETY: empty whenever the set is sent or shared.
unsafe impl Send for Nodes {}
// SAFETY: as above.
unsafe impl Sync for Nodes {}

/// An arm with the place for what it gives.
struct Held<A: Arm> {
    arm: A,
    node: Aliased<MaybeUninit<ArmNode>>,
    output: Option<A::Output>,
    /// A future that has resolved, and must not be polled again.
    resolved: bool,
}

/// A [`Held`] whose type is forgotten.
trait AnyArm {
    fn attempt(self: Pin<&mut Self>, cx: &mut Context<'_>, called: bool) -> bool;
    fn finish(self: Pin<&mut Self>);
    fn node(self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&ArmNode>;
    fn can_fire(&self) -> bool;
}

impl<'a> Select<'a> {
    /// A set without arms.
    pub fn new() -> Self {
        static IDS: Unmodelled = Unmodelled::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        // Two sets with one number would mistake each other's keys. Only on a small machine, and
        // after thousands of millions of sets, could that come about.
        assert!(id != usize::MAX, "too many selects");
        Select {
            engine: Box::pin(Engine::new()),
            arms: Set {
                places: Vec::new(),
                nodes: Nodes(Vec::new()),
            },
            id,
            added: 0,
            committed: None,
        }
    }

    /// Prefers the arms in the order in which they were added, instead of choosing among ready
    /// ones at random.
    pub fn biased(mut self) -> Self {
        self.engine_mut().biased = true;
        self
    }

    /// Adds an arm: `rx.take()`, `tx.put(v)`, `tx.put_from(&mut place)`, or `&rx`.
    pub fn add<I>(&mut self, operation: I) -> Key<I::Arm>
    where
        I: IntoArm,
        I::Arm: Send + 'a,
        <I::Arm as super::arm::ArmImpl>::Output: Send + 'a,
    {
        self.settle();
        let held = Box::pin(Held {
            arm: operation.into_arm(),
            node: Aliased::new(MaybeUninit::uninit()),
            output: None,
            resolved: false,
        });
        let serial = self.added;
        self.added += 1;
        let place = Place {
            serial,
            arm: Some(held),
        };
        let free = self
            .arms
            .places
            .iter()
            .position(|place| place.arm.is_none());
        let index = match free {
            Some(index) => {
                self.arms.places[index] = place;
                index
            }
            None => {
                self.arms.places.push(place);
                self.arms.places.len() - 1
            }
        };
        Key {
            select: self.id,
            serial,
            index,
            _arm: PhantomData,
        }
    }

    /// Adds any other future as an arm. It rests once it has resolved.
    pub fn add_future<F>(&mut self, future: F) -> Key<FutureArm<F::IntoFuture>>
    where
        F: IntoFuture,
        F::IntoFuture: Send + 'a,
        F::Output: Send + 'a,
    {
        self.add(FutureArm::new(future.into_future()))
    }

    /// Withdraws an arm for good, and drops it; says whether there was one.
    pub fn remove<A: Arm>(&mut self, key: Key<A>) -> bool {
        self.settle();
        if self.held(key).is_none() {
            return false;
        }
        self.arms.places[key.index].arm = None;
        self.committed = self.committed.filter(|&index| index != key.index);
        true
    }

    /// Waits until one arm commits, and says which: the [`index`](Key::index) of its key. `None`
    /// if no arm can ever fire: there are none, or all of them rest.
    ///
    /// Of several arms that are ready, a random one commits, unless the set is
    /// [`biased`](Self::biased). What an arm gave before and [`output`](Self::output) was not
    /// asked for is dropped when it commits again.
    ///
    /// # Cancel safety
    /// Dropped before it is ready, no take has committed; a put may have been, just then, and then
    /// the next wait says so at once.
    pub fn wait(&mut self) -> Wait<'_, 'a> {
        Wait { select: self }
    }

    /// Lets one arm commit if one is ready, and says which; `None` if at one instant none was.
    ///
    /// Other futures are polled with a waker that does nothing: the next wait polls them again.
    pub fn try_wait(&mut self) -> Option<usize> {
        self.settle();
        if let Some(index) = self.committed.take() {
            return Some(index);
        }
        let mut cx = Context::from_waker(Waker::noop());
        let (engine, arms) = self.parts();
        // SAFETY: the engine and each arm are pinned on the heap; `drop` leaves first.
        unsafe { engine.poll_now(arms, &mut cx) }
    }

    /// [`wait`](Self::wait) for a thread, in a runtime or not: it blocks the thread.
    #[cfg(feature = "std")]
    pub fn wait_blocking(&mut self) -> Option<usize> {
        crate::block_on(self.wait())
    }

    /// What that arm gave when it last committed; `None` if it has not since this was last asked.
    pub fn output<A: Arm>(&mut self, key: Key<A>) -> Option<A::Output> {
        self.held(key)?.output.take()
    }

    /// Takes a put's value out of the set, unless it has been put. The arm rests until
    /// [`refill`](Self::refill).
    pub fn take_back<T>(&mut self, key: Key<PutArm<'a, T>>) -> Option<T> {
        self.settle();
        self.held(key)?.arm.replace(None)
    }

    /// Gives a put another value, to be put in a later round; gives the old one back if it has not
    /// been put, and the new one if the key names no arm.
    pub fn refill<T>(&mut self, key: Key<PutArm<'a, T>>, value: T) -> Option<T> {
        self.settle();
        match self.held(key) {
            Some(held) => held.arm.replace(Some(value)),
            None => Some(value),
        }
    }

    /// Whether the set has no arms.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many arms the set has, resting ones included.
    pub fn len(&self) -> usize {
        self.arms
            .places
            .iter()
            .filter(|place| place.arm.is_some())
            .count()
    }

    /// The arm that a key names. Only what does not move a pinned future is done with it.
    fn held<A: Arm>(&mut self, key: Key<A>) -> Option<&mut Held<A>> {
        let place = self.arms.places.get_mut(key.index)?;
        if key.select != self.id || key.serial != place.serial {
            return None;
        }
        let arm = place.arm.as_mut()?;
        // SAFETY: the serial number says that this is the arm for which `add` made the key, so
        // `A` is its type. The callers move neither the arm nor a future in it.
        Some(unsafe {
            let arm: *mut (dyn AnyArm + Send + 'a) = arm.as_mut().get_unchecked_mut();
            &mut *arm.cast::<Held<A>>()
        })
    }

    fn engine_mut(&mut self) -> &mut Engine {
        // SAFETY: it is not moved.
        unsafe { self.engine.as_mut().get_unchecked_mut() }
    }

    fn parts(&mut self) -> (&mut Engine, Pin<&mut Set<'a>>) {
        // SAFETY: it is not moved.
        let engine = unsafe { self.engine.as_mut().get_unchecked_mut() };
        (engine, Pin::new(&mut self.arms))
    }

    /// Takes the arms back if a wait was dropped or forgotten while they were linked.
    fn settle(&mut self) {
        if let Some(index) = self.engine_mut().leave() {
            Pin::new(&mut self.arms).finish(index);
            self.committed = Some(index);
        }
    }

    fn can_fire(&self) -> bool {
        let mut arms = self
            .arms
            .places
            .iter()
            .filter_map(|place| place.arm.as_ref());
        arms.any(|arm| arm.can_fire())
    }
}

impl Default for Select<'_> {
    fn default() -> Self {
        Select::new()
    }
}

impl Drop for Select<'_> {
    fn drop(&mut self) {
        self.engine_mut().leave();
    }
}

impl Future for Wait<'_, '_> {
    type Output = Option<usize>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let select = &mut *self.select;
        if let Some(index) = select.committed.take() {
            return Poll::Ready(Some(index));
        }
        if !select.engine.is_parked() {
            if !select.can_fire() {
                return Poll::Ready(None);
            }
            ready!(coop::poll_proceed(cx));
        }
        let (engine, arms) = select.parts();
        // SAFETY: the engine and each arm are pinned on the heap; `Select::drop` leaves first.
        unsafe { engine.poll(arms, cx) }.map(Some)
    }
}

impl Drop for Wait<'_, '_> {
    fn drop(&mut self) {
        self.select.settle();
    }
}

impl Set<'_> {
    fn arm(&mut self, index: usize) -> Option<Pin<&mut (dyn AnyArm + Send + '_)>> {
        match self.places.get_mut(index)?.arm.as_mut() {
            Some(arm) => Some(arm.as_mut()),
            None => None,
        }
    }
}

impl ArmList for Set<'_> {
    type Output = usize;

    fn count(&self) -> usize {
        self.places.len()
    }

    fn attempt(
        self: Pin<&mut Self>,
        index: usize,
        cx: &mut Context<'_>,
        called: bool,
    ) -> Option<usize> {
        let committed = self.get_mut().arm(index)?.attempt(cx, called);
        committed.then_some(index)
    }

    fn finish(self: Pin<&mut Self>, index: usize) -> Option<usize> {
        self.get_mut().arm(index)?.finish();
        Some(index)
    }

    fn nodes(self: Pin<&mut Self>, header: *const Header, visit: &mut dyn FnMut(&ArmNode)) {
        let Set { places, nodes } = self.get_mut();
        for (index, place) in places.iter_mut().enumerate() {
            let arm = place.arm.as_mut();
            if let Some(node) = arm.and_then(|arm| arm.as_mut().node(header, index)) {
                nodes.0.push(NonNull::from(node));
            }
        }
        // SAFETY: for all of this function: each arm is pinned on the heap, its node in it.
        let node = |node: &NonNull<ArmNode>| unsafe { node.as_ref() };
        // Descending, so that each goes to the front of the chain at once.
        nodes.0.sort_unstable_by_key(|n| Reverse(node(n).rank()));
        nodes.0.iter().for_each(|n| visit(node(n)));
        nodes.0.clear();
    }
}

impl<A: Arm> Held<A> {
    fn arm(self: Pin<&mut Self>) -> Pin<&mut A> {
        // SAFETY: the arm is pinned when its holder is.
        unsafe { self.map_unchecked_mut(|held| &mut held.arm) }
    }

    fn commit(self: Pin<&mut Self>, output: Option<A::Output>) -> bool {
        let committed = output.is_some();
        if committed {
            // SAFETY: outputs are not pinned.
            let held = unsafe { self.get_unchecked_mut() };
            held.output = output;
            held.resolved = A::ONCE;
        }
        committed
    }
}

impl<A: Arm> AnyArm for Held<A> {
    fn attempt(mut self: Pin<&mut Self>, cx: &mut Context<'_>, called: bool) -> bool {
        if self.resolved {
            return false;
        }
        let output = self.as_mut().arm().attempt(cx, called);
        self.commit(output)
    }

    fn finish(mut self: Pin<&mut Self>) {
        let output = self.as_mut().arm().finish();
        self.commit(output);
    }

    fn node(mut self: Pin<&mut Self>, header: *const Header, arm: usize) -> Option<&ArmNode> {
        let node = self.as_mut().arm().node(header, arm)?;
        // SAFETY: no node is linked, so nobody else knows the place. A node has nothing to drop.
        Some(unsafe { (*self.node.get()).write(node) })
    }

    fn can_fire(&self) -> bool {
        !self.resolved && self.arm.can_fire()
    }
}

impl<A> Key<A> {
    /// The arm's index: which [`Select::wait`] says. The first arm added has 0, the next one 1,
    /// and so on; the index of an arm that was removed is given to a later one.
    pub fn index(self) -> usize {
        self.index
    }
}

impl<A> Clone for Key<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Key<A> {}

impl<A> PartialEq for Key<A> {
    fn eq(&self, other: &Self) -> bool {
        (self.select, self.serial) == (other.select, other.serial)
    }
}

impl<A> Eq for Key<A> {}

impl<A> fmt::Debug for Key<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.index).finish()
    }
}

impl fmt::Debug for Select<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select")
            .field("arms", &self.len())
            .finish_non_exhaustive()
    }
}
