//! Recorded histories are rejected once they are corrupted.

use crate::common::Random;
use crate::programs::alone;
use crate::programs::linear::check;
use crate::programs::log::{Arm, Event, Operation, Outcome, Side};
use std::collections::{BTreeMap, BTreeSet};

/// An event that ends an operation, of a recorded history.
#[derive(Clone, Copy)]
struct Ending<'a> {
    began: usize,
    index: usize,
    number: usize,
    /// Its arms, or none.
    arms: &'a [Arm],
    outcome: Outcome,
}

impl Ending<'_> {
    /// The channel and the value that it has put, or taken.
    fn put(&self) -> Option<(usize, u32)> {
        match self.outcome {
            Outcome::Put(arm) => Some((self.arms[arm].channel, self.arms[arm].value)),
            _ => None,
        }
    }

    fn took(&self) -> Option<(usize, u32)> {
        match self.outcome {
            Outcome::Took(arm, Some(value)) => Some((self.arms[arm].channel, value)),
            _ => None,
        }
    }

    fn reserved(&self) -> Option<usize> {
        match self.outcome {
            Outcome::Reserved(arm) => Some(self.arms[arm].channel),
            _ => None,
        }
    }

    fn refused(&self) -> Option<usize> {
        match self.outcome {
            Outcome::Refused(arm) => Some(arm),
            _ => None,
        }
    }
}

/// How many permits of that channel were used or dropped.
fn permits_ended(events: &[Event], channel: usize) -> usize {
    let ends = |event: &&Event| match event {
        Event::Begun(_, Operation::GiveBack(at)) => *at == channel,
        Event::Begun(_, Operation::Arms { arms, .. }) => {
            let is_its = |arm: &Arm| (arm.side, arm.channel) == (Side::Permit, channel);
            arms.iter().any(is_its)
        }
        _ => false,
    };
    events.iter().filter(ends).count()
}

fn endings(events: &[Event]) -> Vec<Ending<'_>> {
    let mut begun = BTreeMap::new();
    let mut endings = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match *event {
            Event::Begun(number, Operation::Arms { ref arms, .. }) => {
                begun.insert(number, (index, &arms[..]));
            }
            Event::Ended(number, outcome) => {
                let (began, arms) = begun.get(&number).copied().unwrap_or_default();
                endings.push(Ending {
                    began,
                    index,
                    number,
                    arms,
                    outcome,
                });
            }
            _ => {}
        }
    }
    endings
}

/// What is done to a recorded history, so that it cannot be any more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Corruption {
    Twice,
    OutOfOrder,
    FromNowhere,
    Lost,
    PutAlthoughClosed,
    TakenAlthoughEmpty,
    EndsEarly,
    ClosedTwice,
    PermitFromNowhere,
}

