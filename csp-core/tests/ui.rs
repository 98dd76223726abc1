//! What must not compile, and what the compiler says to it.

use std::process::Command;

/// The compiler whose words are kept beside the programs; another says the same in others.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn misuse_does_not_compile() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    if version.is_ok_and(|version| version.stdout.starts_with(COMPILER.as_bytes())) {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
    } else {
        eprintln!("SKIPPED: misuse (the messages are those of {COMPILER}x)");
    }
}
