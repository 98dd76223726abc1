//! What processes do, each written down in the world's log.

use super::choices::Choices;
use super::log::{Arm, Outcome, Side};
use super::world::{Handle, Running, World};
use crate::common::Value;
use csp_core::select::{Either, Key, PutArm, SelectOnce, TakeArm, Wait};
use csp_core::{Closed, Select, TryPutError, TryTakeError, select};
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The place of a `put_from`, in which the value has to be unless it was put.
struct Place<'a> {
    running: &'a Running<'a>,
    arm: usize,
    value: Option<Value>,
}

impl Place<'_> {
    fn put_gave(&mut self, result: Result<(), Closed<()>>) {
        let value = self.value.take();
        assert_eq!(result.is_err(), value.is_some(), "what is in the place");
        self.running.put_gave(self.arm, value.map_or(Ok(()), Err));
    }
}

fn put_gave(running: &Running<'_>, arm: usize, result: Result<(), Closed<Value>>) {
    running.put_gave(arm, result.map_err(Closed::into_inner));
}

pub async fn put(to: Handle<'_>) {
    let value = to.world.value();
    let running = Running::alone(to.world, Arm::put(to.channel, value.id));
    put_gave(&running, 0, running.watch(to.put(value)).await);
}

pub async fn put_from(to: Handle<'_>) {
    let value = to.world.value();
    let running = Running::alone(to.world, Arm::put(to.channel, value.id));
    let mut place = Place {
        running: &running,
        arm: 0,
        value: Some(value),
    };
    let result = running.watch(to.put_from(&mut place.value)).await;
    place.put_gave(result);
}

pub async fn take(from: Handle<'_>) {
    let running = Running::alone(from.world, Arm::new(Side::Take, from.channel));
    running.take_gave(0, running.watch(from.take()).await);
}

pub async fn closed(at: Handle<'_>) {
    let running = Running::alone(at.world, Arm::new(Side::Close, at.channel));
    running.watch(at.closed()).await;
    running.end(Outcome::SawClose(0));
}

pub fn try_put(to: &Handle<'_>) {
    let value = to.world.value();
    let id = value.id;
    let running = Running::now(to.world, Arm::put(to.channel, id));
    running.begin();
    match to.try_put(value) {
        Ok(()) => running.put_gave(0, Ok(())),
        Err(TryPutError::Closed(value)) => running.put_gave(0, Err(value)),
        Err(TryPutError::Full(value)) => {
            assert_eq!(value.id, id, "another value came back");
            running.end(Outcome::NotReady);
        }
    }
}

/// Says whether there was a value.
pub fn try_take(from: &Handle<'_>) -> bool {
    let running = Running::now(from.world, Arm::new(Side::Take, from.channel));
    running.begin();
    let taken = from.try_take();
    let is_there = taken.is_ok();
    match taken {
        Ok(value) => running.take_gave(0, Some(value)),
        Err(TryTakeError::Closed) => running.take_gave(0, None),
        Err(TryTakeError::Empty) => running.end(Outcome::NotReady),
    }
    is_there
}

/// Puts many values at once, as far as there is room, and has the others given back.
pub fn put_some(to: &Handle<'_>, count: usize) {
    let world = to.world;
    let values: Vec<Value> = (0..count).map(|_| world.value()).collect();
    let ids: Vec<u32> = values.iter().map(|value| value.id).collect();
    let mut all = pin!(to.put_all(values));
    let polled = all.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let (rest, is_closed) = match polled {
        Poll::Pending => (all.as_mut().rest().collect(), false),
        Poll::Ready(Ok(())) => (Vec::new(), false),
        Poll::Ready(Err(closed)) => (closed.into_inner().collect(), true),
    };
    // Nobody else has done anything meanwhile: as many puts, one after the other.
    let mut rest = rest.into_iter();
    let put = count - rest.len();
    for (index, &id) in ids.iter().enumerate() {
        let running = Running::now(world, Arm::put(to.channel, id));
        running.begin();
        let back = if index < put { None } else { rest.next() };
        assert!(
            back.as_ref().is_none_or(|value| value.id == id),
            "another value came back"
        );
        match back {
            None => running.put_gave(0, Ok(())),
            Some(value) if is_closed => running.put_gave(0, Err(value)),
            Some(_) => running.end(Outcome::NotReady),
        }
    }
}

