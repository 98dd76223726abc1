//! The lock: a flag, taken by one exchange and given back by one plain store; and for a thread that
//! has a channel to itself, not even that.
//!
//! It is held for a few tens of instructions, so a waiter spins. What matters is that it spins
//! politely: a waiter that tries again at once drags the cache line away from the thread that is
//! about to use it. Not for interrupt handlers: a handler that meets the lock held by the code it
//! interrupted would spin for ever. For those there is the feature `critical-section`.
//!
//! # The bias
//! Most locked exchanges guard against nobody: all processes of a single-threaded runtime are on
//! one thread. So a lock that one thread has taken some thousand times in a row is biased towards
//! it: that thread then takes it by a plain store to a flag of its own (`busy`) and a look whether
//! the bias still stands. The first other thread ends the bias for good: it takes the common flag
//! (`held`), revokes, passes the heavy half of a fence whose light half the owner passes between
//! its store and its look (`barrier`), and waits until the owner is not busy. Either the owner has
//! seen that the bias is gone, or the revoker sees that the owner is busy.
//!
//! | who holds the lock | `held` | `busy` | `bias` |
//! |---|---|---|---|
//! | nobody | no | no | any |
//! | a thread, as any lock | yes | no, or for a moment by an owner that looks in vain | none |
//! | its owner | no, or by a revoker that waits | yes | its own, or just revoked |
//!
//! # Halves
//! A lock that many threads wait for can be halved, for good, by whoever holds it: from then on `held` is
//! one half, and where the other one is stands in `bias`. Whose work needs but one half takes that
//! (`acquire_half`); whoever takes the lock takes both, this one first. What each half guards is the
//! channel's affair (`chan/halves.rs`).
//!
//! Biased locks are known from Java's monitors; the fence from Dice, Huang and Yang, "Asymmetric
//! Dekker Synchronization" (2001).

use super::barrier;
use super::{AtomicBool, AtomicPtr, AtomicUsize, BUFFER, Ordering, const_fn};
use crate::hint::{SHORT_WAYS, likely, unlikely};
use core::cell::Cell;
use core::mem;
use core::ptr;
#[cfg(not(csp_loom))]
use core::{hint, sync::atomic::AtomicU16};
#[cfg(csp_loom)]
use loom::{hint, sync::atomic::AtomicU16};

/// Pauses before the first new try. Of two busy threads that run tasks, fewer cost a quarter of the
/// throughput: the one that waits had better let the other get much done.
const PAUSES: u32 = outside_a_model(32);

/// The same, where each value is a turn of both sides; before, so many until it looks for the first time
/// whether the others get on (`stay_away`). A select, which holds other locks meanwhile, does not stay away.
const PAUSES_AT_TURNS: u32 = outside_a_model(64);

/// The same, of a thread that blocks: the buffer is soon full, or empty, and then the other waits and
/// has nothing else to do. 32 cost two such threads a third of their throughput. Where there is always
/// room the others can go on, and it had better be patient like a task.
const PAUSES_IF_IT_BLOCKS: u32 = outside_a_model(8);

/// The same, of a thread that blocks, where each value is a turn of both sides: the other's next step
/// has to wait for this one. With 8, two such threads take a tenth longer.
const PAUSES_IF_IT_BLOCKS_AT_TURNS: u32 = outside_a_model(4);

/// The same, of who has one half of a lock, which holds up others, and waits for the other half, which
/// nobody holds for long: always so many.
#[cfg(feature = "std")]
const PAUSES_WITH_A_HALF: u32 = 1;

/// Pauses of who stays away between two looks whether the others still get on. Half as many gain half as
/// much, twice as many cost a tenth where there is one task on each side.
const PAUSES_A_LOOK: u32 = outside_a_model(128);

/// So often they may get on before it is the turn of who stays away: about a tenth of a millisecond.
const LOOKS: u32 = outside_a_model(16);

/// After so many tries the pauses of a thread that blocks grow, and not at once, again lest the other
/// waits for it: else a buffer of 100 carries a quarter less.
const EVEN_TRIES: u32 = 3;

