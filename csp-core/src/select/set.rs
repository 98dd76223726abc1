//! The select whose arms are added at run time.

use super::arm::{Arm, FutureArm, IntoArm, PutArm};
use super::rounds::{AnyArm, Rounds, Slot};
use crate::coop;
use crate::sync::{Ordering, Unmodelled};
use core::fmt;
use core::future::{Future, IntoFuture};
use core::marker::PhantomData;
use core::pin::Pin;
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
/// # What a round costs
/// As much as there is to do, however many arms the set has: between rounds the arms that lost stay
/// in their channels' lines, where partners note those that they meet, and a round looks at what was
/// noted, at the arm that committed last, and at what was added or given another value since. (Other
/// futures are polled in each poll of the set, all of them, and [`try_wait`](Self::try_wait) also
/// looks, without locks, at every arm before it says `None`.) The first round puts all arms in line,
/// and dropping the set takes them out, one lock each. A round allocates nothing.
///
/// An arm in line keeps its place there from one round to the next, and so is called in its turn.
/// Between rounds it is nobody's partner: whoever meets it goes on to the next waiter, a put on a
/// rendezvous does not find a taker in it, and its value cannot be taken. It has lost its place then.
/// As with every taker that sleeps, a value that is promised to a take called before it waits until
/// that one is polled or dropped.
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
///
/// A loop over many channels, of which each round finds the one that has something:
/// ```
/// # use csp_core::{block_on, channel, Select};
/// # block_on(async {
/// let (doors, bells): (Vec<_>, Vec<_>) = (0..1000).map(|_| channel(1)).unzip();
/// let mut select = Select::new();
/// let keys: Vec<_> = bells.iter().map(|bell| select.add(bell.take())).collect();
/// assert_eq!(select.try_wait(), None); // and all are in line now
/// for door in [700, 3, 512] {
///     doors[door].put("ding").await.unwrap();
///     assert_eq!(select.wait().await, Some(door));
///     assert_eq!(select.output(keys[door]), Some(Some("ding")));
/// }
/// # });
/// ```
#[doc(alias = "alts")]
pub struct Select<'a> {
    rounds: Rounds<'a>,
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

impl<'a> Select<'a> {
    /// A set without arms.
    pub fn new() -> Self {
        static IDS: Unmodelled = Unmodelled::new(0);
        let id = IDS.fetch_add(1, Ordering::Relaxed);
        // Two sets with one number would mistake each other's keys. Only on a small machine, and
        // after thousands of millions of sets, could that come about.
        assert!(id != usize::MAX, "too many selects");
        Select {
            rounds: Rounds::new(),
            id,
            added: 0,
            committed: None,
        }
    }

    /// Prefers the arms in the order in which they were added, instead of choosing among ready
    /// ones at random.
    pub fn biased(mut self) -> Self {
        self.rounds.biased = true;
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
        let serial = self.added;
        self.added += 1;
        let index = self.rounds.add(operation.into_arm(), serial);
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
        if self.slot(key).is_none() {
            return false;
        }
        self.committed = self.committed.filter(|&index| index != key.index);
        drop(self.rounds.remove(key.index));
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
    /// the next wait says so at once. The arms stay in line.
    pub fn wait(&mut self) -> Wait<'_, 'a> {
        Wait { select: self }
    }

    /// Lets one arm commit if one is ready, and says which; `None` if at one instant none was.
    ///
    /// Other futures are polled with a waker that does nothing: the next wait polls them again. Unlike
    /// [`wait`](Self::wait), it also takes a value that is promised to a taker who was called and has
    /// not looked yet, as every `try_take` does.
    pub fn try_wait(&mut self) -> Option<usize> {
        self.settle();
        if let Some(index) = self.committed.take() {
            return Some(index);
        }
        let mut cx = Context::from_waker(Waker::noop());
        self.rounds.poll_now(&mut cx)
    }

    /// [`wait`](Self::wait) for a thread, in a runtime or not: it blocks the thread.
    #[cfg(feature = "std")]
    pub fn wait_blocking(&mut self) -> Option<usize> {
        crate::block_on(self.wait())
    }

    /// What that arm gave when it last committed; `None` if it has not since this was last asked.
    pub fn output<A: Arm>(&mut self, key: Key<A>) -> Option<A::Output> {
        self.slot(key)?.output.take()
    }

    /// Takes a put's value out of the set, unless it has been put. The arm leaves its line and rests
    /// until [`refill`](Self::refill).
    pub fn take_back<T>(&mut self, key: Key<PutArm<'a, T>>) -> Option<T> {
        self.settle();
        self.slot(key)?;
        self.rounds.withdraw(key.index);
        self.slot(key)?.arm.replace(None)
    }

    /// Gives a put another value, to be put in a later round; gives the old one back if it has not
    /// been put, and the new one if the key names no arm. As a new put it goes to the back of the
    /// line.
    pub fn refill<T>(&mut self, key: Key<PutArm<'a, T>>, value: T) -> Option<T> {
        self.settle();
        if self.slot(key).is_none() {
            return Some(value);
        }
        // A new put goes to the back of the line.
        self.rounds.withdraw(key.index);
        self.rounds.make_due(key.index);
        self.slot(key)?.arm.replace(Some(value))
    }

    /// Whether the set has no arms.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many arms the set has, resting ones included.
    pub fn len(&self) -> usize {
        self.rounds.len()
    }

    /// The arm that a key names. Only what does not move a pinned future is done with it.
    fn slot<A: Arm>(&mut self, key: Key<A>) -> Option<&mut Slot<A>> {
        if key.select != self.id {
            return None;
        }
        let arm = self.rounds.arm(key.index, key.serial)?;
        // SAFETY: the serial number says that this is the arm for which `add` made the key, so
        // `A` is its type. The callers move neither the arm nor a future in it.
        Some(unsafe {
            let arm: *mut (dyn AnyArm + Send + 'a) = arm.get_unchecked_mut();
            &mut *arm.cast::<Slot<A>>()
        })
    }

    /// Ends what a wait that was dropped or forgotten has begun.
    fn settle(&mut self) {
        if let Some(index) = self.rounds.settle() {
            self.committed = Some(index);
            self.rounds.finish(index);
        }
    }
}

impl Default for Select<'_> {
    fn default() -> Self {
        Select::new()
    }
}

impl Future for Wait<'_, '_> {
    type Output = Option<usize>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let select = &mut *self.select;
        if let Some(index) = select.committed.take() {
            return Poll::Ready(Some(index));
        }
        let rounds = &mut select.rounds;
        if !rounds.is_asleep() {
            if rounds.has_nothing() {
                return Poll::Ready(None);
            }
            ready!(coop::poll_proceed(cx));
        }
        rounds.poll(cx)
    }
}

impl Drop for Wait<'_, '_> {
    fn drop(&mut self) {
        self.select.settle();
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
