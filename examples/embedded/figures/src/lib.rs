//! What the programs whose size is compared have in common, and nothing else.

#![no_std]

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use cortex_m::register::primask;
use critical_section::{Impl, RawRestoreState, set_impl};

pub mod section;

struct Interrupts;
set_impl!(Interrupts);

// SAFETY: one core, and interrupts are off between the two.
unsafe impl Impl for Interrupts {
    #[inline]
    unsafe fn acquire() -> RawRestoreState {
        let on = primask::read().is_active();
        cortex_m::interrupt::disable();
        section::begins(on);
        on
    }

    #[inline]
    unsafe fn release(on: RawRestoreState) {
        section::ends(on);
        if on {
            // SAFETY: they were on before the section.
            unsafe { cortex_m::interrupt::enable() };
        }
    }
}

/// Polls again and again: a program for its size needs no more.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    cortex_m_semihosting::debug::exit(cortex_m_semihosting::debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