/// At most so many pauses before a try. They grow fourfold from one to the next: the more threads want
/// the lock, the more a try that comes too early costs the others. On 16 cores, 96 pauses instead of 32
/// doubled what 8 busy threads get done; for two they are too many.
const MOST_PAUSES: u32 = outside_a_model(256);

/// In a model a waiter gives way at once, and looks once.
const fn outside_a_model(pauses: u32) -> u32 {
    if cfg!(csp_loom) { 1 } else { pauses }
}

/// Tries before the thread gives its time slice away: the holder may have been preempted.
#[cfg(feature = "std")]
const SPINS: u32 = 10;

/// Time slices given away before the thread sleeps.
#[cfg(feature = "std")]
const YIELDS: u32 = 64;

/// How often in a row a thread takes a lock before it is biased towards that thread. Revoking costs
/// as much as that many locked exchanges, so that in the worst case it doubles their price.
const STREAK: u16 = if cfg!(csp_loom) { 1 } else { 1024 };

/// How often the thread may change before that, until the lock is anybody's for good.
const CHANGES: u8 = 8;

/// How often threads wait for a lock before it is worth two halves: what is waited for less often costs less
/// than that.
#[cfg(feature = "std")]
const WAITS: u16 = 32;

/// Stands for their number if the lock is to stay in one piece.
#[cfg(feature = "std")]
const KEPT_WHOLE: u16 = u16::MAX;

/// A mutual exclusion without data: what it guards says so itself.
///
/// The bias comes first, apart from what changes with every use: where this stands across the
/// border of two cache lines, a thread looks at the bias without disturbing the lock's holder.
#[repr(C)]
pub(crate) struct Lock {
    /// Whom it is biased towards, as a number, see below; or, of a lock in halves, where the other one is.
    bias: AtomicPtr<()>,
    held: AtomicBool,
    /// Not a `bool`, so that giving the lock back is a branch between two different stores: a compiler
    /// makes of two equal ones a store to an address that is computed, which no later load can pass until
    /// that is known. With one thread that is up to a tenth of the rate.
    busy: AtomicU16,
    /// How who holds the lock does so. Under the lock.
    hold: Cell<Hold>,
    /// On the way to a bias: how often another thread has come in between. Under the lock.
    changes: Cell<u8>,
    /// On that way: how often the last thread has come since. Once the lock is anybody's: how often it has
    /// been waited for, up to `WAITS`, or `KEPT_WHOLE`. Changes under the lock.
    streak: AtomicU16,
}

/// How a lock is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// By an exchange.
    Exchange,
    Bias,
    /// By an exchange for each half, once it has them.
    #[cfg(feature = "std")]
    Halves,
}

/// What stands in `Lock::bias`: the last two bits say what the rest is.
mod bias {
    #[cfg(feature = "std")]
    use core::ptr;

    /// This bit is of a thread's number, and of a bias that is granted.
    const GRANTED: usize = 0b001;
    /// This bit stands beside the address of the other half.
    const HALVED: usize = 0b010;
    /// This bit says that the lock is anybody's, in one piece or two.
    const ANYBODYS: usize = 0b100;
    /// Other numbers, and addresses, have none of them.
    const STEP: usize = 0b1000;
    /// The lock is anybody's, in one piece.
    pub(super) const NONE: usize = ANYBODYS;
    /// No thread has been seen yet. Not 0, which is the number of a thread that has none.
    pub(super) const UNDECIDED: usize = STEP;
    #[cfg(feature = "std")]
    const FIRST_THREAD: usize = 2 * STEP + GRANTED;
    pub(super) const NEW: usize = if super::barrier::EXISTS {
        UNDECIDED
    } else {
        NONE
    };

    /// The bias of a lock whose other half is there.
    #[cfg(feature = "std")]
    pub(super) fn halved(other: *mut ()) -> *mut () {
        debug_assert!(other.addr() % STEP == 0);
        other.map_addr(|addr| addr | HALVED | ANYBODYS)
    }

    /// Whether the lock is anybody's, in one piece or two.
    #[inline(always)]
    pub(super) fn is_anybodys(bias: usize) -> bool {
        bias & ANYBODYS != 0
    }

    /// Whether the lock is in halves.
    #[inline(always)]
    pub(super) fn is_halved(bias: usize) -> bool {
        bias & HALVED != 0
    }

