//! Random histories: processes put, take, select, are cancelled and close channels, in random
//! order, polled by hand; a sequential model says what may come of it.
//!
//! Checked are conservation (each value is with its putter, in a channel, or came back exactly
//! once), the order of each channel, and that nobody sleeps who could go on. A failing program is
//! repeated by its seed alone.

mod common;
#[path = "history/model.rs"]
mod model;

use common::{Ledger, Random, SharedChannel, Task, Value, heap};
use csp_core::select::{Either, Key, PutArm, SelectOnce, TakeArm, Wait};
use csp_core::{Closed, Select, StaticChannel, TryPutError, TryTakeError};
use model::{Event, Model, Put, Side};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::task::Poll;

const PROGRAMS: u64 = if cfg!(miri) { 15 } else { 8000 };
const STEPS: usize = 60;
/// More than that wait at once only in larger programs, which find no more.
const PROCESSES: usize = 10;

#[test]
fn random_histories_conform_to_the_model() {
    for seed in 0..PROGRAMS {
        run(seed);
    }
}

/// What all processes of a program share.
struct World<'a> {
    channels: Vec<&'a dyn SharedChannel<Value>>,
    ledger: Ledger,
    log: RefCell<Vec<Event>>,
    next: Cell<u32>,
}

impl World<'_> {
    fn log(&self, event: Event) {
        self.log.borrow_mut().push(event);
    }

    /// A new value, about to be put.
    fn value(&self, channel: usize, stays_in_line: bool, keeps: bool) -> Value {
        let id = self.next.replace(self.next.get() + 1);
        self.log(Event::Begun(Put {
            id,
            channel,
            stays_in_line,
            keeps,
        }));
        self.ledger.value(id)
    }

    fn put_gave(&self, id: u32, result: Result<(), Closed<Value>>) {
        match result {
            Ok(()) => self.log(Event::Done(id)),
            Err(Closed(value)) => {
                assert_eq!(value.id, id, "another value came back");
                self.log(Event::Refused(id));
            }
        }
    }

    fn take_gave(&self, channel: usize, taken: Option<Value>) {
        self.log(Event::Took(channel, taken.map(|value| value.id)));
    }
}

/// The place of a `put_from`: reports what is in it in the end.
struct Place<'a> {
    world: &'a World<'a>,
    id: u32,
    value: Option<Value>,
}

impl<'a> Place<'a> {
    fn new(world: &'a World<'a>, channel: usize, stays_in_line: bool) -> Self {
        let value = world.value(channel, stays_in_line, true);
        Place {
            world,
            id: value.id,
            value: Some(value),
        }
    }

    /// The put is over.
    fn put_gave(&mut self, result: Result<(), Closed<()>>) {
        match (result, self.value.take()) {
            (Ok(()), None) => self.world.put_gave(self.id, Ok(())),
            (Err(Closed(())), Some(value)) => self.world.put_gave(self.id, Err(Closed(value))),
            (result, value) => panic!("{result:?} with {value:?} in the place"),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(value) = &self.value {
            self.world.log(Event::Kept(value.id));
        }
    }
}

async fn put<'a>(world: &'a World<'a>, channel: usize) {
    world.log(Event::Waits(vec![(Side::Put, channel)]));
    let value = world.value(channel, true, false);
    let id = value.id;
    world.put_gave(id, world.channels[channel].put(value).await);
}

async fn put_from<'a>(world: &'a World<'a>, channel: usize) {
    world.log(Event::Waits(vec![(Side::Put, channel)]));
    let mut place = Place::new(world, channel, true);
    let result = world.channels[channel].put_from(&mut place.value).await;
    place.put_gave(result);
}

async fn take<'a>(world: &'a World<'a>, channel: usize) {
    world.log(Event::Waits(vec![(Side::Take, channel)]));
    world.take_gave(channel, world.channels[channel].take().await);
}

async fn closed<'a>(world: &'a World<'a>, channel: usize) {
    world.log(Event::Waits(vec![(Side::Close, channel)]));
    world.channels[channel].closed().await;
    world.log(Event::SawClose(channel));
}

/// The arms of a random select: the channels of two takes, two puts and a `put_from`.
#[derive(Clone, Copy)]
struct Plan {
    takes: [Option<usize>; 2],
    puts: [Option<usize>; 2],
    put_from: Option<usize>,
    is_biased: bool,
}

impl Plan {
    fn new(random: &mut Random, channels: usize) -> Self {
        let mut channel = || (random.below(2) == 0).then(|| random.below(channels));
        let plan = Plan {
            takes: [channel(), channel()],
            puts: [channel(), channel()],
            put_from: channel(),
            is_biased: random.below(4) == 0,
        };
        if plan.arms().is_empty() {
            return Plan::new(random, channels);
        }
        plan
    }

