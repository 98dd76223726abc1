//! What the figures were measured on, when, and with what.

use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, thread};

use crate::options::{Options, WORKERS};
use crate::peers;

/// The versions that this binary was built with.
const LOCK_FILE: &str = include_str!("../../Cargo.lock");

/// The facts that belong above the figures, each with its name.
pub(crate) fn facts(options: &Options, go: Result<&str, &String>) -> Vec<(String, String)> {
    let cores = thread::available_parallelism().map_or("?".to_owned(), |cores| cores.to_string());
    let processor = processor().unwrap_or("unknown processor".to_owned());
    let versions = peers::CRATES.map(|name| format!("{name} {}", version(name).unwrap_or("?")));
    let runtimes = ["tokio", "smol", "async-std"];
    let runtimes = runtimes.map(|name| format!("{name} {}", version(name).unwrap_or("?")));
    let go = match go {
        Ok(version) => version.to_owned(),
        Err(reason) => format!("none ({reason})"),
    };
    let figures = format!(
        "medians of {} rounds of up to {} messages",
        options.rounds, options.messages
    );
    let figures = match options.workers {
        WORKERS => figures,
        workers => format!("{figures}; tokio2 with {workers} workers"),
    };
    let fact = |name: &str, what| (name.to_owned(), what);
    vec![
        fact("date", date()),
        fact("machine", format!("{processor}, {cores} cores")),
        fact("compiler", env!("RUSTC_VERSION").to_owned()),
        fact("runtimes", runtimes.join(", ")),
        fact("peers", versions.join(", ")),
        fact("go", go),
        fact("figures", figures),
    ]
}

/// The model of the processor, where the system tells it.
fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let model = info.lines().find(|line| line.starts_with("model name"))?;
    Some(model.split_once(':')?.1.trim().to_owned())
}

/// Today, in UTC.
fn date() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let mut days = since.map_or(0, |since| since.as_secs() / 86_400);
    let mut year = 1970;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The newest version of a crate in the lock file, which lists the versions of a crate in ascending
/// order. Some of our dependencies depend on an older version of a peer.
fn version(name: &str) -> Option<&'static str> {
    let (_, package) = LOCK_FILE.rsplit_once(&format!("name = \"{name}\"\n"))?;
    package.strip_prefix("version = \"")?.split('"').next()
}
