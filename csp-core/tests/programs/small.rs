//! Small programs on one thread in every interleaving: of polls, with reason or without and each
//! with another waker, and of drops, at any point of which everybody may come to rest.

use super::actions::Action;
use super::alone::{self, Program};
use super::choices::{All, Bytes, Choices};
use super::log::Side;
use super::operations::try_put;
use super::world::{Kind, World};

/// A program of a few processes, each of which does a few things.
#[derive(Debug)]
pub struct Small {
    pub kinds: Vec<Kind>,
    /// The channels into which a value is put first, where there is room.
    pub first: Vec<usize>,
    pub processes: Vec<Vec<Action>>,
    /// How often each process is polled at most, before all come to rest.
    pub polls: usize,
}

pub const KINDS: [Kind; 7] = [
    Kind::Heap(0),
    Kind::Static(0),
    Kind::Heap(1),
    Kind::Static(1),
    Kind::Ends(0),
    Kind::Ends(1),
    Kind::Local(0),
];

impl Small {
    /// Two to four processes that do up to so many things.
    pub fn new(choices: &mut dyn Choices, most: usize) -> Self {
        choices.step();
        let kinds = 0..1 + choices.below(2);
        let kinds: Vec<Kind> = kinds.map(|_| KINDS[choices.below(KINDS.len())]).collect();
        let first = 0..choices.below(3);
        let mut small = Small {
            first: first.map(|_| choices.below(kinds.len())).collect(),
            processes: vec![Vec::new(); 2 + choices.below(3)],
            polls: 2,
            kinds,
        };
        for _ in 0..most {
            if choices.is_over() {
                break;
            }
            choices.step();
            let process = choices.below(small.processes.len());
            let action = Action::new(choices, small.kinds.len());
            small.processes[process].push(action);
        }
        small
    }

    /// Runs it in every interleaving, up to so many, and says in how many; the error says what came
    /// of one that cannot be.
    pub fn explore(&self, most: usize) -> Result<usize, String> {
        let mut choices = All::default();
        for count in 1.. {
            self.run(&mut choices)?;
            if count == most || !choices.next() {
                return Ok(count);
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