/// Takes up to so many, of which only the first is waited for.
pub async fn take_many(from: Handle<'_>, max: usize) {
    let world = from.world;
    // On several threads others might do something between what is written down of one batch.
    let max = if world.is_one_thread { max } else { 1 };
    let mut buffer = Vec::new();
    let running = Running::alone(world, Arm::new(Side::Take, from.channel));
    let count = running.watch(from.take_many(&mut buffer, max)).await;
    assert_eq!(count, buffer.len());
    assert!(count <= max, "more than were asked for");
    let mut taken = buffer.into_iter();
    running.take_gave(0, taken.next());
    took(&from, taken);
}

/// Takes all that is there.
pub fn drain(from: &Handle<'_>) {
    if !from.world.is_one_thread {
        try_take(from);
        return;
    }
    took(from, from.drain().into_iter());
    assert!(!try_take(from), "it has left a value there");
}

/// Writes down takes of which nobody else has seen anything.
fn took(from: &Handle<'_>, values: impl Iterator<Item = Value>) {
    for value in values {
        let running = Running::now(from.world, Arm::new(Side::Take, from.channel));
        running.begin();
        running.take_gave(0, Some(value));
    }
}

/// What a select chooses from: two takes, two puts and a `put_from`, each on some channel or none.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    takes: [Option<usize>; 2],
    puts: [Option<usize>; 2],
    put_from: Option<usize>,
    style: Style,
}

/// How a select is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Style {
    Macro,
    Random,
    Biased,
}

impl Plan {
    pub fn new(choices: &mut dyn Choices, channels: usize) -> Self {
        let mut channel = || choices.below(2 * channels).checked_sub(channels);
        let mut plan = Plan {
            takes: [channel(), channel()],
            puts: [channel(), channel()],
            put_from: channel(),
            style: Style::Random,
        };
        plan.style = match choices.below(4) {
            0 => Style::Macro,
            1 | 2 => Style::Biased,
            _ => Style::Random,
        };
        if plan.sides().is_empty() {
            plan.takes[0] = Some(choices.below(channels));
        }
        plan
    }

    /// A put and a take; biased, it prefers the put.
    pub fn of_two(put: usize, take: usize, is_biased: bool) -> Self {
        Plan {
            takes: [None, Some(take)],
            puts: [Some(put), None],
            put_from: None,
            style: if is_biased {
                Style::Biased
            } else {
                Style::Random
            },
        }
    }

    pub fn sides(&self) -> Vec<(Side, usize)> {
        let takes = self.takes.into_iter().flatten().map(|c| (Side::Take, c));
        let puts = self.puts.into_iter().chain([self.put_from]);
        takes
            .chain(puts.flatten().map(|c| (Side::Put, c)))
            .collect()
    }
}

/// What a select gave, by whichever arm.
enum Gave {
    Took(usize, Option<Value>),
    Put(usize, Result<(), Closed<Value>>),
    PutFrom(Result<(), Closed<()>>),
}

/// Which of those five arms it was, or what comes after them.
macro_rules! gave {
    ($committed:expr, $rest:ident => $else:expr) => {{
        use Either::{Later, This};
        match $committed {
            This(taken) => Gave::Took(0, taken),
            Later(This(result)) => Gave::Put(0, result),
            Later(Later(This(taken))) => Gave::Took(1, taken),
            Later(Later(Later(This(result)))) => Gave::Put(1, result),
            Later(Later(Later(Later(This(result))))) => Gave::PutFrom(result),
            Later(Later(Later(Later(Later($rest))))) => $else,
        }
    }};
}