    /// Where the other half is, if it is in halves, else null.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(super) fn other_half(bias: *mut ()) -> *mut () {
        if is_halved(bias.addr()) {
            bias.map_addr(|addr| addr & !(HALVED | ANYBODYS))
        } else {
            ptr::null_mut()
        }
    }

    /// Whether it is granted, to whomever.
    #[inline(always)]
    pub(super) fn is_granted(bias: usize) -> bool {
        bias & GRANTED != 0
    }

    /// Whether it is granted to this thread.
    #[inline(always)]
    pub(super) fn is_mine(bias: usize) -> bool {
        bias == me::NUMBER.get()
    }

    /// The bias granted to this thread.
    pub(super) fn mine() -> usize {
        match me::NUMBER.get() {
            0 => me::count(),
            number => number,
        }
    }

    /// That of a thread which is on its way to this one.
    pub(super) fn on_its_way(mine: usize) -> usize {
        mine - GRANTED
    }

    #[cfg(all(feature = "std", not(csp_loom)))]
    mod me {
        use core::cell::Cell;
        use core::sync::atomic::{AtomicUsize, Ordering};

        std::thread_local! {
            /// A number that no other thread has or will have, with the bit of a bias that is granted;
            /// 0 until the thread is on its way to a bias, which no bias is.
            pub(super) static NUMBER: Cell<usize> = const { Cell::new(0) };
        }

        #[cold]
        pub(super) fn count() -> usize {
            static THREADS: AtomicUsize = AtomicUsize::new(super::FIRST_THREAD);
            let number = THREADS.fetch_add(super::STEP, Ordering::Relaxed);
            NUMBER.set(number);
            number
        }
    }

    #[cfg(csp_loom)]
    mod me {
        loom::thread_local! {
            static OWN: usize = {
                static THREADS: core::sync::atomic::AtomicUsize =
                    core::sync::atomic::AtomicUsize::new(super::FIRST_THREAD);
                THREADS.fetch_add(super::STEP, core::sync::atomic::Ordering::Relaxed)
            };
        }

        pub(super) struct Number;
        pub(super) static NUMBER: Number = Number;

        impl Number {
            pub(super) fn get(&self) -> usize {
                OWN.with(|number| *number)
            }
        }

        pub(super) fn count() -> usize {
            unreachable!("each thread has its number from the beginning")
        }
    }

    /// Threads cannot be told apart, and nobody asks.
    #[cfg(not(any(feature = "std", csp_loom)))]
    mod me {
        pub(super) struct Number;
        pub(super) static NUMBER: Number = Number;

        impl Number {
            pub(super) fn get(&self) -> usize {
                0
            }
        }

        pub(super) fn count() -> usize {
            0
        }
    }
}

impl Lock {
    const_fn! {
        pub(crate) fn new() -> Self {
            Lock {
                bias: AtomicPtr::new(ptr::without_provenance_mut(bias::NEW)),
                held: AtomicBool::new(false),
                busy: AtomicU16::new(0),
                hold: Cell::new(Hold::Exchange),
                changes: Cell::new(0),
                streak: AtomicU16::new(0),
            }
        }
    }

    /// Takes the lock if it is biased towards this thread; says whether it is.
    #[inline(always)]
    pub(crate) fn acquire_by_bias(&self) -> bool {
        if !barrier::EXISTS {
            return false;
        }
        let bias = self.bias();
        if !likely(bias::is_mine(bias)) {
            return false;
        }
        self.busy.store(1, Ordering::Relaxed);
        barrier::light();
        let stands = likely(self.bias() == bias);
        if !stands {
            self.busy.store(0, Ordering::Release);
        }
        stands
    }

    #[inline(always)]
    fn bias(&self) -> usize {
        self.bias.load(Ordering::Relaxed).addr()
    }

    /// What comes is another streak, or waits.
    fn set_bias(&self, bias: usize) {
        self.streak.store(0, Ordering::Relaxed);
        let bias = ptr::without_provenance_mut(bias);
        self.bias.store(bias, Ordering::Relaxed);
    }

