//! Whether a history can be explained: whether each operation can be given one instant between its
//! beginning and its end at which it happens, so that the sequential model allows all of it.
//!
//! The search goes through the events in their order and keeps every state in which the channels
//! may be by then, each with those of the operations under way that have happened in it (after
//! Lowe, "Testing for linearizability", 2017). What comes of each operation is known beforehand:
//! whether a put that was cancelled has happened shows in its value. Not that of a reserve that was
//! cancelled: it may have been given room and given that back.

use super::log::{Arm, Event, Operation, Outcome, Side};
use super::spec::{Channel, Flight, Limits, Others};
use std::collections::BTreeMap;
use std::fmt::Write;

/// More operations than that are not under way at once.
const MOST: usize = 64;

/// A state that the channels may be in.
#[derive(Clone, PartialEq, Eq)]
struct State {
    channels: Vec<Channel>,
    /// The operations that have happened and not ended, a bit for each place of `flights`.
    happened: u64,
}

struct Search<'a> {
    limits: &'a [Limits],
    flights: Vec<Option<Flight>>,
    /// For each value: who was in line for its channel when its put began.
    before: BTreeMap<u32, Vec<usize>>,
    /// Mostly one or two, so that a list is faster than a set.
    states: Vec<State>,
}

/// Checks a history that is over; the error shows it up to where it cannot be explained.
pub fn check(limits: &[Limits], events: &[Event]) -> Result<(), String> {
    let mut outcomes = BTreeMap::new();
    for event in events {
        if let &Event::Ended(number, outcome) = event {
            outcomes.insert(number, outcome);
        }
    }
    let mut search = Search::new(limits);
    for (index, event) in events.iter().enumerate() {
        search.follow(event, &outcomes);
        if search.states.is_empty() {
            let mut before = Search::new(limits);
            events[..index]
                .iter()
                .for_each(|event| before.follow(event, &outcomes));
            before.let_happen();
            return Err(before.complain(&events[..=index]));
        }
    }
    Ok(())
}

impl<'a> Search<'a> {
    fn new(limits: &'a [Limits]) -> Self {
        let channels = vec![Channel::new(); limits.len()];
        Search {
            limits,
            flights: Vec::new(),
            before: BTreeMap::new(),
            states: vec![State {
                channels,
                happened: 0,
            }],
        }
    }

    /// Goes past one event.
    fn follow(&mut self, event: &Event, outcomes: &BTreeMap<usize, Outcome>) {
        // Who begins or stirs makes nothing impossible that was possible before.
        if let Event::Waits(_) | Event::Ended(..) | Event::Quiet = event {
            self.let_happen();
        }
        match event {
            Event::Begun(number, operation) => {
                // Whatever never ended ran into a panic.
                let outcome = outcomes.get(number).copied().unwrap_or(Outcome::Dropped);
                self.begin(*number, operation.clone(), outcome);
            }
            Event::Waits(number) => {
                let flight = self.flight(*number);
                flight.waits = true;
                flight.is_in_line |= !flight.is_select();
            }
            Event::Stirred(number) => self.flight(*number).waits = false,
            Event::Leaves(number) => {
                let flight = self.flight(*number);
                (flight.waits, flight.is_in_line) = (false, false);
                flight.leaves = true;
            }
            Event::Ended(number, _) => {
                let place = self.place(*number);
                let flight = self.flights[place].take().expect("it is under way");
                if let Operation::Close(channel) = flight.operation {
                    self.dismiss(channel);
                }
                let bit = 1 << place;
                let happens = flight.outcome != Outcome::Dropped;
                self.states
                    .retain(|state| (state.happened & bit != 0) == happens);
                for state in &mut self.states {
                    state.happened &= !bit;
                }
            }
            Event::Quiet => {
                let mut states = std::mem::take(&mut self.states);
                states.retain(|state| self.is_quiet(state));
                self.states = states;
            }
        }
    }

    fn begin(&mut self, number: usize, operation: Operation, outcome: Outcome) {
        let flight = Flight {
            number,
            operation,
            outcome,
            waits: false,
            is_in_line: false,
            leaves: false,
        };
        for arm in flight.arms().iter().filter(|arm| arm.value != u32::MAX) {
            let others = self.flights.iter().flatten();
            let before = others.filter(|other| other.is_in_line && other.wants_room(arm.channel));
            let before = before.map(|other| other.number).collect();
            // An arm of a set is in line since its value first was.
            self.before.entry(arm.value).or_insert(before);
        }
        match self.flights.iter().position(Option::is_none) {
            Some(place) => self.flights[place] = Some(flight),
            None => self.flights.push(Some(flight)),
        }
        assert!(self.flights.len() <= MOST, "too many operations at once");
    }

