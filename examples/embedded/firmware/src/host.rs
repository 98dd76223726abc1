//! What the emulator is asked for: an argument, and the end of the run.

use core::panic::PanicInfo;
use cortex_m_semihosting::{debug, hprintln, syscall};

/// The number that is the program's argument.
pub(crate) fn argument() -> Option<u32> {
    let mut line = [0_u8; 64];
    // SAFETY: the call writes a text into that memory, no longer than that, and a zero behind it.
    let refused = unsafe { syscall!(GET_CMDLINE, line.as_mut_ptr(), line.len()) };
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    (refused == 0 && number > 0).then_some(number)
}

/// Ends the run with that verdict: status 0, or 1.
pub fn exit(passed: bool) -> ! {
    debug::exit(if passed {
        debug::EXIT_SUCCESS
    } else {
        debug::EXIT_FAILURE
    });
    unreachable!("the emulator is still there")
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
