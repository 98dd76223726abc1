//! Small programs on one thread in every interleaving: of polls, with reason or without and each
//! with another waker, and of drops, at any point of which everybody may come to rest.

mod common;
mod programs;

use common::Random;
use programs::actions::Action;
use programs::log::Side;
use programs::operations::{Plan, Round};
use programs::permits::Fate;
use programs::small::{KINDS, Small};

/// Runs it in every interleaving, up to so many; says in how many.
#[track_caller]
fn explore(small: &Small, most: usize) -> usize {
    small
        .explore(most)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// What one process may do with one channel.
fn actions() -> Vec<Action> {
    let (both, take) = (vec![(Side::Put, 0), (Side::Take, 0)], vec![(Side::Take, 0)]);
    let set = |sides, is_biased, rounds: &[Round]| Action::Set {
        sides,
        is_biased,
        rounds: rounds.to_vec(),
    };
    let reserve = |waits, meanwhile: &[Action], fate| Action::Reserve {
        channel: 0,
        waits,
        meanwhile: meanwhile.to_vec(),
        fate,
    };
    vec![
        Action::Put(0),
        Action::PutFrom(0),
        Action::Take(0),
        Action::Closed(0),
        Action::TryPut(0),
        Action::TryTake(0),
        Action::Close(0),
        Action::Select(Plan::of_two(0, 0, true)),
        Action::Select(Plan::of_two(0, 0, false)),
        Action::SelectNow(Plan::of_two(0, 0, false)),
        set(both.clone(), true, &[Round::Wait, Round::GiveUp]),
        set(both, false, &[Round::GiveUp, Round::Replace]),
        set(take, false, &[Round::Wait, Round::Try, Round::Wait]),
        reserve(true, &[], Fate::Put),
        reserve(true, &[Action::Closed(0)], Fate::Drop),
        reserve(false, &[Action::Take(0)], Fate::Put),
    ]
}

#[test]
fn pairs_can_be_explained_in_every_interleaving() {
    let (actions, mut count) = (actions(), 0);
    for kind in KINDS {
        for first in 0..=1 {
            for (index, one) in actions.iter().enumerate() {
                for other in &actions[index..] {
                    let small = Small {
                        kinds: vec![kind],
                        first: vec![0; first],
                        processes: vec![vec![one.clone()], vec![other.clone()]],
                        polls: 3,
                    };
                    count += explore(&small, usize::MAX);
                }
            }
        }
    }
    println!("{count} interleavings");
    assert!(count > 10_000);
}

#[test]
fn random_small_programs_can_be_explained_in_every_interleaving() {
    let mut count = 0;
    for seed in 0..200 {
        let small = Small::new(&mut Random::new(seed), 5);
        count += explore(&small, 500);
    }
    println!("{count} interleavings");
}