    /// Takes the lock by an exchange, which is not biased towards this thread; says whether it is the whole
    /// lock, or else one half, and the other one has to be taken, too. `wait` is called if it is taken, and
    /// `shared` if it is anybody's.
    #[inline(always)]
    pub(crate) fn acquire_unbiased(&self, wait: impl FnOnce(), shared: impl FnOnce()) -> bool {
        if unlikely(!self.try_acquire()) {
            wait();
        }
        // A bias is granted only under the lock, so this look is in time, and so is that for halves. Without
        // `std` there is neither.
        if !cfg!(feature = "std") || self.bias() == bias::NONE {
            shared();
            return true;
        }
        let is_whole = !self.is_halved();
        if is_whole {
            self.settle();
        } else {
            shared();
        }
        is_whole
    }

    /// Takes this half of a lock that is halved.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn acquire_half(&self, room: impl FnOnce() -> usize) {
        if unlikely(!self.try_acquire()) {
            self.wait_for_half(room());
        }
    }

    /// The same, with the first half held.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn acquire_second_half(&self) {
        if !self.try_acquire() {
            self.wait_patiently(Patience::with_a_half());
        }
    }

    #[inline(always)]
    fn try_acquire(&self) -> bool {
        #[cfg(csp_loom)]
        // An exchange in vain writes, and loom would let its writer see that for ever.
        return self
            .held
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_ok();
        #[cfg(not(csp_loom))]
        return !self.held.swap(true, Ordering::Acquire);
    }

    /// Gives the lock back. If it is halved, `other` gives back the other half, before this one.
    ///
    /// # Safety
    /// The caller holds the lock and touches nothing that it guards afterwards.
    #[inline(always)]
    pub(crate) unsafe fn release(
        &self,
        #[cfg_attr(not(feature = "std"), expect(unused_variables))] other: impl FnOnce(),
    ) {
        let hold = self.hold.get();
        // Who has it by its bias mostly gives it back by `release_by_bias`.
        if barrier::EXISTS && unlikely(hold == Hold::Bias) {
            // SAFETY: the caller's promise.
            return unsafe { self.release_by_bias() };
        }
        #[cfg(feature = "std")]
        if unlikely(hold == Hold::Halves) {
            other();
        }
        // SAFETY: the caller's promise.
        unsafe { self.release_half() }
    }

    /// Gives back this half of a lock that is halved.
    ///
    /// # Safety
    /// As `release`, of what this half guards.
    #[inline(always)]
    pub(crate) unsafe fn release_half(&self) {
        self.held.store(false, Ordering::Release);
    }

    /// `release` of a lock that was taken by its bias.
    ///
    /// # Safety
    /// As `release`.
    #[inline(always)]
    pub(crate) unsafe fn release_by_bias(&self) {
        debug_assert!(self.hold.get() == Hold::Bias);
        self.busy.store(0, Ordering::Release);
    }

    /// Whether another thread holds it just now, in one piece: a hint.
    #[inline(always)]
    pub(crate) fn seems_held(&self) -> bool {
        unlikely(self.held.load(Ordering::Relaxed)) && !self.is_halved()
    }

    /// Whether only one thread takes it, as far as is known.
    #[inline(always)]
    pub(crate) fn is_one_threads(&self) -> bool {
        !bias::is_anybodys(self.bias())
    }

    /// Where the other half is, if it is halved, else null. What is there can be seen.
    #[cfg(feature = "std")]
    #[inline(always)]
    pub(crate) fn other_half(&self) -> *mut () {
        bias::other_half(self.bias.load(Ordering::Acquire))
    }

    /// Whether it is halved. Without `std` none is.
    #[inline(always)]
    pub(crate) fn is_halved(&self) -> bool {
        cfg!(feature = "std") && unlikely(bias::is_halved(self.bias()))
    }

    /// Whether threads have waited for it often, in one piece: it is worth halving.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn is_crowded(&self) -> bool {
        self.streak.load(Ordering::Relaxed) == WAITS && self.bias() == bias::NONE
    }

    /// Has it stay in one piece, if it is. Whoever does not hold it may not be heeded.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn keep_whole(&self) {
        // Before, the number is another.
        if self.bias() == bias::NONE {
            self.streak.store(KEPT_WHOLE, Ordering::Relaxed);
        }
    }

    /// Halves it, unless it has been, or is biased towards a thread; says whether it has done so. The other
    /// half is there, which this thread holds, too.
    ///
    /// # Safety
    /// The caller holds the lock. What is there stays as long as this.
    #[cfg(feature = "std")]
    pub(crate) unsafe fn halve(&self, other: *mut ()) -> bool {
        let can_be = !bias::is_granted(self.bias()) && !self.is_halved();
        if can_be {
            self.hold.set(Hold::Halves);
            self.bias.store(bias::halved(other), Ordering::Release);
        }
        can_be
    }

    /// Several locks are taken in the order of their ranks, those of one rank once.
    #[inline]
    pub(crate) fn rank(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    #[cfg(feature = "std")]
    #[cold]
    #[inline(never)]
    fn wait_for_half(&self, room: usize) {
        self.wait(room, || 0);
    }

    /// Waits for the lock until it is this thread's. What it guards has room for so many values: by that it is
    /// known how long the other can do without it. `progress` is a number that mostly changes when others get
    /// something done.
    pub(crate) fn wait(&self, room: usize, progress: impl Fn() -> usize) {
        let mut patience = Patience::new(room);
        if SHORT_WAYS && room < BUFFER && !blocks() {
            stay_away(progress);
        } else {
            patience.pause();
        }
        self.wait_patiently(patience);
    }

    fn wait_patiently(&self, mut patience: Patience) {
        while self.held.load(Ordering::Relaxed) || !self.try_acquire() {
            patience.pause();
        }
        #[cfg(feature = "std")]
        if self.bias() == bias::NONE {
            let waits = self.streak.load(Ordering::Relaxed);
            if waits < WAITS {
                self.streak.store(waits + 1, Ordering::Relaxed);
            }
        }
    }

    /// With `held` taken: revokes another thread's bias, or takes note of who comes, on the way to
    /// one.
    #[cold]
    #[inline(never)]
    fn settle(&self) {
        let bias = self.bias();
        if bias::is_granted(bias) {
            self.set_bias(bias::NONE);
            barrier::heavy();
            let mut patience = Patience::new(BUFFER);
            while self.busy.load(Ordering::Acquire) != 0 {
                patience.pause();
            }
            self.hold.set(Hold::Exchange);
            return;
        }
        let mine = bias::mine();
        if bias != bias::on_its_way(mine) {
            let changes = self.changes.get();
            let next = if changes == CHANGES {
                bias::NONE
            } else {
                bias::on_its_way(mine)
            };
            self.changes.set(changes.wrapping_add(1));
            self.set_bias(next);
            return;
        }
        let streak = self.streak.load(Ordering::Relaxed);
        self.streak.store(streak + 1, Ordering::Relaxed);
        if streak < STREAK {
            return;
        }
        if !barrier::is_to_be_had() {
            self.set_bias(bias::NONE);
            return;
        }
        // From here on this thread holds the lock by its bias.
        self.busy.store(1, Ordering::Relaxed);
        self.hold.set(Hold::Bias);
        self.set_bias(mine);
        self.held.store(false, Ordering::Release);
    }
}

