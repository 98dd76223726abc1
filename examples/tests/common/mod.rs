//! Running the examples as a user does: as programs, on each runtime.
#![allow(dead_code)] // each test file uses some of it

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

pub const RUNTIMES: [&str; 3] = ["tokio", "smol", "async-std"];

/// The command that runs an example; `cargo test` has built them all beside the tests.
pub fn example(name: &str) -> Command {
    let test = env::current_exe().expect("a test knows where it is");
    let deps = test.parent().expect("it is in a directory");
    let program = deps.with_file_name("examples").join(name);
    let program = program.with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{} is missing: `cargo build -p examples --examples` builds it",
        program.display()
    );
    Command::new(program)
}

/// Runs an example to its end.
pub fn run(name: &str, runtime: &str, arguments: &[&str]) -> Output {
    example(name)
        .args(["--runtime", runtime])
        .args(arguments)
        .output()
        .expect("the example starts")
}

/// Runs an example that is to succeed without complaints, and gives its output.
pub fn output(name: &str, runtime: &str, arguments: &[&str]) -> String {
    let output = run(name, runtime, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} on {runtime}: {stderr}");
    assert_eq!(stderr, "", "{name} on {runtime}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// A directory for one test, empty at first and gone at its end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let path = path.join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("the directory is ours");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
