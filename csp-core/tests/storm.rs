//! Storms on threads: puts, takes, selects and sets of them, polled, moved and dropped on any thread
//! at random, among ends that come and go; then with wakers and values that do what they should not; and
//! permits (`storm/permits.rs`).
//!
//! Every value's end is in the books, and at the end nobody sleeps who could go on.
//! `CSP_STORM=1000000` says of how many values a storm is made.

mod common;
#[path = "storm/operations.rs"]
mod operations;
#[path = "storm/permits.rs"]
mod permits;

use common::{
    Books, End, Handle, Random, Token, expect_panics, is_expected, panic_as_expected, storm_size,
};
use csp_core::{TryPutError, WeakReceiver, WeakSender, channel};
use operations::{
    Act, Operation, Rx, Side, Tx, put, put_from, reserve, select_both, set_of_both, take, try_put,
    try_take,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

/// How often a thread has a channel to itself before its lock is biased, and some more. (An interpreter
/// has no such bias.)
const ALONE: usize = if cfg!(miri) { 0 } else { 1100 };
/// Hand-over places of a channel on the heap.
const PLACES: usize = 4;
const THREADS: usize = 3;
/// What one thread does to one channel.
const STEPS: usize = if cfg!(miri) { 8 } else { 200 };

/// One channel in the storm.
struct World {
    books: Arc<Books>,
    tx: WeakSender<Token>,
    rx: WeakReceiver<Token>,
    pool: Mutex<Vec<Operation>>,
    /// Ends on their way from thread to thread.
    ends: Mutex<Vec<AnyEnd>>,
    is_hostile: bool,
    panics: Arc<AtomicUsize>,
}

enum AnyEnd {
    Tx(Tx),
    Rx(Rx),
}

impl World {
    fn is_closed(&self) -> bool {
        self.tx
            .upgrade()
            .is_none_or(|tx| Handle::new(tx).is_closed())
    }
}

/// One thread's view of it.
struct Stormer<'w> {
    world: &'w World,
    random: Random,
    ends: Vec<AnyEnd>,
}

