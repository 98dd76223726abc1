//! Go's channels: `go/main.go` in a process of its own, which runs a row whenever it is told to.
//!
//! In between it waits for its next line and costs nothing. Where there is no `go`, there are no
//! figures.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{env, fs};

use crate::row::{Capacity, Row, Size};

/// The program, built. It is gone when this is dropped; those that run it have it open.
pub(crate) struct Program {
    version: String,
    file: PathBuf,
}

/// The program, running on so many threads.
pub(crate) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// The program, once on one thread and once on two.
pub(crate) struct Rows {
    single: Server,
    double: Server,
}

impl Program {
    /// Builds it; an error says why there is none.
    pub(crate) fn build() -> Result<Self, String> {
        let version = Command::new("go")
            .args(["env", "GOVERSION"])
            .output()
            .map_err(|_| "not installed".to_owned())?;
        let program = Self {
            version: String::from_utf8_lossy(&version.stdout).trim().to_owned(),
            file: env::temp_dir().join(format!("csp-benches-go-{}", process::id())),
        };
        let build = Command::new("go")
            .args(["build", "-o"])
            .arg(&program.file)
            .arg("main.go")
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("go"))
            .output()
            .map_err(|error| error.to_string())?;
        if build.status.success() {
            Ok(program)
        } else {
            Err(String::from_utf8_lossy(&build.stderr).into_owned())
        }
    }

    /// Go's own name for its version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Starts it.
    pub(crate) fn serve(&self, threads: usize) -> io::Result<Server> {
        let mut child = Command::new(&self.file)
            .env("GOMAXPROCS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().expect("it is a pipe");
        Ok(Server {
            child,
            input,
            output: BufReader::new(output),
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // If it was never built, there is none.
        let _ = fs::remove_file(&self.file);
    }
}

impl Server {
    /// The numbers that it answers with; `None` if it does not.
    pub(crate) fn ask(&mut self, line: &str) -> Option<Vec<f64>> {
        writeln!(self.input.as_mut()?, "{line}").ok()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).ok()?;
        let numbers = answer.split_whitespace().map(|number| number.parse().ok());
        numbers
            .collect::<Option<Vec<_>>>()
            .filter(|numbers| !numbers.is_empty())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At the end of its input it ends.
        self.input = None;
        let _ = self.child.wait();
    }
}

impl Rows {
    /// Starts both.
    pub(crate) fn of(program: &Program) -> io::Result<Self> {
        Ok(Self {
            single: program.serve(1)?,
            double: program.serve(2)?,
        })
    }

    /// Runs a row once, and gives its rate in million messages a second; `None` for a row that Go
    /// has no channel for.
    pub(crate) fn rate(&mut self, row: &Row, messages: usize) -> Option<f64> {
        let (Capacity::Room(room), Size::Word) = (row.capacity, row.size) else {
            return None;
        };
        let server = if row.runtime.is_single() {
            &mut self.single
        } else {
            &mut self.double
        };
        let answer = server.ask(&format!("{} {room} {messages}", row.shape));
        Some(answer.expect("the Go program answers")[0])
    }
}