    fn arms(&self) -> Vec<(Side, usize)> {
        let takes = self.takes.into_iter().flatten().map(|c| (Side::Take, c));
        let puts = self.puts.into_iter().chain([self.put_from]);
        takes
            .chain(puts.flatten().map(|c| (Side::Put, c)))
            .collect()
    }
}

/// A select whose arms are fixed when it is built; `None`: the default fired.
async fn select_once<'a>(world: &'a World<'a>, plan: Plan, has_default: bool) -> Option<()> {
    use Either::{Later, This};
    world.log(Event::Waits(plan.arms()));
    let channel = |index: usize| world.channels[index];
    let mut ids = [0; 2];
    let mut put = |arm: usize| {
        let index = plan.puts[arm]?;
        let value = world.value(index, false, false);
        ids[arm] = value.id;
        Some(channel(index).put_arm(value))
    };
    let (first_put, second_put) = (put(0), put(1));
    let mut place = plan.put_from.map(|index| Place::new(world, index, false));

    let mut select = SelectOnce::new()
        .or(plan.takes[0].map(|index| channel(index).take_arm()))
        .or(first_put)
        .or(plan.takes[1].map(|index| channel(index).take_arm()))
        .or(second_put)
        .or(place.as_mut().map(|place| {
            let index = plan.put_from.expect("there is a place");
            channel(index).put_from_arm(&mut place.value)
        }));
    if plan.is_biased {
        select = select.biased();
    }
    let committed = match has_default {
        true => select.or_default().await?,
        false => select.await,
    };
    match committed {
        This(taken) => world.take_gave(plan.takes[0].expect("an arm"), taken),
        Later(This(result)) => world.put_gave(ids[0], result),
        Later(Later(This(taken))) => world.take_gave(plan.takes[1].expect("an arm"), taken),
        Later(Later(Later(This(result)))) => world.put_gave(ids[1], result),
        Later(Later(Later(Later(This(result))))) => {
            place.as_mut().expect("an arm").put_gave(result);
        }
        Later(Later(Later(Later(Later(never))))) => match never {},
    }
    Some(())
}

/// Waits, but gives up when it is woken instead of looking.
async fn give_up(wait: Wait<'_, '_>) -> Option<Option<usize>> {
    let mut wait = pin!(wait);
    let mut is_first = true;
    poll_fn(|cx| match mem::take(&mut is_first) {
        true => wait.as_mut().poll(cx).map(Some),
        false => Poll::Ready(None),
    })
    .await
}

/// A set of arms that is used for several rounds. In those of which the bit of `gives_up` is set,
/// its wait is dropped when it has been woken.
async fn select_set<'a>(
    world: &'a World<'a>,
    arms: Vec<(Side, usize)>,
    rounds: usize,
    gives_up: usize,
) {
    enum Arm<'a> {
        Take(Key<TakeArm<'a, Value>>),
        Put(Key<PutArm<'a, Value>>, u32),
    }
    let mut set = Select::new();
    let mut keys = Vec::new();
    for &(side, channel) in &arms {
        let on = world.channels[channel];
        keys.push(match side {
            Side::Put => {
                let value = world.value(channel, false, false);
                let id = value.id;
                Arm::Put(set.add(on.put_arm(value)), id)
            }
            _ => Arm::Take(set.add(on.take_arm())),
        });
    }
    let mut rests = vec![false; arms.len()];
    for round in 0..rounds {
        let awake = |&(index, _): &(usize, _)| !rests[index];
        let waits = arms.iter().copied().enumerate().filter(awake);
        world.log(Event::Waits(waits.map(|(_, arm)| arm).collect()));
        let waited = match gives_up >> round & 1 {
            0 => set.wait().await,
            _ => match give_up(set.wait()).await {
                Some(waited) => waited,
                None => continue,
            },
        };
        let Some(index) = waited else {
            assert!(rests.iter().all(|&rests| rests), "some arm could fire");
            break;
        };
        let channel = arms[index].1;
        match &mut keys[index] {
            Arm::Take(key) => world.take_gave(channel, set.output(*key).expect("it committed")),
            Arm::Put(key, id) => {
                let result = set.output(*key).expect("it committed");
                rests[index] = result.is_err();
                world.put_gave(*id, result);
                if !rests[index] {
                    let value = world.value(channel, false, false);
                    *id = value.id;
                    assert_eq!(set.refill(*key, value), None);
                }
            }
        }
    }
    for (index, key) in keys.into_iter().enumerate() {
        if let Arm::Put(key, id) = key {
            // Completed when the last wait was dropped.
            if let Some(result) = set.output(key) {
                rests[index] = true;
                world.put_gave(id, result);
            }
            let value = set.take_back(key);
            assert_eq!(value.map(|value| value.id), (!rests[index]).then_some(id));
            if !rests[index] {
                world.log(Event::Kept(id));
            }
        }
    }
}

struct Process<'a> {
    task: Task<'a, ()>,
    waits: Vec<(Side, usize)>,
}

