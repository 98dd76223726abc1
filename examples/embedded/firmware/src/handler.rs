//! The interrupt handler that works on channels, and the watch over it.
//!
//! The clock's handler requests it at each tick, and may interrupt it. So time goes on should it never
//! come back, for want of something that the code it has interrupted holds, and the clock tells of it.

use crate::clock::Clock;
use crate::exit;
use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::SCB;
use cortex_m::peripheral::scb::SystemHandler;
use cortex_m_semihosting::hprintln;

/// A handler that has not come back after so many ticks never will.
const PATIENCE: u32 = 1_000;

/// At which tick it began; 0 while it does not run.
static BEGAN: AtomicU32 = AtomicU32::new(0);

/// Puts the handler of `PendSV` below all others.
pub(crate) fn start(control: &mut SCB) {
    // SAFETY: nobody masks interrupts by their priority.
    unsafe { control.set_priority(SystemHandler::PendSV, 0xFF) };
}

/// Has the handler of `PendSV` run, as soon as no other does.
pub fn request() {
    SCB::set_pendsv();
}

/// What the handler of `PendSV` does goes in here, to be watched.
pub fn run(work: impl FnOnce()) {
    BEGAN.store(Clock.ticks(), Ordering::Relaxed);
    work();
    BEGAN.store(0, Ordering::Relaxed);
}

/// Ends the run if the handler does not come back.
pub(crate) fn watch(tick: u32) {
    let began = BEGAN.load(Ordering::Relaxed);
    if began != 0 && tick - began > PATIENCE {
        hprintln!("hung: the handler has not come back for {} ticks", PATIENCE);
        exit(false);
    }
}
