//! What the programs share: an executor, a clock, an interrupt handler, and the way out.

#![no_std]

pub mod clock;
pub mod debounce;
mod executor;
pub mod handler;
#[cfg(feature = "heap")]
mod heap;
mod host;

pub use executor::{block_on, join};
pub use host::exit;

/// Starts the interrupts: a tick in so many of the processor's cycles as the program's argument says.
pub fn start() {
    let mut core = cortex_m::Peripherals::take().expect("started once");
    #[cfg(feature = "heap")]
    heap::start();
    handler::start(&mut core.SCB);
    clock::Clock.start(core.SYST, host::argument().unwrap_or(3_000));
}