/// Changes `state` from one value to another, if it has the one.
#[inline]
pub(crate) fn exchange(state: &AtomicUsize, from: usize, to: usize) -> bool {
    state
        .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
        .is_ok()
}

/// Whether this thread has waited in a blocking call.
fn blocks() -> bool {
    #[cfg(feature = "std")]
    return super::BLOCKS.get();
    #[cfg(not(feature = "std"))]
    false
}

/// Stays away as long as those who use what the lock guards get on without this thread, which at turns of
/// both sides they do better: as on one thread, where nothing has to come over from another. When they do
/// not, they may need what this thread is about to do.
fn stay_away(progress: impl Fn() -> usize) {
    let mut before = progress();
    let mut pauses = PAUSES_AT_TURNS;
    for _ in 0..LOOKS {
        for _ in 0..mem::replace(&mut pauses, PAUSES_A_LOOK) {
            hint::spin_loop();
        }
        let now = progress();
        if now == before {
            return;
        }
        before = now;
    }
}

/// What a waiter does between tries: pauses, longer each time, and when the lock stays held yields the
/// thread, then sleeps, so that a preempted holder gets the processor back.
struct Patience {
    pauses: u32,
    tries: u32,
    /// So many tries come before the pauses grow.
    even: u32,
}

impl Patience {
    fn new(room: usize) -> Self {
        let (pauses, even) = match (room, blocks()) {
            (0..BUFFER, false) => (PAUSES_AT_TURNS, 0),
            (0..BUFFER, true) => (PAUSES_IF_IT_BLOCKS_AT_TURNS, EVEN_TRIES),
            (BUFFER..usize::MAX, true) => (PAUSES_IF_IT_BLOCKS, EVEN_TRIES),
            _ => (PAUSES, 0),
        };
        Patience {
            pauses,
            tries: 0,
            even,
        }
    }