/// A select whose arms are fixed when it is built; without those of which the program has no end
/// any more.
pub async fn select_once(world: &World, plan: Plan, waits: bool) {
    let handle = |side, channel: Option<usize>| world.handle(side, channel?);
    let takes = plan.takes.map(|channel| handle(Side::Take, channel));
    let puts = plan.puts.map(|channel| handle(Side::Put, channel));
    let from = handle(Side::Put, plan.put_from);
    let value = |to: &Option<Handle<'_>>| to.as_ref().map(|_| world.value());
    let mut values = [value(&puts[0]), value(&puts[1])];
    let value = value(&from);

    // The arms as they are written down, and which of them each is.
    let mut arms = Vec::new();
    let mut add = |side, to: &Option<Handle<'_>>, value: &Option<Value>| {
        arms.extend(to.as_ref().map(|to| Arm {
            side,
            channel: to.channel,
            value: value.as_ref().map_or(u32::MAX, |value| value.id),
        }));
        arms.len().saturating_sub(1)
    };
    let take_arms = [0, 1].map(|i| add(Side::Take, &takes[i], &None));
    let put_arms = [0, 1].map(|i| add(Side::Put, &puts[i], &values[i]));
    let from_arm = add(Side::Put, &from, &value);
    if arms.is_empty() {
        return;
    }
    let running = Running::select(world, arms, waits);
    let mut place = Place {
        running: &running,
        arm: from_arm,
        value,
    };

    // Each twice, since an arm of a local channel is of another type; one of them is not there.
    let take = |i: usize| takes[i].as_ref()?.take_arm();
    let local_take = |i: usize| Some(takes[i].as_ref()?.local()?.take());
    let is_local = |to: &Option<Handle<'_>>| to.as_ref().is_some_and(|to| to.local().is_some());
    let mut put = |i: usize| match is_local(&puts[i]) {
        true => None,
        false => puts[i].as_ref()?.put_arm(values[i].take()?),
    };
    let (first_put, second_put) = (put(0), put(1));
    let mut put = |i: usize| Some(puts[i].as_ref()?.local()?.put(values[i].take()?));
    let (local_first_put, local_second_put) = (put(0), put(1));
    let (put_from, local_put_from) = match from.as_ref().and_then(Handle::local) {
        Some(to) => (None, Some(to.put_from(&mut place.value))),
        None => (
            from.as_ref()
                .and_then(|to| to.put_from_arm(&mut place.value)),
            None,
        ),
    };
    let gave = if plan.style == Style::Macro && waits {
        let select = async {
            select! {
                taken = take(0) => Gave::Took(0, taken),
                result = first_put => Gave::Put(0, result),
                taken = take(1) => Gave::Took(1, taken),
                result = second_put => Gave::Put(1, result),
                result = put_from => Gave::PutFrom(result),
                taken = local_take(0) => Gave::Took(0, taken),
                result = local_first_put => Gave::Put(0, result),
                taken = local_take(1) => Gave::Took(1, taken),
                result = local_second_put => Gave::Put(1, result),
                result = local_put_from => Gave::PutFrom(result),
            }
        };
        Some(running.watch(select).await)
    } else {
        let select = SelectOnce::new()
            .or(take(0))
            .or(first_put)
            .or(take(1))
            .or(second_put)
            .or(put_from)
            .or(local_take(0))
            .or(local_first_put)
            .or(local_take(1))
            .or(local_second_put)
            .or(local_put_from);
        let select = match plan.style {
            Style::Biased => select.biased(),
            _ => select,
        };
        let committed = match waits {
            true => Some(running.watch(select).await),
            false => running.watch(select.or_default()).await,
        };
        committed.map(|committed| gave!(committed, local => gave!(local, never => match never {})))
    };
    match gave {
        None => running.end(Outcome::NotReady),
        Some(Gave::Took(i, taken)) => running.take_gave(take_arms[i], taken),
        Some(Gave::Put(i, result)) => put_gave(&running, put_arms[i], result),
        Some(Gave::PutFrom(result)) => place.put_gave(result),
    }
}

/// Waits, but gives up when it is polled again instead of looking.
async fn give_up(wait: Wait<'_, '_>) -> Option<Option<usize>> {
    let mut wait = pin!(wait);
    let mut is_first = true;
    poll_fn(|cx| match mem::take(&mut is_first) {
        true => wait.as_mut().poll(cx).map(Some),
        false => Poll::Ready(None),
    })
    .await
}

/// What a set does in one round.
#[derive(Clone, Copy, Debug)]
pub enum Round {
    Wait,
    /// Its wait is dropped when it has been woken.
    GiveUp,
    /// It does not wait.
    Try,
    /// A put is taken back and replaced before it waits.
    Replace,
}

impl Round {
    pub fn new(choices: &mut dyn Choices) -> Self {
        match choices.below(8) {
            0 | 1 => Round::GiveUp,
            2 => Round::Try,
            3 => Round::Replace,
            _ => Round::Wait,
        }
    }
}

