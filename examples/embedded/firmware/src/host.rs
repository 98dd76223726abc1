//! What the emulator is asked for: an argument, and the end of the run.

use core::panic::PanicInfo;
use cortex_m_semihosting::{debug, hprintln, syscall};

/// The last word of the program's arguments, if it is a number.
pub(crate) fn argument() -> Option<u32> {
    let mut line = [0; 64];
    // SAFETY: the call writes a text into that memory, no longer than that, and its end's zero.
    let refused = unsafe { syscall!(GET_CMDLINE, line.as_mut_ptr(), line.len()) };
    let text = line.split(|&byte| byte == 0).next()?;
    let word = str::from_utf8(text).ok()?.split(' ').next_back()?;
    (refused == 0).then(|| word.parse().ok()).flatten()
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
