//! Printing lines.

use std::io::{self, Write};
use std::path::Path;
use std::{env, fmt, process};

/// `println!`, but the program ends quietly if nobody reads any more, as under `… | head`.
#[macro_export]
macro_rules! say {
    ($($line:tt)*) => {
        $crate::say(::std::format_args!($($line)*))
    };
}

/// What [`say!`](crate::say!) calls.
pub fn say(line: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(io::stdout().lock(), "{line}") {
        give_up(&error);
    }
}

/// Ends the program because it cannot print: quietly if nobody wants to read on.
pub fn give_up(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        process::exit(0);
    }
    complain(format_args!("cannot print: {error}"));
    process::exit(1);
}

/// Prints a message on one line of stderr, after the program's name.
pub fn complain(message: impl fmt::Display) {
    let program = env::args_os().next().unwrap_or_default();
    let program = Path::new(&program).file_stem().unwrap_or_default();
    // Names of files and the like may contain anything, line ends as well.
    let message = message.to_string().replace(char::is_control, "?");
    // If this fails, there is nowhere to say so.
    let _ = writeln!(io::stderr(), "{}: {message}", program.to_string_lossy());
}
