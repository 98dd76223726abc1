//! Programs on one thread: processes are started, polled by hand, cancelled, woken and ended, in an
//! order that is chosen.

use super::actions::Action;
use super::choices::Choices;
use super::linear;
use super::log::{Event, Log, Side};
use super::operations;
use super::spec::Limits;
use super::world::{Kind, World};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Wake, Waker};

/// More than that wait at once only in larger programs, which find no more.
const PROCESSES: usize = 8;

struct Process<'a> {
    body: Pin<Box<dyn Future<Output = ()> + 'a>>,
    bell: Arc<Bell>,
}

/// A process's waker.
struct Bell {
    log: Arc<Log>,
    has_rung: AtomicBool,
    /// The operation that waits: woken, it may be claimed by nobody any more. `usize::MAX`: none.
    waits: AtomicUsize,
}

impl Bell {
    fn new(log: &Arc<Log>) -> Arc<Self> {
        Arc::new(Bell {
            log: log.clone(),
            has_rung: AtomicBool::new(false),
            waits: AtomicUsize::new(usize::MAX),
        })
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.has_rung.store(true, SeqCst);
        let waits = self.waits.swap(usize::MAX, SeqCst);
        if waits != usize::MAX {
            self.log.push(Event::Stirred(waits));
        }
    }
}

/// A program, as far as it has run.
pub struct Program<'a> {
    world: &'a World,
    processes: BTreeMap<usize, Process<'a>>,
    started: usize,
}

/// Runs a program whose every step is chosen; the error says what it did that cannot be.
pub fn run(choices: &mut dyn Choices, steps: usize) -> Result<(), String> {
    let (limits, events) = record(choices, steps);
    linear::check(&limits, &events)
}

/// Runs a program whose every step is chosen, and gives what was written down.
pub fn record(choices: &mut dyn Choices, steps: usize) -> (Vec<Limits>, Vec<Event>) {
    choices.step();
    csp_core::select::seed(choices.below(256) as u64);
    let kinds: Vec<Kind> = (0..1 + choices.below(3)).map(|_| kind(choices)).collect();
    let world = World::new(&kinds, true);
    let mut program = Program::new(&world);
    // How many things happen before somebody looks.
    let haste = choices.below(5);
    for _ in 0..steps {
        if choices.is_over() {
            break;
        }
        choices.step();
        program.step(choices);
        if choices.below(1 + haste) == 0 {
            program.settle(choices);
        }
    }
    program.end(choices);
    drain(world)
}

fn kind(choices: &mut dyn Choices) -> Kind {
    match choices.below(16) {
        // The narrow ones more often.
        0 | 1 => Kind::Heap(0),
        2 | 3 => Kind::Heap(1),
        4 => Kind::Heap(2),
        5 => Kind::Heap(usize::MAX),
        6 | 7 => Kind::Static(0),
        8 => Kind::Static(1),
        9 => Kind::Static(2),
        13 => Kind::Local(0),
        14 => Kind::Local(1),
        15 => Kind::Local(2),
        10 => Kind::Ends(0),
        11 => Kind::Ends(1),
        _ => Kind::Ends(2),
    }
}

/// Everybody has gone: takes what is left, and looks whether all that happened can be explained.
pub fn finish(world: World) -> Result<(), String> {
    let (limits, events) = drain(world);
    linear::check(&limits, &events)
}

fn drain(world: World) -> (Vec<Limits>, Vec<Event>) {
    for channel in 0..world.channels() {
        if let Some(from) = world.handle(Side::Take, channel) {
            while operations::try_take(&from) {}
        }
    }
    world.assert_settled();
    let events = world.log.events();
    (world.limits, events)
}

impl<'a> Program<'a> {
    pub fn new(world: &'a World) -> Self {
        Program {
            world,
            processes: BTreeMap::new(),
            started: 0,
        }
    }

    fn step(&mut self, choices: &mut dyn Choices) {
        let world = self.world;
        match choices.below(32) {
            0..18 if self.processes.len() < PROCESSES => {
                let action = Action::new(choices, world.channels());
                let index = self.add(action.run(world));
                // Now and then later, or never.
                if choices.below(8) > 0 {
                    self.poll(index);
                }
            }
            0..24 => self.with_any(choices, Self::cancel),
            24..28 => self.with_any(choices, Self::poll),
            28..30 => self.with_any(choices, Self::poll_anew),
            kind => {
                let channel = choices.below(world.channels());
                let side = [Side::Put, Side::Take][choices.below(2)];
                match choices.below(4) {
                    // Seldom, since not much goes on at a channel that is closed.
                    0 if kind == 30 => world.drop_end(side, channel),
                    1 => world.reopen(channel),
                    _ => world.upgrade(side, channel),
                }
            }
        }
    }

    /// A new process, which has not been polled.
    pub fn add(&mut self, body: impl Future<Output = ()> + 'a) -> usize {
        let index = self.started;
        self.started += 1;
        let process = Process {
            body: Box::pin(body),
            bell: Bell::new(&self.world.log),
        };
        self.processes.insert(index, process);
        index
    }

    fn with_any(&mut self, choices: &mut dyn Choices, act: impl FnOnce(&mut Self, usize)) {
        if !self.processes.is_empty() {
            let place = choices.below(self.processes.len());
            let index = *self.processes.keys().nth(place).expect("in range");
            act(self, index);
        }
    }

    pub fn is_alive(&self, index: usize) -> bool {
        self.processes.contains_key(&index)
    }

    pub fn poll(&mut self, index: usize) {
        let process = self.processes.get_mut(&index).expect("alive");
        let (bell, log) = (&process.bell, &self.world.log);
        bell.has_rung.store(false, SeqCst);
        bell.waits.store(usize::MAX, SeqCst);
        let waker = Waker::from(bell.clone());
        let polled = process.body.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_ready() {
            self.processes.remove(&index);
        } else {
            let waits = log.last_waits().expect("it waits for something");
            match bell.has_rung.load(SeqCst) {
                true => log.push(Event::Stirred(waits)),
                false => bell.waits.store(waits, SeqCst),
            }
        }
    }

    /// Polls with another waker than before.
    pub fn poll_anew(&mut self, index: usize) {
        let process = self.processes.get_mut(&index).expect("alive");
        process.bell = Bell::new(&self.world.log);
        self.poll(index);
    }

    pub fn cancel(&mut self, index: usize) {
        self.processes.remove(&index);
    }

    /// Lets everybody look who was woken; then nobody may sleep who could go on.
    pub fn settle(&mut self, choices: &mut dyn Choices) {
        for polls in 0.. {
            assert!(polls < 10_000, "the processes wake each other for ever");
            let woken = self
                .processes
                .iter()
                .filter(|(_, p)| p.bell.has_rung.load(SeqCst));
            let woken: Vec<usize> = woken.map(|(&index, _)| index).collect();
            if woken.is_empty() {
                break;
            }
            let place = choices.below(woken.len());
            self.poll(woken[place]);
        }
        self.world.log.push(Event::Quiet);
        self.world.count();
    }

    /// Cancels or closes until everybody has gone.
    pub fn end(mut self, choices: &mut dyn Choices) {
        self.settle(choices);
        while !self.processes.is_empty() {
            if choices.below(2) == 0 {
                self.with_any(choices, Self::cancel);
            } else {
                let channel = choices.below(self.world.channels());
                let handle = |side| self.world.handle(side, channel);
                if let Some(at) = handle(Side::Take).or_else(|| handle(Side::Put)) {
                    at.close();
                }
            }
            self.settle(choices);
        }
    }
}
