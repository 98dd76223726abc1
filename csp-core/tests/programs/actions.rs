//! What a process may do next.

use super::choices::Choices;
use super::log::Side;
use super::operations::{self, Plan, Round};
use super::permits::{self, Fate};
use super::world::World;

/// One operation, or the rounds of one set.
#[derive(Clone, Debug)]
pub enum Action {
    Put(usize),
    PutFrom(usize),
    PutSome(usize, usize),
    Take(usize),
    TakeMany(usize, usize),
    Drain(usize),
    Closed(usize),
    TryPut(usize),
    TryTake(usize),
    Close(usize),
    IsClosed(usize),
    Select(Plan),
    SelectNow(Plan),
    Set {
        sides: Vec<(Side, usize)>,
        is_biased: bool,
        rounds: Vec<Round>,
    },
    /// Room is reserved, and a permit held while other things are done.
    Reserve {
        channel: usize,
        waits: bool,
        meanwhile: Vec<Action>,
        fate: Fate,
    },
}

/// So many permits are held by one process at most.
const PERMITS: usize = 3;

impl Action {
    pub fn new(choices: &mut dyn Choices, channels: usize) -> Self {
        Action::with(choices, channels, 0)
    }

    /// What may be done with so many permits held.
    fn with(choices: &mut dyn Choices, channels: usize, permits: usize) -> Self {
        let channel = choices.below(channels);
        let kind = choices.below(256);
        match kind % 32 {
            _ if kind >= 224 && permits < PERMITS => Action::Reserve {
                channel,
                waits: kind < 246,
                meanwhile: (0..choices.below(3))
                    .map(|_| Action::with(choices, channels, permits + 1))
                    .collect(),
                fate: Fate::new(choices),
            },
            0..5 => Action::Put(channel),
            5 => Action::PutFrom(channel),
            6 => Action::PutSome(channel, 1 + choices.below(10)),
            7..11 => Action::Take(channel),
            11 | 12 => Action::TakeMany(channel, 1 + choices.below(10)),
            13..15 => Action::TryPut(channel),
            15 | 16 => Action::TryTake(channel),
            17 => Action::Drain(channel),
            18..24 => Action::Select(Plan::new(choices, channels)),
            24..26 => Action::SelectNow(Plan::new(choices, channels)),
            26..30 => Action::Set {
                sides: Plan::new(choices, channels).sides(),
                is_biased: choices.below(2) == 0,
                rounds: (0..1 + choices.below(3))
                    .map(|_| Round::new(choices))
                    .collect(),
            },
            30 => Action::Closed(channel),
            // Seldom, since not much goes on at a channel that is closed.
            _ if choices.below(3) == 0 => Action::Close(channel),
            _ => Action::IsClosed(channel),
        }
    }

    /// Does it, unless the program has no end of the channel any more.
    pub async fn run(self, world: &World) {
        let on = |side, channel| world.handle(side, channel);
        match self {
            Action::Put(channel) => {
                if let Some(to) = on(Side::Put, channel) {
                    operations::put(to).await;
                }
            }
            Action::PutFrom(channel) => {
                if let Some(to) = on(Side::Put, channel) {
                    operations::put_from(to).await;
                }
            }
            Action::PutSome(channel, count) => {
                if let Some(to) = on(Side::Put, channel) {
                    match world.is_one_thread {
                        true => operations::put_some(&to, count),
                        false => operations::put(to).await,
                    }
                }
            }
            Action::TakeMany(channel, max) => {
                if let Some(from) = on(Side::Take, channel) {
                    operations::take_many(from, max).await;
                }
            }
            Action::Drain(channel) => {
                if let Some(from) = on(Side::Take, channel) {
                    operations::drain(&from);
                }
            }
            Action::Take(channel) => {
                if let Some(from) = on(Side::Take, channel) {
                    operations::take(from).await;
                }
            }
            Action::Closed(channel) => {
                if let Some(at) = on(Side::Take, channel) {
                    operations::closed(at).await;
                }
            }
            Action::TryPut(channel) => {
                if let Some(to) = on(Side::Put, channel) {
                    operations::try_put(&to);
                }
            }
            Action::TryTake(channel) => {
                if let Some(from) = on(Side::Take, channel) {
                    operations::try_take(&from);
                }
            }
            Action::Close(channel) => {
                if let Some(at) = on(Side::Put, channel) {
                    at.close();
                }
            }
            Action::IsClosed(channel) => {
                if let Some(at) = on(Side::Take, channel) {
                    let _ = at.is_closed();
                }
            }
            Action::Reserve {
                channel,
                waits,
                meanwhile,
                fate,
            } => {
                if let Some(to) = on(Side::Put, channel) {
                    permits::reserve(to, waits, meanwhile, fate).await;
                }
            }
            Action::Select(plan) => operations::select_once(world, plan, true).await,
            Action::SelectNow(plan) => operations::select_once(world, plan, false).await,
            Action::Set {
                sides,
                is_biased,
                rounds,
            } => operations::select_set(world, sides, is_biased, rounds).await,
        }
    }
}
