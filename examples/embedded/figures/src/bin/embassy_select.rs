//! A select over a send and a receive. Should the receive win, the value to be sent is dropped.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use embassy_futures::select::{Either, select};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;

static TO: Channel<CriticalSectionRawMutex, u32, 4> = Channel::new();
static FROM: Channel<CriticalSectionRawMutex, u32, 4> = Channel::new();

#[entry]
fn main() -> ! {
    figures::block_on(async {
        loop {
            if let Either::Second(0) = select(TO.send(1), FROM.receive()).await {
                break;
            }
        }
    });
    loop {
        cortex_m::asm::wfi();
    }
}
