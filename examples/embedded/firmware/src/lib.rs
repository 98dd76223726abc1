//! What the programs share: an executor, a clock, and the way out.

#![no_std]

pub mod clock;
pub mod debounce;
mod executor;
mod exit;

pub use executor::{block_on, join};
pub use exit::exit;