/// Runs one program, step by step.
struct Program<'a> {
    world: &'a World<'a>,
    model: Model,
    processes: BTreeMap<usize, Process<'a>>,
    started: usize,
    random: Random,
}

impl<'a> Program<'a> {
    fn step(&mut self) {
        let channel = self.random.below(self.world.channels.len());
        match self.random.below(100) {
            0..45 if self.processes.len() < PROCESSES => self.start(channel),
            0..60 => self.with_any(Self::cancel),
            60..72 => self.with_any(Self::poll),
            72..75 => self.with_any(|program, index| {
                let process = program.processes.get_mut(&index).expect("alive");
                if process.task.polls() > 0 {
                    process.task.change_waker();
                    program.poll(index);
                }
            }),
            75..85 => self.try_put(channel),
            85..95 => self.try_take(channel),
            95..98 => self.select_now(),
            _ => {
                let first = self.world.channels[channel].close();
                self.model.close(channel, first);
            }
        }
        for (index, channel) in self.world.channels.iter().enumerate() {
            assert!(channel.len() <= channel.capacity());
            assert_eq!(channel.is_closed(), self.model.is_closed(index));
        }
    }

    fn start(&mut self, channel: usize) {
        let world = self.world;
        let channels = world.channels.len();
        let random = &mut self.random;
        let task = match random.below(10) {
            0 | 1 => Task::new(put(world, channel)),
            2 => Task::new(put_from(world, channel)),
            3 | 4 => Task::new(take(world, channel)),
            5 => Task::new(closed(world, channel)),
            6 | 7 => {
                let plan = Plan::new(random, channels);
                Task::new(async move {
                    select_once(world, plan, false).await;
                })
            }
            _ => {
                let arms = Plan::new(random, channels).arms();
                let (rounds, gives_up) = (1 + random.below(4), random.below(16));
                Task::new(select_set(world, arms, rounds, gives_up))
            }
        };
        let index = self.started;
        self.started += 1;
        let waits = Vec::new();
        self.processes.insert(index, Process { task, waits });
        // Now and then later, or never.
        if self.random.below(8) > 0 {
            self.poll(index);
        }
    }

    fn with_any(&mut self, act: impl FnOnce(&mut Self, usize)) {
        if !self.processes.is_empty() {
            let place = self.random.below(self.processes.len());
            let index = *self.processes.keys().nth(place).expect("in range");
            act(self, index);
        }
    }

    fn poll(&mut self, index: usize) {
        let process = self.processes.get_mut(&index).expect("alive");
        if process.task.poll().is_pending() {
            self.apply_log(index);
            return;
        }
        self.processes.remove(&index);
        self.apply_log(index);
        self.model.gone(index, true, &self.world.ledger);
    }

    fn cancel(&mut self, index: usize) {
        self.processes.remove(&index);
        self.apply_log(index);
        self.model.gone(index, false, &self.world.ledger);
    }

    fn apply_log(&mut self, owner: usize) {
        for event in self.world.log.take() {
            if let (Event::Waits(waits), Some(process)) = (&event, self.processes.get_mut(&owner)) {
                process.waits.clone_from(waits);
            }
            self.model.apply(owner, event);
        }
    }

    /// What those wait for who wait; `None` if somebody has been woken and has not looked.
    fn parked(&self) -> Option<Vec<(usize, Side, usize)>> {
        let mut parked = Vec::new();
        for (&index, process) in &self.processes {
            if process.task.is_woken() {
                return None;
            }
            if process.task.polls() > 0 {
                parked.extend(process.waits.iter().map(|&(side, c)| (index, side, c)));
            }
        }
        Some(parked)
    }

    /// What must come of a try; `None` if that depends on who is faster.
    fn expects(&self, side: Side, channel: usize) -> Option<bool> {
        let parked = self.parked()?;
        Some(self.model.is_ready(side, channel, &parked))
    }

    fn try_put(&mut self, channel: usize) {
        let expected = self.expects(Side::Put, channel);
        let index = self.started;
        self.started += 1;
        let value = self.world.value(channel, true, false);
        let id = value.id;
        let is_ready = match self.world.channels[channel].try_put(value) {
            Ok(()) => {
                self.world.put_gave(id, Ok(()));
                true
            }
            Err(TryPutError::Closed(value)) => {
                self.world.put_gave(id, Err(Closed(value)));
                true
            }
            Err(TryPutError::Full(value)) => {
                assert_eq!(value.id, id, "another value came back");
                false
            }
        };
        assert!(expected.is_none_or(|expected| expected == is_ready), "{id}");
        self.apply_log(index);
        self.model.gone(index, true, &self.world.ledger);
    }

