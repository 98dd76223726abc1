//! The sequential model: what a channel may do, one step at a time, and what a select is: of its
//! arms at most one step.
//!
//! A rendezvous needs nothing special. As a put may be stored for a taker that waits at that
//! moment, up to so many as the channel has hand-over places, and past the capacity of a buffered
//! channel in the same way, the room for a put is `capacity + min(places, takers that wait)`.
//!
//! A permit is a value of which nothing is known yet: it counts as one, but not for the takers. So
//! takes of a closed channel see the end only when there is none, and what a permit puts is stored
//! whether or not the channel is closed, as long as there is a receiver.

use super::log::{Arm, Operation, Outcome, Side};

/// What a channel was made with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Unbounded: `usize::MAX`.
    pub capacity: usize,
    /// How many values it holds beyond that, each promised to a taker that waits.
    pub places: usize,
}

/// A channel at one instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The oldest first.
    pub items: Vec<u32>,
    pub is_closed: bool,
    /// How many are out.
    pub permits: usize,
    senders: usize,
    receivers: usize,
}

/// An operation that has begun and not ended.
pub struct Flight {
    pub number: usize,
    pub operation: Operation,
    /// What will come of it.
    pub outcome: Outcome,
    /// It surely waits now, unless it has happened.
    pub waits: bool,
    /// Nobody who comes later may put, or reserve, before it.
    pub is_in_line: bool,
    /// It is being dropped.
    pub leaves: bool,
}

impl Flight {
    pub fn arms(&self) -> &[Arm] {
        match &self.operation {
            Operation::Arms { arms, .. } => arms,
            _ => &[],
        }
    }

    pub fn is_select(&self) -> bool {
        matches!(
            self.operation,
            Operation::Arms {
                is_select: true,
                ..
            }
        )
    }

    /// Whether it is one of those that wait if they have to.
    pub fn can_wait(&self) -> bool {
        matches!(self.operation, Operation::Arms { waits: true, .. })
    }

    /// Whether it waits in line for room, with a value or without.
    pub fn wants_room(&self, channel: usize) -> bool {
        self.has_arm(Side::Put, channel) || self.has_arm(Side::Reserve, channel)
    }

    pub fn has_arm(&self, side: Side, channel: usize) -> bool {
        let mut arms = self.arms().iter();
        arms.any(|arm| (arm.side, arm.channel) == (side, channel))
    }
}

/// Who else is about, as a step sees it: the others that have not happened.
pub trait Others {
    /// How many of them may be waiting to take from that channel.
    fn takers(&self, channel: usize) -> usize;
    /// How many of them surely wait there.
    fn sure(&self, side: Side, channel: usize) -> usize;
    /// Whether one of them came before that value and puts, or reserves, first.
    fn puts_before(&self, channel: usize, value: u32) -> bool;
}

impl Channel {
    pub fn new() -> Self {
        Channel {
            items: Vec::new(),
            is_closed: false,
            permits: 0,
            senders: 1,
            receivers: 1,
        }
    }

    /// Whether that value may be put now.
    pub fn can_put(&self, limits: Limits, arm: Arm, others: &impl Others) -> bool {
        let promised = limits.places.min(others.takers(arm.channel));
        !self.is_closed
            && self.filled() < limits.capacity.saturating_add(promised)
            && !others.puts_before(arm.channel, arm.value)
    }

    /// Whether room may be reserved now for that value: in the buffer itself.
    pub fn can_reserve(&self, limits: Limits, arm: Arm, others: &impl Others) -> bool {
        !self.is_closed
            && self.filled() < limits.capacity
            && !others.puts_before(arm.channel, arm.value)
    }

    /// How much room there is not.
    fn filled(&self) -> usize {
        self.items.len() + self.permits
    }

    /// Whether no value will come any more.
    fn has_ended(&self) -> bool {
        self.is_closed && self.permits == 0
    }

    /// Whether that arm may say that it is not ready.
    pub fn can_refuse(&self, limits: Limits, arm: Arm, others: &impl Others) -> bool {
        let is_rendezvous = limits.capacity == 0;
        match arm.side {
            // A buffered channel that is full may always say so.
            Side::Put | Side::Reserve => {
                let sure = others.sure(Side::Take, arm.channel).min(limits.places);
                let promised = if is_rendezvous { sure } else { 0 };
                !self.is_closed && self.filled() >= limits.capacity.saturating_add(promised)
            }
            Side::Take => {
                let has_putter = is_rendezvous && others.sure(Side::Put, arm.channel) > 0;
                !self.has_ended() && self.items.is_empty() && !has_putter
            }
            Side::Close => !self.is_closed,
            Side::Permit => false,
        }
    }

