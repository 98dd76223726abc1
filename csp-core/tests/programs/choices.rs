//! Where a program's choices come from: a seed, bytes (of a fuzzer, or a property test), or each
//! possible choice in turn.

use crate::common::Random;

/// A source of choices.
pub trait Choices {
    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize;

    /// Whether there are no more: from here on all are 0.
    fn is_over(&self) -> bool {
        false
    }
}

impl Choices for Random {
    fn below(&mut self, bound: usize) -> usize {
        Random::below(self, bound)
    }
}

/// A choice is a byte.
pub struct Bytes<'a>(pub &'a [u8]);

impl Choices for Bytes<'_> {
    fn below(&mut self, bound: usize) -> usize {
        match self.0 {
            [first, rest @ ..] if bound > 1 => {
                self.0 = rest;
                usize::from(*first) % bound
            }
            _ => 0,
        }
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

/// One after the other, all sequences of choices that a program can ask for: its first run gets
/// 0 wherever it asks, and before each further one `next` changes the last choice that can be.
#[derive(Default)]
pub struct All {
    /// What was chosen, below which bound.
    chosen: Vec<(usize, usize)>,
    asked: usize,
}

impl All {
    /// Goes on to the next sequence, unless that was the last.
    pub fn next(&mut self) -> bool {
        // The run may have asked less often than the one before.
        self.chosen.truncate(self.asked);
        self.asked = 0;
        while let Some((choice, bound)) = self.chosen.pop() {
            if choice + 1 < bound {
                self.chosen.push((choice + 1, bound));
                return true;
            }
        }
        false
    }
}

impl Choices for All {
    fn below(&mut self, bound: usize) -> usize {
        if self.asked == self.chosen.len() {
            self.chosen.push((0, bound));
        }
        let (choice, same) = self.chosen[self.asked];
        assert_eq!(same, bound, "the program is not the same in each run");
        self.asked += 1;
        choice
    }
}
