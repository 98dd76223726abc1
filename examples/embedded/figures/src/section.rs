//! Measures how long interrupts are off, in instructions, by a timer: the emulator lets the same
//! time go by for each instruction. In a program that never starts the timer, nothing of it is left.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use cortex_m::peripheral::SYST;

static MEASURING: AtomicBool = AtomicBool::new(false);
static BEGUN: AtomicU32 = AtomicU32::new(0);
static LONGEST: AtomicU32 = AtomicU32::new(0);

/// With `-icount shift=7` an instruction takes 128 ns, and the timer of the machine runs at 25 MHz:
/// 16 steps of the timer in 5 instructions.
const STEPS: u32 = 16;
const INSTRUCTIONS: u32 = 5;

#[inline(always)]
fn steps() -> u32 {
    // It counts down.
    0x00FF_FFFF - SYST::get_current()
}

#[inline(always)]
pub(crate) fn begins(outermost: bool) {
    if outermost && MEASURING.load(Ordering::Relaxed) {
        BEGUN.store(steps(), Ordering::Relaxed);
    }
}

#[inline(always)]
pub(crate) fn ends(outermost: bool) {
    if outermost && MEASURING.load(Ordering::Relaxed) {
        let length = steps().wrapping_sub(BEGUN.load(Ordering::Relaxed)) & 0x00FF_FFFF;
        if length > LONGEST.load(Ordering::Relaxed) {
            LONGEST.store(length, Ordering::Relaxed);
        }
    }
}

/// Runs that, and gives its longest section in instructions, those of an empty section left out.
pub fn longest<R>(body: impl FnOnce() -> R) -> (u32, R) {
    let empty = steps_of(|| critical_section::with(|_| ())).0;
    let (steps, result) = steps_of(body);
    ((steps - empty) * INSTRUCTIONS / STEPS, result)
}

fn steps_of<R>(body: impl FnOnce() -> R) -> (u32, R) {
    LONGEST.store(0, Ordering::Relaxed);
    MEASURING.store(true, Ordering::Relaxed);
    let result = body();
    MEASURING.store(false, Ordering::Relaxed);
    (LONGEST.load(Ordering::Relaxed), result)
}