#[test]
fn recorded_histories_are_rejected_once_they_are_corrupted() {
    let mut corrupted = BTreeMap::new();
    for seed in 0..if cfg!(miri) { 3 } else { 300 } {
        let random = &mut Random::new(seed);
        let (limits, events) = alone::record(random, 30);
        check(&limits, &events).unwrap();
        let mut corrupt = |corruption: Corruption, changes: &[(Ending<'_>, Outcome)]| {
            let mut events = events.clone();
            for (ending, outcome) in changes {
                events[ending.index] = Event::Ended(ending.number, *outcome);
            }
            let history = check(&limits, &events);
            let error = history.expect_err(&format!("{corruption:?}, seed {seed}"));
            assert!(error.contains("cannot be explained"), "{error}");
            *corrupted.entry(corruption).or_insert(0) += 1;
        };
        // With the last receiver values go that nobody has seen: so not of channels with such.
        let has_ends: BTreeSet<usize> = events
            .iter()
            .filter_map(|event| match event {
                Event::Begun(_, Operation::DropEnd(_, channel)) => Some(*channel),
                _ => None,
            })
            .collect();
        let endings = endings(&events);
        let takes: Vec<_> = endings.iter().filter(|e| e.took().is_some()).collect();
        for (&one, &other) in takes.iter().zip(takes.iter().skip(1)) {
            let is_first = |e: &&&Ending<'_>| e.took().is_some_and(|took| Some(took) == one.took());
            assert_eq!(
                takes.iter().filter(is_first).count(),
                1,
                "values are unique"
            );
            let (Some((from, value)), Some((channel, later))) = (one.took(), other.took()) else {
                unreachable!("they have taken");
            };
            let (Outcome::Took(arm, _), Outcome::Took(other_arm, _)) = (one.outcome, other.outcome)
            else {
                unreachable!("they have taken");
            };
            corrupt(
                Corruption::Twice,
                &[(*other, Outcome::Took(other_arm, Some(value)))],
            );
            let put = |taken| endings.iter().find(|e| e.put() == Some(taken));
            let are_apart = |one: &Ending<'_>, other: &Ending<'_>| one.index < other.began;
            let is_sure = match (put((from, value)), put((channel, later))) {
                (Some(first), Some(second)) => are_apart(first, second) && are_apart(one, other),
                _ => false,
            };
            if from == channel && is_sure {
                let swapped = [
                    (*one, Outcome::Took(arm, Some(later))),
                    (*other, Outcome::Took(other_arm, Some(value))),
                ];
                corrupt(Corruption::OutOfOrder, &swapped);
            }
        }
        for put in endings.iter().filter(|e| e.put().is_some()).take(3) {
            if takes.iter().any(|take| take.took() == put.put()) {
                corrupt(Corruption::FromNowhere, &[(*put, Outcome::Dropped)]);
            }
        }
        for put in endings.iter().filter(|e| e.refused().is_some()).take(3) {
            let arm = put.refused().expect("it was refused");
            if !has_ends.contains(&put.arms[arm].channel) {
                corrupt(Corruption::PutAlthoughClosed, &[(*put, Outcome::Put(arm))]);
            }
        }
        let in_vain = |e: &&Ending<'_>| e.outcome == Outcome::NotReady;
        if let Some(last) = endings.iter().rfind(in_vain) {
            let nowhere = Outcome::Took(0, Some(u32::MAX - 1));
            corrupt(Corruption::TakenAlthoughEmpty, &[(*last, nowhere)]);
        }
        for take in takes.iter().take(3) {
            let Outcome::Took(arm, _) = take.outcome else {
                unreachable!("it has taken");
            };
            if !has_ends.contains(&take.arms[arm].channel) {
                corrupt(Corruption::Lost, &[(**take, Outcome::Dropped)]);
                corrupt(Corruption::EndsEarly, &[(**take, Outcome::Took(arm, None))]);
            }
        }
        let closes = events.iter().filter_map(|event| match event {
            Event::Begun(number, Operation::Close(_)) => Some(*number),
            _ => None,
        });
        for close in closes {
            if let Some(ending) = endings.iter().find(|e| e.number == close) {
                let Outcome::Said(first) = ending.outcome else {
                    unreachable!("a close says whether it was the first");
                };
                corrupt(Corruption::ClosedTwice, &[(*ending, Outcome::Said(!first))]);
            }
        }
        for channel in (0..limits.len()).filter(|channel| !has_ends.contains(channel)) {
            let reserved = endings.iter().filter(|e| e.reserved() == Some(channel));
            let reserved: Vec<_> = reserved.collect();
            // Else some were forgotten, and nobody would miss one of them.
            if reserved.len() == permits_ended(&events, channel) {
                for reserve in reserved.into_iter().take(2) {
                    let never = (*reserve, Outcome::Dropped);
                    corrupt(Corruption::PermitFromNowhere, &[never]);
                }
            }
        }
    }
    println!("{corrupted:?}");
    if !cfg!(miri) {
        assert_eq!(corrupted.len(), 9, "{corrupted:?}");
        assert!(corrupted.values().all(|&count| count > 20), "{corrupted:?}");
    }
}
