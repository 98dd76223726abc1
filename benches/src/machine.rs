//! What the figures were measured on, and with.

use std::{fs, thread};

use crate::peers;

/// The versions that this binary was built with.
const LOCK_FILE: &str = include_str!("../../Cargo.lock");

/// Prints the processor, the compiler and the peers' versions.
pub(crate) fn print() {
    let cores = thread::available_parallelism().map_or("?".to_owned(), |cores| cores.to_string());
    println!(
        "machine: {}, {cores} cores",
        processor().as_deref().unwrap_or("unknown processor")
    );
    println!("compiler: {}", env!("RUSTC_VERSION"));
    let versions = peers::CRATES.map(|name| format!("{name} {}", version(name).unwrap_or("?")));
    println!("peers: {}", versions.join(", "));
}

/// The model of the processor, where the system tells it.
fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let model = info.lines().find(|line| line.starts_with("model name"))?;
    Some(model.split_once(':')?.1.trim().to_owned())
}

/// The newest version of a crate in the lock file, which lists the versions of a crate in ascending
/// order. Some of our dependencies depend on an older version of a peer.
fn version(name: &str) -> Option<&'static str> {
    let (_, package) = LOCK_FILE.rsplit_once(&format!("name = \"{name}\"\n"))?;
    package.strip_prefix("version = \"")?.split('"').next()
}
