//! As `embassy_buffered`, with values of two types.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_rt::exception;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;

static CH: Channel<CriticalSectionRawMutex, u32, 4> = Channel::new();
static SECOND: Channel<CriticalSectionRawMutex, u16, 4> = Channel::new();

#[exception]
fn SysTick() {
    let _ = CH.try_send(1);
    let _ = SECOND.try_send(1);
}

#[entry]
fn main() -> ! {
    figures::block_on(async {
        while CH.receive().await == 1 {}
        while SECOND.receive().await == 1 {}
    });
    loop {
        cortex_m::asm::wfi();
    }
}
