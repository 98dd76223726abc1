//! Nothing: what the others are compared with.

#![no_std]
#![no_main]

use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    figures::block_on(async { cortex_m::asm::nop() });
    loop {
        cortex_m::asm::wfi();
    }
}
