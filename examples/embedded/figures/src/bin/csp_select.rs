//! A select over a put and a take.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use csp_core::{StaticChannel, select};

static TO: StaticChannel<u32, 4> = StaticChannel::new();
static FROM: StaticChannel<u32, 4> = StaticChannel::new();

#[entry]
fn main() -> ! {
    figures::block_on(async {
        loop {
            select! {
                _ = TO.put(1) => {}
                value = FROM.take() => if value.is_none() { break },
            }
        }
    });
    loop {
        cortex_m::asm::wfi();
    }
}
