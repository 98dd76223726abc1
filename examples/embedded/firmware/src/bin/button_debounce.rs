//! Counts the presses of a bouncing button: an interrupt handler, two processes, two channels. Here
//! they run on an executor of thirty lines.

#![no_std]
#![no_main]

use cortex_m::Peripherals;
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::hprintln;
use firmware::clock::{self, Clock};
use firmware::debounce::{EDGES, PRESSED, check, count, debounce, sample};
use firmware::{block_on, exit, join};

#[exception]
fn SysTick() {
    sample(clock::tick());
}

#[entry]
fn main() -> ! {
    Clock.start(Peripherals::take().unwrap().SYST);
    let edges = debounce(EDGES.receiver(), PRESSED.sender());
    let (edges, presses) = block_on(join(edges, count(PRESSED.receiver())));
    hprintln!("{} edges, {} presses", edges, presses);
    exit(check(edges, presses))
}