    /// One step of an operation on this channel; `None` if that cannot happen now. A put out of the
    /// hand of somebody who waits is two steps.
    pub fn step(&mut self, limits: Limits, flight: &Flight, others: &impl Others) -> Option<()> {
        let is_possible = match (&flight.operation, flight.outcome) {
            (Operation::Arms { arms, .. }, Outcome::Put(arm)) => {
                let can_put = match arms[arm].side {
                    Side::Put => self.can_put(limits, arms[arm], others),
                    Side::Permit => self.receivers > 0 && self.end_permit(),
                    _ => false,
                };
                self.items.extend(can_put.then_some(arms[arm].value));
                can_put
            }
            (Operation::Arms { arms, .. }, Outcome::Reserved(arm)) => {
                let can_reserve = self.can_reserve(limits, arms[arm], others);
                self.permits += usize::from(can_reserve);
                can_reserve
            }
            (Operation::Arms { arms, .. }, Outcome::Refused(arm)) => match arms[arm].side {
                // Only once nobody will ever take.
                Side::Permit => self.receivers == 0 && self.end_permit(),
                _ => self.is_closed,
            },
            (Operation::Arms { .. }, Outcome::SawClose(_)) => self.is_closed,
            (Operation::GiveBack(_), Outcome::Done) => self.end_permit(),
            (Operation::Arms { .. }, Outcome::Took(_, Some(value))) => {
                let is_oldest = self.items.first() == Some(&value);
                self.items.drain(..usize::from(is_oldest));
                is_oldest
            }
            (Operation::Arms { .. }, Outcome::Took(_, None)) => {
                self.has_ended() && self.items.is_empty()
            }
            (Operation::Close(_), Outcome::Said(first)) => {
                first != std::mem::replace(&mut self.is_closed, true)
            }
            (Operation::Reopen(_), Outcome::Said(first)) => {
                first == std::mem::replace(&mut self.is_closed, false)
            }
            (Operation::IsClosed(_), Outcome::Said(is_closed)) => self.is_closed == is_closed,
            (&Operation::Len(channel), Outcome::Counted(len)) => {
                // What is promised to takers is not counted.
                let most = self.items.len();
                let least = most.saturating_sub(limits.places.min(others.takers(channel)));
                (least.min(limits.capacity)..=most.min(limits.capacity)).contains(&len)
            }
            (&Operation::AddEnd(side, _), Outcome::Done) => {
                *self.ends(side) += 1;
                true
            }
            (&Operation::Upgrade(side, _), Outcome::Said(said)) => {
                let ends = self.ends(side);
                let is_there = *ends > 0;
                *ends += usize::from(is_there);
                said == is_there
            }
            (&Operation::DropEnd(side, _), Outcome::Done) => {
                *self.ends(side) -= 1;
                self.is_closed |= *self.ends(side) == 0;
                if self.senders == 0 {
                    // Whoever has a permit has a sender: these have been forgotten.
                    self.permits = 0;
                }
                if self.receivers == 0 {
                    // Nobody is left to take them.
                    self.items.clear();
                }
                true
            }
            _ => false,
        };
        is_possible.then_some(())
    }

    /// One permit less; `false` if there was none.
    pub fn end_permit(&mut self) -> bool {
        let is_there = self.permits > 0;
        self.permits -= usize::from(is_there);
        is_there
    }

    fn ends(&mut self, side: Side) -> &mut usize {
        match side {
            Side::Put => &mut self.senders,
            _ => &mut self.receivers,
        }
    }

    /// Whether an arm that waits could go on by itself.
    pub fn is_ready(&self, limits: Limits, side: Side) -> bool {
        match side {
            Side::Put | Side::Reserve => self.is_closed || self.filled() < limits.capacity,
            Side::Take => self.has_ended() || !self.items.is_empty(),
            Side::Close => self.is_closed,
            Side::Permit => true,
        }
    }
}