/// An arm of a set.
enum SetArm<'a> {
    Take(Key<TakeArm<'a, Value>>),
    Put(Key<PutArm<'a, Value>>),
}

/// A set of arms that is used for several rounds.
pub async fn select_set(
    world: &World,
    sides: Vec<(Side, usize)>,
    is_biased: bool,
    rounds: Vec<Round>,
) {
    let handles = sides
        .into_iter()
        .filter_map(|(side, channel)| Some((side, world.handle(side, channel)?)))
        // A set may go to another thread.
        .filter(|(_, on)| on.local().is_none());
    let handles: Vec<_> = handles.collect();
    // A put's `value` is what is in the set; without one the arm rests.
    let mut arms: Vec<Arm> = handles
        .iter()
        .map(|(side, on)| Arm::new(*side, on.channel))
        .collect();
    // Goes after the set, so that its values are gone when it is asked what was put.
    let mut running = None;
    let mut set = Select::new();
    if is_biased {
        set = set.biased();
    }
    let mut keys = Vec::new();
    for ((side, on), arm) in handles.iter().zip(&mut arms) {
        keys.push(match side {
            Side::Put => {
                let value = world.value();
                arm.value = value.id;
                SetArm::Put(set.add(on.put_arm(value).expect("not local")))
            }
            _ => SetArm::Take(set.add(on.take_arm().expect("not local"))),
        });
    }
    for round in rounds {
        if let Round::Replace = round {
            let mut puts = keys
                .iter()
                .zip(&mut arms)
                .filter_map(|(key, arm)| match key {
                    SetArm::Put(key) if arm.value != u32::MAX => Some((*key, arm)),
                    _ => None,
                });
            if let Some((key, arm)) = puts.next() {
                let back = set.take_back(key).map(|value| value.id);
                assert_eq!(back, Some(arm.value), "a put that lost is still there");
                let value = world.value();
                arm.value = value.id;
                assert_eq!(set.refill(key, value), None);
            }
        }
        // Which of all arms those of this round are.
        let rests = |arm: &Arm| arm.side == Side::Put && arm.value == u32::MAX;
        let awake: Vec<usize> = (0..arms.len()).filter(|&i| !rests(&arms[i])).collect();
        let listed = awake.iter().map(|&i| arms[i]).collect();
        let waits = !matches!(round, Round::Try);
        let running = running.insert(Running::select(world, listed, waits));
        let waited = match round {
            Round::Try => {
                running.begin();
                match set.try_wait() {
                    None if awake.is_empty() => return running.end(Outcome::Dropped),
                    None => {
                        running.end(Outcome::NotReady);
                        continue;
                    }
                    waited => waited,
                }
            }
            Round::GiveUp => running.watch(give_up(set.wait())).await.flatten(),
            Round::Wait | Round::Replace => running.watch(set.wait()).await,
        };
        let mut given = None;
        let waited = match waited {
            Some(index) => index,
            None if awake.is_empty() => return running.end(Outcome::Dropped),
            None => {
                assert!(matches!(round, Round::GiveUp), "some arm could fire");
                // A put may have been completed just then.
                let mut puts = awake.iter().copied().filter_map(|i| match keys[i] {
                    SetArm::Put(key) => Some((i, set.output(key)?)),
                    SetArm::Take(_) => None,
                });
                let Some((index, result)) = puts.next() else {
                    drop(puts);
                    running.end(Outcome::Dropped);
                    continue;
                };
                drop(puts);
                assert_eq!(set.try_wait(), Some(index), "the next wait says so");
                given = Some(result);
                index
            }
        };
        let place = awake
            .iter()
            .position(|&i| i == waited)
            .expect("one of them");
        match &keys[waited] {
            SetArm::Take(key) => {
                running.take_gave(place, set.output(*key).expect("it committed"));
            }
            SetArm::Put(key) => {
                let result = given.or_else(|| set.output(*key)).expect("it committed");
                let is_open = result.is_ok();
                put_gave(running, place, result);
                arms[waited].value = u32::MAX;
                if is_open {
                    let value = world.value();
                    arms[waited].value = value.id;
                    assert_eq!(set.refill(*key, value), None);
                }
            }
        }
    }
}
