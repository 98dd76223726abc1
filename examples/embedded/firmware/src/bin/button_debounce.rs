//! Counts the presses of a bouncing button: an interrupt handler, two processes, two channels. Here
//! they run on an executor of thirty lines.

#![no_std]
#![no_main]

use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::hprintln;
use firmware::clock;
use firmware::debounce::{EDGES, PRESSED, check, count, debounce, sample};
use firmware::{block_on, exit, handler, join};

#[exception]
fn SysTick() {
    clock::tick();
    handler::request();
}

#[exception]
fn PendSV() {
    handler::run(sample);
}

#[entry]
fn main() -> ! {
    firmware::start();
    let edges = debounce(EDGES.receiver(), PRESSED.sender());
    let (edges, presses) = block_on(join(edges, count(PRESSED.receiver())));
    hprintln!("{} edges, {} presses", edges, presses);
    exit(check(edges, presses))
}
