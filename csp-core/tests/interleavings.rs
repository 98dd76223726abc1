//! Small programs on one thread in every interleaving: of polls, with reason or without and each
//! with another waker, and of drops, at any point of which everybody may come to rest.

mod common;
mod programs;

use common::Random;
use programs::actions::Action;
use programs::alone::{self, Program};
use programs::choices::{All, Bytes, Choices};
use programs::log::Side;
use programs::operations::{Plan, Round, try_put};
use programs::world::{Kind, World};

/// A program of a few processes, each of which does a few things.
#[derive(Debug)]
struct Small {
    kinds: Vec<Kind>,
    /// The channels into which a value is put first, where there is room.
    first: Vec<usize>,
    processes: Vec<Vec<Action>>,
    /// How often each process is polled at most, before all come to rest.
    polls: usize,
}

impl Small {
    /// Runs it in every interleaving, up to so many; says in how many.
    #[track_caller]
    fn explore(&self, most: usize) -> usize {
        let mut choices = All::default();
        for count in 1.. {
            let explained = common::named(format!("in {self:#?}"), || self.run(&mut choices));
            if let Err(history) = explained {
                panic!("{self:#?} {history}");
            }
            if count == most || !choices.next() {
                return count;
            }
        }
        unreachable!("there is an end to it")
    }

    fn run(&self, choices: &mut dyn Choices) -> Result<(), String> {
        let world = World::new(&self.kinds, true);
        for &channel in &self.first {
            try_put(&world.handle(Side::Put, channel).expect("not dropped"));
        }
        csp_core::select::seed(choices.below(2) as u64);
        let mut program = Program::new(&world);
        let mut polls = Vec::new();
        for actions in &self.processes {
            let (world, actions) = (&world, actions.clone());
            program.add(async move {
                for action in actions {
                    action.run(world).await;
                }
            });
            polls.push(0);
        }
        loop {
            let mut moves = Vec::new();
            for (index, &polls) in polls.iter().enumerate() {
                if program.is_alive(index) {
                    moves.extend((polls < self.polls).then_some((index, true)));
                    moves.extend((polls > 0).then_some((index, false)));
                }
            }
            // The last choice: to come to rest.
            let Some(&(index, polls_it)) = moves.get(choices.below(moves.len() + 1)) else {
                break;
            };
            if !polls_it {
                program.cancel(index);
            } else if polls[index] == 0 {
                program.poll(index);
            } else {
                program.poll_anew(index);
            }
            polls[index] += 1;
        }
        program.end(&mut Bytes(&[]));
        alone::finish(world)
    }
}

/// What one process may do with one channel.
fn actions() -> Vec<Action> {
    let (both, take) = (vec![(Side::Put, 0), (Side::Take, 0)], vec![(Side::Take, 0)]);
    let set = |sides, is_biased, rounds: &[Round]| Action::Set {
        sides,
        is_biased,
        rounds: rounds.to_vec(),
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
    ]
}

const KINDS: [Kind; 6] = [
    Kind::Heap(0),
    Kind::Static(0),
    Kind::Heap(1),
    Kind::Static(1),
    Kind::Ends(0),
    Kind::Ends(1),
];

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
                    count += small.explore(usize::MAX);
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
        let random = &mut Random::new(seed);
        let kinds: Vec<Kind> = (0..1 + random.below(2))
            .map(|_| KINDS[random.below(6)])
            .collect();
        let small = Small {
            first: (0..random.below(3))
                .map(|_| random.below(kinds.len()))
                .collect(),
            processes: (0..2 + random.below(3))
                .map(|_| {
                    (0..1 + random.below(2))
                        .map(|_| Action::new(random, kinds.len()))
                        .collect()
                })
                .collect(),
            polls: 2,
            kinds,
        };
        count += small.explore(500);
    }
    println!("{count} interleavings");
}