impl Stormer<'_> {
    fn chance(&mut self, one_in: usize) -> bool {
        self.random.below(one_in) == 0
    }

    fn tx(&mut self) -> Option<Tx> {
        let tx = self.ends.iter().find_map(|end| match end {
            AnyEnd::Tx(tx) => Some(tx.clone()),
            AnyEnd::Rx(_) => None,
        });
        self.shuffle();
        tx
    }

    fn rx(&mut self) -> Option<Rx> {
        let rx = self.ends.iter().find_map(|end| match end {
            AnyEnd::Rx(rx) => Some(rx.clone()),
            AnyEnd::Tx(_) => None,
        });
        self.shuffle();
        rx
    }

    fn shuffle(&mut self) {
        let middle = self.random.below(self.ends.len().max(1));
        self.ends.rotate_left(middle);
    }

    /// For so long that the channel's lock is biased towards this thread when the others come.
    fn have_it_alone(&mut self) {
        if let Some(rx) = self.rx() {
            (0..ALONE).for_each(|_| try_take(&rx));
        }
    }

    fn token(&mut self) -> Option<Token> {
        let token = self.world.books.token()?;
        if !self.world.is_hostile || !self.chance(8) {
            return Some(token);
        }
        let (books, tx) = (self.world.books.clone(), self.world.tx.clone());
        Some(match self.random.below(2) {
            0 => token.and_then(panics(&self.world.panics)),
            _ => token.and_then(move || {
                if let Some((tx, token)) = tx.upgrade().map(Handle::new).zip(books.token()) {
                    try_put(&tx, token);
                }
            }),
        })
    }

    /// What a waker does that should do nothing.
    fn act(&mut self) -> Act {
        let (books, tx, rx) = (
            self.world.books.clone(),
            self.world.tx.clone(),
            self.world.rx.clone(),
        );
        match self.random.below(4) {
            0 => Box::new(panics(&self.world.panics)),
            1 => Box::new(move || {
                if let Some(rx) = rx.upgrade().map(Handle::new) {
                    try_take(&rx);
                }
                if let Some((tx, token)) = tx.upgrade().map(Handle::new).zip(books.token()) {
                    try_put(&tx, token);
                }
            }),
            2 if self.chance(8) => Box::new(move || {
                tx.upgrade().map(Handle::new).map(|tx| tx.close());
            }),
            // It may be dropped with the waker, too.
            _ => match self.ends.pop() {
                Some(end) => Box::new(move || drop(end)),
                None => Box::new(|| {}),
            },
        }
    }

    fn operation(&mut self) -> Option<Operation> {
        let (way, tx, rx) = (self.random.below(8), self.tx(), self.rx());
        Some(match way {
            0..2 => Operation::new(Side::Take, take(rx?)),
            2 => Operation::new(Side::Put, put(tx?, self.token()?)),
            3 => Operation::new(Side::Put, put_from(tx?, self.token()?)),
            4 => {
                let fills = self.chance(2);
                Operation::new(Side::Put, reserve(tx?, self.token()?, fills))
            }
            5..7 => Operation::new(Side::Both, select_both(tx?, rx?, self.token()?)),
            _ => {
                let (tx, rx) = (tx?, rx?);
                let tokens = (0..4).filter_map(|_| self.token()).collect();
                Operation::new(Side::Both, set_of_both(tx, rx, tokens))
            }
        })
    }

    fn borrowed(&mut self) -> Option<Operation> {
        let mut pool = self.world.pool.lock().unwrap();
        let index = self.random.below(pool.len().max(1));
        (index < pool.len()).then(|| pool.swap_remove(index))
    }

    fn poll(&mut self, mut operation: Operation) {
        if self.chance(4) {
            operation.flag = Arc::default();
        }
        if self.world.is_hostile && self.chance(4) {
            let act = self.act();
            let old = operation.flag.act.lock().unwrap().replace(act);
            drop(old); // not under the lock: it may wake this very operation
        }
        if let Some(waits) = operation.poll() {
            self.world.pool.lock().unwrap().push(waits);
        }
    }

    fn step(&mut self) {
        match self.random.below(16) {
            0..2 => {
                let clone = match self.random.below(2) {
                    0 => self.tx().map(AnyEnd::Tx),
                    _ => self.rx().map(AnyEnd::Rx),
                };
                self.ends.extend(clone);
            }
            2..4 => {
                self.shuffle();
                // The last ones of their kind, now and then.
                if self.ends.len() > 3 || self.chance(50) {
                    drop(self.ends.pop());
                }
            }
            4 => {
                self.shuffle();
                let mut travelling = self.world.ends.lock().unwrap();
                let arrived = travelling.pop();
                travelling.extend(self.ends.pop());
                drop(travelling);
                self.ends.extend(arrived);
            }
            5 => {
                if let Some(tx) = self.tx() {
                    if let Some(token) = self.token() {
                        try_put(&tx, token);
                    }
                }
            }
            6 => {
                if let Some(rx) = self.rx() {
                    try_take(&rx);
                }
            }
            7..11 => {
                if let Some(operation) = self.operation() {
                    self.poll(operation);
                }
            }
            11..14 => {
                if let Some(operation) = self.borrowed() {
                    // Seldom without a reason, which might make up for a wake that was lost.
                    if operation.flag.woken.load(SeqCst) || self.chance(10) {
                        self.poll(operation);
                    } else {
                        self.world.pool.lock().unwrap().push(operation);
                    }
                }
            }
            14 => drop(self.borrowed()),
            _ => {
                if self.chance(60) {
                    self.tx().map(|tx| tx.close());
                }
            }
        }
    }
}

fn panics(count: &Arc<AtomicUsize>) -> impl FnOnce() + Send + 'static {
    let count = count.clone();
    move || {
        count.fetch_add(1, SeqCst);
        panic_as_expected();
    }
}

/// One channel, from its first step to its last.
fn blow(world: &World, ends: [AnyEnd; 2], seed: u64) {
    *world.ends.lock().unwrap() = ends.into();
    let start = &Barrier::new(THREADS);
    thread::scope(|scope| {
        for n in 0..THREADS as u64 {
            scope.spawn(move || {
                let mut stormer = Stormer {
                    world,
                    random: Random::new(seed * 64 + n),
                    ends: Vec::new(),
                };
                if let Some(tx) = world.tx.upgrade() {
                    stormer.ends.push(AnyEnd::Tx(Handle::new(tx)));
                }
                if let Some(rx) = world.rx.upgrade() {
                    stormer.ends.push(AnyEnd::Rx(Handle::new(rx)));
                }
                if n == 0 && seed % 2 == 0 {
                    stormer.have_it_alone();
                }
                start.wait();
                for _ in 0..STEPS {
                    let mut is_closed = false;
                    guarded(world, || {
                        stormer.step();
                        is_closed = world.is_closed();
                    });
                    // Soon after the close, or all who wait would be dropped unseen.
                    if is_closed && stormer.chance(8) {
                        break;
                    }
                }
                while let Some(end) = stormer.ends.pop() {
                    guarded(world, || drop(end));
                }
            });
        }
    });
}

