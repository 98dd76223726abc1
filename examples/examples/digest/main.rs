//! The SHA-256 of every file below a directory, by a bounded parallel pipeline.
//!
//! ```text
//!         ┌── jobs ──► digester ──┐
//!  walker ┤            digester   ├ an answer per file ──► collector ── lines ──► writer
//!         └── files, in order ────┴───────────────────────────┘
//! ```
//!
//! The walker, the digesters and the writer wait for the disk or the terminal, so they are threads;
//! the collector is a process, which waits for channels alone. The walker hands each file to the
//! digesters and, in order, the receiver of its digest to the collector. Both channels have room for
//! so many and no more, so whoever is ahead waits, and memory grows with the number of digesters and
//! the largest directory, not with the tree. The pipeline comes down by itself, whichever stage ends
//! first, since the channels to its neighbours close with it.
//!
//! The output is byte for byte that of this, as coreutils 9 has it:
//!
//! ```text
//! find DIR -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
//! ```
//!
//! As with `find`, symbolic links are not followed, not even if DIR is one (`DIR/` is). What cannot
//! be read is reported, and makes the exit status 1; with `--fail-fast` it also ends the program.
//! Ctrl-C ends it with exit status 130, and no line is cut in two.
//!
//! ```text
//! cargo run --release --example digest -- DIR [--digesters N] [--fail-fast]
//!     [--runtime tokio|smol|async-std]
//! ```
//!
//! There is a digester for each core unless `--digesters` says otherwise, and at most 1024.

mod sha256sum;
mod walk;

use csp_core::rt::{Runtime, timeout};
use csp_core::{Receiver, Sender, channel, select};
use examples::{Arguments, bad_input, complain, give_up, run};
use sha256sum::Hash;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;
use walk::Walk;

/// How many files may be under way for each digester, so that a large one does not stop the others.
const AHEAD: usize = 16;

type Answer = io::Result<Hash>;

/// What a digester has to do.
struct Job {
    path: PathBuf,
    answer: Sender<Answer>,
}

/// What the collector waits for.
struct Pending {
    path: PathBuf,
    answer: Receiver<Answer>,
}

/// What the writer prints.
enum Line {
    Digest(Vec<u8>),
    Problem(String),
}

fn walk_tree(walk: Walk, jobs: Sender<Job>, files: Sender<Pending>) {
    for found in walk {
        let (tx, answer) = channel(1);
        let (path, job) = match found {
            Ok(path) => (path.clone(), Some(Job { path, answer: tx })),
            Err((path, error)) => {
                tx.try_put(Err(error))
                    .expect("there is room for one answer");
                (path, None)
            }
        };
        if files.put_blocking(Pending { path, answer }).is_err() {
            return; // the collector has seen enough
        }
        if let Some(job) = job {
            if jobs.put_blocking(job).is_err() {
                return;
            }
        }
    }
}

fn digest_files(jobs: Receiver<Job>) {
    while let Some(Job { path, answer }) = jobs.take_blocking() {
        let hash = sha256sum::hash_file(&path, || !answer.is_closed());
        let _ = answer.put_blocking(hash); // nobody may be waiting any more
    }
}

/// Whether everything went well.
async fn collect(files: Receiver<Pending>, lines: Sender<Line>, fail_fast: bool) -> bool {
    let mut all_well = true;
    while let Some(Pending { path, answer }) = files.take().await {
        let line = match answer.take().await {
            Some(Ok(hash)) => Line::Digest(sha256sum::line(&hash, &path)),
            Some(Err(error)) => Line::Problem(format!("{}: {error}", path.display())),
            None => Line::Problem(format!("{}: its digester died", path.display())),
        };
        let bad = matches!(line, Line::Problem(_));
        all_well &= !bad;
        if lines.put(line).await.is_err() || (bad && fail_fast) {
            break;
        }
    }
    all_well
}

fn write_lines(lines: Receiver<Line>) -> io::Result<()> {
    while let Some(line) = lines.take_blocking() {
        match line {
            // In one piece: up to 4096 bytes (PIPE_BUF) go into a pipe whole or not at all.
            Line::Digest(line) => io::stdout().write_all(&line)?,
            Line::Problem(problem) => complain(problem),
        }
    }
    io::stdout().flush()
}

async fn digest<R: Runtime>(rt: R, walk: Walk, digesters: usize, fail_fast: bool) -> ExitCode {
    let (interrupt, interrupted) = channel(1);
    ctrlc::set_handler(move || interrupt.try_put(()).unwrap_or_default())
        .expect("no other handler is set");

    let (to_digesters, jobs) = channel(0);
    let (to_collector, files) = channel(AHEAD * digesters);
    let (to_writer, lines) = channel(AHEAD);
    let walked = start(move || walk_tree(walk, to_digesters, to_collector));
    for _ in 0..digesters {
        let jobs = jobs.clone();
        start(move || digest_files(jobs));
    }
    drop(jobs);
    let written = start(move || write_lines(lines));

    let pipeline = async {
        let all_well = collect(files, to_writer, fail_fast).await;
        let walked = walked.take().await; // `None` if a panic has ended the thread
        (all_well && walked.is_some(), written.take().await)
    };
    select! {
        biased;
        _ = interrupted.take() => {
            // The collector is gone, and with it the sender of the lines: the writer finishes those
            // it has, unless nobody reads them.
            let enough = timeout(&rt, Duration::from_secs(1));
            select! {
                _ = written.take() => {}
                _ = enough.take() => {}
            }
            ExitCode::from(130)
        }
        (all_well, written) = pipeline => match written {
            Some(Err(error)) => give_up(&error),
            Some(Ok(())) if all_well => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        },
    }
}

/// Runs `work` on a thread of its own; its result comes out of the channel.
fn start<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (tx, rx) = channel(1);
    let thread = thread::Builder::new().spawn(move || drop(tx.try_put(work())));
    if let Err(error) = thread {
        bad_input(format_args!("too many digesters: {error}"));
    }
    rx
}

fn main() -> ExitCode {
    let mut roots = Vec::new();
    let mut digesters = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let mut fail_fast = false;
    let runtime = Arguments::new("digest DIR [--digesters N] [--fail-fast]")
        .operands(&mut roots)
        .option("digesters", &mut digesters)
        .flag("fail-fast", &mut fail_fast)
        .parse();
    let [root] = &roots[..] else {
        bad_input("needs one directory");
    };
    let walk = Walk::new(root)
        .unwrap_or_else(|error| bad_input(format_args!("{}: {error}", Path::new(root).display())));
    let digesters = digesters.get().min(1024); // each is a thread
    run!(runtime, |rt| digest(rt, walk, digesters, fail_fast))
}
