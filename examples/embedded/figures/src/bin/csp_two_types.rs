//! As `csp_buffered`, with values of two types.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_rt::exception;
use csp_core::StaticChannel;

static CH: StaticChannel<u32, 4> = StaticChannel::new();
static SECOND: StaticChannel<u16, 4> = StaticChannel::new();

#[exception]
fn SysTick() {
    let _ = CH.try_put(1);
    let _ = SECOND.try_put(1);
}

#[entry]
fn main() -> ! {
    figures::block_on(async {
        while CH.take().await == Some(1) {}
        while SECOND.take().await == Some(1) {}
    });
    loop {
        cortex_m::asm::wfi();
    }
}
