//! What is sent: a number, alone or with ballast.

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

    #[inline]
    fn number(&self) -> usize {
        self.0[0]
    }
}
