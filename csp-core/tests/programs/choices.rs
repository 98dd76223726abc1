//! Where a program's choices come from: a seed, bytes (of a fuzzer, or a property test), or each
//! possible choice in turn.

use crate::common::Random;
use std::cell::Cell;

/// A source of choices.
pub trait Choices {
    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize;

    /// Whether there are no more: from here on all are 0.
    fn is_over(&self) -> bool {
        false
    }

    /// The program's next step begins.
    fn step(&mut self) {}
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

/// Bytes as they are printed.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that were printed so.
pub fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| Some(char::from(digit).to_digit(16)? as u8);
    let pairs = text.trim().as_bytes().chunks(2);
    pairs
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

/// The bytes of each step by itself: where one step is left out or shortened, the others stay what
/// they are. So what proptest makes of a failing program is soon small.
pub struct Steps<'a> {
    now: Bytes<'a>,
    rest: &'a [Vec<u8>],
}

impl<'a> Steps<'a> {
    pub fn new(steps: &'a [Vec<u8>]) -> Self {
        let now = Bytes(&[]);
        Steps { now, rest: steps }
    }
}

impl Choices for Steps<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.now.below(bound)
    }

    fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    fn step(&mut self) {
        if let [first, rest @ ..] = self.rest {
            (self.now, self.rest) = (Bytes(first), rest);
        }
    }
}

/// Writes down what others choose, as the bytes that choose the same.
pub struct Recorded<C> {
    choices: C,
    pub bytes: Vec<u8>,
    /// The program was told that there are no more, as it will be at the end of the bytes.
    is_over: Cell<bool>,
}

impl<C> Recorded<C> {
    pub fn new(choices: C) -> Self {
        Recorded {
            choices,
            bytes: Vec::new(),
            is_over: Cell::new(false),
        }
    }
}

impl<C: Choices> Choices for Recorded<C> {
    fn below(&mut self, bound: usize) -> usize {
        if bound < 2 || self.is_over.get() {
            return 0;
        }
        let chosen = self.choices.below(bound);
        self.bytes.push(chosen.try_into().expect("a byte"));
        chosen
    }

    fn is_over(&self) -> bool {
        self.is_over
            .set(self.is_over.get() || self.choices.is_over());
        self.is_over.get()
    }

    fn step(&mut self) {
        self.choices.step();
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