    /// A close has failed the puts that waited, even if they have not been told: should the channel be
    /// opened again, they are not in line any more.
    fn dismiss(&mut self, channel: usize) {
        for flight in self.flights.iter_mut().flatten() {
            flight.is_in_line &= !flight.wants_room(channel);
        }
    }

    fn place(&self, number: usize) -> usize {
        let is_it = |flight: &Option<Flight>| flight.as_ref().is_some_and(|f| f.number == number);
        self.flights
            .iter()
            .position(is_it)
            .expect("it is under way")
    }

    fn flight(&mut self, number: usize) -> &mut Flight {
        let place = self.place(number);
        self.flights[place].as_mut().expect("it is under way")
    }

    fn under_way(&self) -> impl Iterator<Item = (usize, &Flight)> {
        let places = self.flights.iter().enumerate();
        places.filter_map(|(place, flight)| Some((place, flight.as_ref()?)))
    }

    /// Lets happen what can, in every order.
    fn let_happen(&mut self) {
        let mut states = std::mem::take(&mut self.states);
        // Those from there on are new.
        let mut seen = 0;
        while let Some(state) = states.get(seen).cloned() {
            seen += 1;
            for (place, flight) in self.under_way() {
                let next = match flight.outcome {
                    Outcome::Dropped => self.hold(&state, place, flight),
                    _ if state.happened & 1 << place != 0 => None,
                    _ => self.step(&state, place, flight),
                };
                if let Some(next) = next {
                    if !states.contains(&next) {
                        states.push(next);
                    }
                }
            }
        }
        self.states = states;
    }

    /// The state after that operation has happened; `None` if it cannot happen now.
    fn step(&self, state: &State, place: usize, flight: &Flight) -> Option<State> {
        let mut next = state.clone();
        next.happened |= 1 << place;
        let others = About {
            search: self,
            happened: next.happened,
            place,
        };
        if flight.outcome == Outcome::NotReady {
            let refuse = |arm: &Arm| {
                let channel = &next.channels[arm.channel];
                channel.can_refuse(self.limits[arm.channel], *arm, &others)
            };
            return flight.arms().iter().all(refuse).then_some(next);
        }
        let channel = channel_of(flight);
        let limits = self.limits[channel];
        if next.channels[channel]
            .step(limits, flight, &others)
            .is_some()
        {
            return Some(next);
        }
        // Out of the hand of a putter that waits.
        let Outcome::Took(_, Some(value)) = flight.outcome else {
            return None;
        };
        let (putter, _) = self.under_way().find(|&(other, putter)| {
            let is_it = |arm: &Arm| (arm.side, arm.value) == (Side::Put, value);
            let arm = putter.arms().iter().position(is_it);
            other != place
                && next.happened & 1 << other == 0
                && putter.can_wait()
                && arm.is_some_and(|arm| putter.outcome == Outcome::Put(arm))
                && channel_of(putter) == channel
        })?;
        let state = &next.channels[channel];
        let is_in_hand = limits.capacity == 0 && !state.is_closed && state.items.is_empty();
        if !is_in_hand || others.puts_before(channel, value) {
            return None;
        }
        next.happened |= 1 << putter;
        Some(next)
    }

    /// The state after a reserve that is to be cancelled has been given room, or has given it back.
    fn hold(&self, state: &State, place: usize, flight: &Flight) -> Option<State> {
        let arm = *flight.arms().iter().find(|arm| arm.side == Side::Reserve)?;
        let mut next = state.clone();
        next.happened ^= 1 << place;
        let others = About {
            search: self,
            happened: next.happened,
            place,
        };
        let channel = &mut next.channels[arm.channel];
        let is_possible = if state.happened & 1 << place != 0 {
            flight.leaves && channel.end_permit()
        } else {
            let can_reserve = channel.can_reserve(self.limits[arm.channel], arm, &others);
            channel.permits += usize::from(can_reserve);
            can_reserve
        };
        is_possible.then_some(next)
    }

