//! What is sent: a number, alone or with ballast.

use std::hint::black_box;

/// A value that carries a number.
pub(crate) trait Item: Clone + Default + Send + Sync + Unpin + 'static {
    /// The value that carries it.
    fn carry(number: usize) -> Self;

    /// What it carries.
    fn number(&self) -> usize;
}

impl Item for usize {
    #[inline]
    fn carry(number: usize) -> Self {
        number
    }

    #[inline]
    fn number(&self) -> usize {
        *self
    }
}

/// A number with ballast: `WORDS` times 8 bytes in all.
#[derive(Clone)]
pub(crate) struct Heavy<const WORDS: usize>([usize; WORDS]);

impl<const WORDS: usize> Default for Heavy<WORDS> {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl<const WORDS: usize> Item for Heavy<WORDS> {
    #[inline]
    fn carry(number: usize) -> Self {
        Self([number; WORDS])
    }

    /// Looks at all of it, as whoever uses what has been sent: else the compiler leaves out the last moves
    /// of a value, and with some libraries but not with others.
    #[inline]
    fn number(&self) -> usize {
        black_box(&self.0)[0]
    }
}
