//! A put by a handler, and a take.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_rt::exception;
use csp_core::StaticChannel;

static CH: StaticChannel<u32, 4> = StaticChannel::new();

#[exception]
fn SysTick() {
    let _ = CH.try_put(1);
}

#[entry]
fn main() -> ! {
    figures::block_on(async { while CH.take().await == Some(1) {} });
    loop {
        cortex_m::asm::wfi();
    }
}
