#![no_std]
#![no_main]

use cortex_m::{Peripherals, peripheral::syst::SystClkSource};
use cortex_m_rt::{entry, exception};
use csp_core::{StaticChannel, select};

static TICKS: StaticChannel<u32, 4> = StaticChannel::new(); // no heap: the values lie in it
static TOTAL: StaticChannel<u32, 0> = StaticChannel::new(); // a rendezvous

#[exception]
fn SysTick() {
    // Never waits. With feature `critical-section` a handler may do this at any moment.
    if TICKS.try_put(1).is_err() { /* full: the value is back, and this tick is dropped */ }
}

async fn count() {
    let mut total = 0;
    loop {
        select! { // whichever can happen first, and only that
            tick = TICKS.take() => total += tick.unwrap_or(0),
            sent = TOTAL.put(total), if total >= 100 => break sent.expect("a listener"),
        }
    }
}

#[entry]
fn main() -> ! {
    let mut timer = Peripherals::take().unwrap().SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(10_000);
    timer.enable_counter();
    timer.enable_interrupt();
    // Any executor will do: embassy's, RTIC's, or this one of thirty lines.
    let (_, total) = firmware::block_on(firmware::join(count(), TOTAL.take()));
    firmware::exit(total >= Some(100))
}