    #[cfg(feature = "std")]
    fn with_a_half() -> Self {
        Patience {
            pauses: PAUSES_WITH_A_HALF,
            tries: 0,
            even: u32::MAX,
        }
    }

    fn pause(&mut self) {
        for _ in 0..self.pauses {
            hint::spin_loop();
        }
        if self.tries >= self.even {
            self.pauses = (4 * self.pauses).min(MOST_PAUSES);
        }
        self.tries = self.tries.saturating_add(1);
        #[cfg(feature = "std")]
        self.wane();
    }

    #[cfg(feature = "std")]
    fn wane(&self) {
        use core::time::Duration;
        if self.tries > SPINS + YIELDS {
            let doublings = (self.tries - SPINS - YIELDS).min(5);
            let sleep = Duration::from_micros(50 << doublings).min(Duration::from_millis(1));
            std::thread::sleep(sleep);
        } else if self.tries > SPINS {
            std::thread::yield_now();
        }
    }
}

/// Takes a lock, whomever it is biased towards.
#[cfg(test)]
fn acquire(lock: &Lock) {
    if !lock.acquire_by_bias() {
        lock.acquire_unbiased(|| lock.wait(1, || 0), || {});
    }
}

#[cfg(all(test, csp_loom))]
mod models {
    use super::{Lock, acquire};
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    struct Guarded {
        lock: Lock,
        count: UnsafeCell<u32>,
    }

    // SAFETY: the count is touched under the lock: that is what the model checks.
    unsafe impl Sync for Guarded {}
    // SAFETY: as above.
    unsafe impl Send for Guarded {}

    impl Guarded {
        fn add(&self) {
            acquire(&self.lock);
            // SAFETY: under the lock. Loom reports an access that another one does not precede.
            self.count.with_mut(|count| unsafe { *count += 1 });
            // SAFETY: acquired above.
            unsafe { self.lock.release(|| {}) };
        }
    }

    /// So many turns of the main thread, and then one beside two of another thread.
    fn excludes_after(turns: u32) {
        loom::model(move || {
            let guarded = Arc::new(Guarded {
                lock: Lock::new(),
                count: UnsafeCell::new(0),
            });
            for _ in 0..turns {
                guarded.add();
            }
            let other = guarded.clone();
            let adds = thread::spawn(move || {
                other.add();
                other.add();
            });
            guarded.add();
            adds.join().unwrap();
            acquire(&guarded.lock);
            // SAFETY: under the lock.
            assert_eq!(guarded.count.with(|count| unsafe { *count }), turns + 3);
            // SAFETY: acquired above.
            unsafe { guarded.lock.release(|| {}) };
        });
    }

    #[test]
    fn the_spinning_lock_excludes() {
        excludes_after(0);
    }

    #[test]
    fn a_bias_that_is_granted_against_another_thread_excludes() {
        excludes_after(TURNS_TO_BIAS - 1);
    }

    #[test]
    fn a_bias_that_is_revoked_excludes() {
        excludes_after(TURNS_TO_BIAS);
    }

    /// The turn that makes a candidate, those of its streak, and the one that grants.
    const TURNS_TO_BIAS: u32 = super::STREAK as u32 + 2;
}

#[cfg(all(test, feature = "std", not(csp_loom)))]
#[path = "spin/tests.rs"]
mod tests;