    fn try_take(&mut self, channel: usize) {
        let expected = self.expects(Side::Take, channel);
        let is_ready = match self.world.channels[channel].try_take() {
            Ok(value) => {
                self.world.take_gave(channel, Some(value));
                true
            }
            Err(TryTakeError::Closed) => {
                self.world.take_gave(channel, None);
                true
            }
            Err(TryTakeError::Empty) => false,
        };
        assert!(expected.is_none_or(|expected| expected == is_ready));
        self.apply_log(self.started);
    }

    /// A select with a default.
    fn select_now(&mut self) {
        let plan = Plan::new(&mut self.random, self.world.channels.len());
        let expect = |&(side, channel): &_| self.expects(side, channel);
        let expected: Option<Vec<bool>> = plan.arms().iter().map(expect).collect();
        let index = self.started;
        self.started += 1;
        let committed = common::now(select_once(self.world, plan, true)).is_some();
        if let Some(arms) = expected {
            assert_eq!(
                committed,
                arms.contains(&true),
                "default only if nothing is ready"
            );
        }
        self.apply_log(index);
        self.model.gone(index, true, &self.world.ledger);
    }

    /// Lets everybody look who was woken; then nobody may sleep who could go on.
    fn settle(&mut self) {
        for polls in 0.. {
            assert!(polls < 10_000, "the processes wake each other for ever");
            let is_woken = |process: &Process<'_>| process.task.is_woken();
            let woken = self.processes.iter().filter(|(_, p)| is_woken(p));
            let woken: Vec<usize> = woken.map(|(&index, _)| index).collect();
            if woken.is_empty() {
                break;
            }
            let place = self.random.below(woken.len());
            self.poll(woken[place]);
        }
        let parked = self.parked().expect("everybody has looked");
        self.model.assert_nobody_sleeps(&parked);
        for (index, channel) in self.world.channels.iter().enumerate() {
            let stored = self.model.stored(index);
            assert_eq!(channel.len(), stored.min(channel.capacity()));
        }
    }

    /// Cancels or closes, and takes what is left.
    fn end(&mut self) {
        while !self.processes.is_empty() {
            if self.random.below(2) == 0 {
                self.with_any(Self::cancel);
            } else {
                let channel = self.random.below(self.world.channels.len());
                let first = self.world.channels[channel].close();
                self.model.close(channel, first);
            }
            self.settle();
        }
        for channel in 0..self.world.channels.len() {
            while let Ok(value) = self.world.channels[channel].try_take() {
                self.world.take_gave(channel, Some(value));
                self.apply_log(self.started);
            }
        }
        assert!(self.model.is_empty(), "values are lost");
        self.world.ledger.assert_settled();
    }
}

fn run(seed: u64) {
    /// Says which program it was when it panics.
    struct Named(u64);
    impl Drop for Named {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("in the program of seed {}", self.0);
            }
        }
    }
    let _named = Named(seed);
    csp_core::select::seed(seed);
    let mut random = Random::new(seed);
    let on_heap = [0, 1, 2, 5].map(heap);
    let rendezvous = StaticChannel::<_, 0>::new();
    let (one, two) = (StaticChannel::<_, 1>::new(), StaticChannel::<_, 2>::new());
    let mut pick = || -> &dyn SharedChannel<Value> {
        match random.below(9) {
            0 => &rendezvous,
            1 => &one,
            2 => &two,
            // The narrow ones more often.
            3 | 4 => &on_heap[0],
            5 | 6 => &on_heap[1],
            7 => &on_heap[2],
            _ => &on_heap[3],
        }
    };
    let mut channels = vec![pick(), pick(), pick()];
    // A channel has one number.
    channels.sort_by_key(|&channel| std::ptr::from_ref(channel).cast::<()>());
    channels.dedup_by_key(|&mut channel| std::ptr::from_ref(channel).cast::<()>());

    let world = World {
        channels,
        ledger: Ledger::new(),
        log: RefCell::default(),
        next: Cell::new(0),
    };
    let capacities = world.channels.iter().map(|channel| channel.capacity());
    let mut program = Program {
        world: &world,
        model: Model::new(capacities.collect()),
        processes: BTreeMap::new(),
        started: 0,
        random,
    };
    for _ in 0..STEPS {
        program.step();
        // Sometimes several things happen before anybody looks.
        if program.random.below(3) > 0 {
            program.settle();
        }
    }
    program.settle();
    program.end();
}