/// Lets the panics of the storm pass, and no others.
fn guarded(world: &World, body: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(body)) {
        assert!(world.is_hostile && is_expected(&*payload), "{payload:?}");
    }
}

/// When all is quiet: whoever could go on has been woken.
fn assert_nobody_sleeps_in_vain(world: &World, capacity: usize) {
    // Until nobody is woken any more. A waker may start it all again.
    loop {
        let mut pool = world.pool.lock().unwrap();
        let woken = pool.iter().position(|op| op.flag.woken.load(SeqCst));
        let Some(index) = woken else { break };
        let operation = pool.swap_remove(index);
        drop(pool);
        guarded(world, || {
            if let Some(waits) = operation.poll() {
                world.pool.lock().unwrap().push(waits);
            }
        });
    }
    let pool = world.pool.lock().unwrap();
    let waiting = |side| pool.iter().filter(|op| op.side == side).count();
    let [puts, takes, both] = [Side::Put, Side::Take, Side::Both].map(waiting);
    let context = format!("capacity {capacity}, waiting: {puts} puts, {takes} takes, {both} both");
    drop(pool);
    let ends = world.tx.upgrade().zip(world.rx.upgrade());
    let ends = ends.map(|(tx, rx)| (Handle::new(tx), Handle::new(rx)));
    let Some((tx, rx)) = ends.filter(|(tx, _)| !tx.is_closed()) else {
        assert_eq!(puts + takes + both, 0, "the channel is closed; {context}");
        return;
    };
    if both > 0 {
        assert!(capacity == 0 && puts + takes + both == 1, "{context}");
    }
    assert!(puts == 0 || takes == 0, "{context}");
    if takes > 0 {
        assert!(rx.try_take().is_err(), "{context}");
    }
    if puts > 0 {
        if let Some(token) = world.books.token() {
            match tx.try_put(token) {
                Err(TryPutError::Full(token)) => token.returned(),
                other => panic!("{:?}; {context}", other.is_ok()),
            }
        }
    }
}

fn storm(is_hostile: bool) {
    let values = storm_size(if cfg!(miri) { 20 } else { 20_000 });
    let mut sum = Vec::new();
    for capacity in [0, 1, 8] {
        let (mut made, mut seed) = (0, 0);
        let mut most_at_once = 0;
        let panics = Arc::default();
        while made < values {
            seed += 1;
            let (tx, rx) = channel(capacity);
            let world = World {
                books: Books::new(5 * THREADS * STEPS),
                tx: tx.downgrade(),
                rx: rx.downgrade(),
                pool: Mutex::default(),
                ends: Mutex::default(),
                is_hostile,
                panics: Arc::clone(&panics),
            };
            let ends = [AnyEnd::Tx(Handle::new(tx)), AnyEnd::Rx(Handle::new(rx))];
            blow(&world, ends, seed);
            assert_nobody_sleeps_in_vain(&world, capacity);

            let World {
                books, pool, ends, ..
            } = &world;
            loop {
                let operation = pool.lock().unwrap().pop();
                let Some(operation) = operation else { break };
                guarded(&world, || drop(operation));
            }
            loop {
                let end = ends.lock().unwrap().pop();
                let Some(end) = end else { break };
                guarded(&world, || drop(end));
            }
            books.audit();
            most_at_once = most_at_once.max(books.count(End::WithChannel));
            made += books.made();
            sum.push(books.clone());
        }
        if !is_hostile {
            // What a channel can hold; what waits is with its puts. (A hostile value puts the next
            // one when it is taken out, for as long as the channel is open.)
            assert!(most_at_once <= capacity + PLACES, "{most_at_once} at once");
        }
        let count = |end| sum.iter().map(|books| books.count(end)).sum::<usize>();
        println!(
            "capacity {capacity}: {made} values = {} taken + {} returned + {} with their puts + {} \
             with their channel + {} with a panic; {} channels, {} panics",
            count(End::Taken),
            count(End::Returned),
            count(End::WithPut),
            count(End::WithChannel),
            count(End::WithPanic),
            sum.len(),
            panics.load(SeqCst),
        );
        sum.clear();
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
fn handles_and_futures_dropped_on_any_thread_leave_nothing_behind() {
    storm(false);
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "there is one thread")]
#[cfg_attr(not(panic = "unwind"), ignore = "a panic cannot be caught")]
fn wakers_and_values_that_panic_re_enter_or_drop_ends_lose_nothing() {
    expect_panics();
    storm(true);
}