    /// Whether nobody could go on: each that is under way waits, has not happened, and cannot.
    fn is_quiet(&self, state: &State) -> bool {
        let is_ready = |arm: &Arm| {
            let channel = &state.channels[arm.channel];
            channel.is_ready(self.limits[arm.channel], arm.side)
        };
        let meet = |one: &Arm, other: &Flight| {
            // Elsewhere a put may wait for room that permits hold, and a take for a value.
            self.limits[one.channel].capacity == 0
                && one.side == Side::Put
                && other.has_arm(Side::Take, one.channel)
        };
        state.happened == 0
            && self.under_way().all(|(place, flight)| {
                let arms = flight.arms();
                let mut others = self.under_way().filter(|&(other, _)| other != place);
                !arms.iter().any(is_ready)
                    && !others.any(|(_, other)| arms.iter().any(|arm| meet(arm, other)))
            })
    }

    /// The events of a history that cannot be explained at the last of them, before which this
    /// search stands.
    fn complain(&self, events: &[Event]) -> String {
        let mut text = String::from("cannot be explained at its last event:\n");
        for event in events {
            writeln!(text, "  {event}").unwrap();
        }
        text.push_str("before which there may have been:\n");
        for state in self.states.iter().take(20) {
            writeln!(text, "  {}", self.show(state)).unwrap();
        }
        text
    }

    fn show(&self, state: &State) -> String {
        let channels = state.channels.iter().zip(self.limits);
        let mut text = String::new();
        for (index, (channel, limits)) in channels.enumerate() {
            let is_closed = if channel.is_closed { ", closed" } else { "" };
            let capacity = limits.capacity as isize; // unbounded: -1
            write!(
                text,
                "c{index} of {capacity}{is_closed}: {:?}, {} permits; ",
                channel.items, channel.permits
            )
            .unwrap();
        }
        let happened = self
            .under_way()
            .filter(|(place, _)| state.happened & 1 << place != 0);
        let happened: Vec<usize> = happened.map(|(_, flight)| flight.number).collect();
        write!(text, "happened: {happened:?}").unwrap();
        text
    }
}

/// The channel on which an operation happens.
fn channel_of(flight: &Flight) -> usize {
    match (&flight.operation, flight.outcome) {
        (
            Operation::Arms { arms, .. },
            Outcome::Put(arm)
            | Outcome::Refused(arm)
            | Outcome::Took(arm, _)
            | Outcome::Reserved(arm)
            | Outcome::SawClose(arm),
        ) => arms[arm].channel,
        (
            &(Operation::Close(channel)
            | Operation::Reopen(channel)
            | Operation::IsClosed(channel)
            | Operation::Len(channel)
            | Operation::GiveBack(channel)
            | Operation::AddEnd(_, channel)
            | Operation::DropEnd(_, channel)
            | Operation::Upgrade(_, channel)),
            _,
        ) => channel,
        (operation, outcome) => panic!("{outcome:?} cannot come of {operation}"),
    }
}

/// The others, for an operation that is to happen.
struct About<'s, 'a> {
    search: &'s Search<'a>,
    happened: u64,
    place: usize,
}

impl About<'_, '_> {
    fn others(&self) -> impl Iterator<Item = (usize, &Flight)> {
        let flights = self.search.under_way();
        flights.filter(|&(place, _)| place != self.place)
    }

    fn has_happened(&self, place: usize) -> bool {
        self.happened & 1 << place != 0
    }
}

impl Others for About<'_, '_> {
    fn takers(&self, channel: usize) -> usize {
        // A select that has taken elsewhere keeps its call until it has left.
        let takers = self.others().filter(|&(place, flight)| {
            flight.can_wait()
                && flight.has_arm(Side::Take, channel)
                && (flight.is_select() || !self.has_happened(place))
        });
        takers.count()
    }

    fn sure(&self, side: Side, channel: usize) -> usize {
        let sure = self.others().filter(|&(place, flight)| {
            flight.waits && flight.has_arm(side, channel) && !self.has_happened(place)
        });
        sure.count()
    }

    fn puts_before(&self, channel: usize, value: u32) -> bool {
        let before = &self.search.before[&value];
        let mut others = self.others();
        others.any(|(place, flight)| {
            flight.is_in_line
                && flight.wants_room(channel)
                && !self.has_happened(place)
                && before.contains(&flight.number)
        })
    }
}
