//! A million processes: what each takes when it waits, and a chain of them.
//!
//! Each figure is that of a program of its own, this one called anew, so that none finds memory
//! that another has left.

use std::env;
use std::fs;
use std::mem;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use tokio::runtime;

use crate::allocator::Counted;
use crate::go::Program;
use crate::options::Options;
use crate::peers::{
    self, AsyncChannel, Asyncband, Ends, Flume, GO, Kanal, OURS, Ours, Peer, Taken,
};
use crate::results::Cost;
use crate::row::Capacity;

/// What is asked of a library, with the names and units of its answers.
const TASKS: [(&str, [(&str, &str); 2]); 2] = [
    (
        "parked",
        [
            ("waiting process in use", "bytes"),
            ("waiting process in RAM", "bytes"),
        ],
    ),
    (
        "chain",
        [("daisy chain", "s"), ("daisy chain peak RAM", "MiB")],
    ),
];

const LIBRARIES: [&str; 6] = [
    OURS,
    Kanal::LIBRARY,
    Flume::LIBRARY,
    AsyncChannel::LIBRARY,
    Asyncband::LIBRARY,
    GO,
];

pub(super) fn run(options: &Options, go: Option<&Program>) -> Vec<Cost> {
    let processes = options.processes;
    let mut costs = Vec::new();
    for (task, answers) in TASKS {
        for library in LIBRARIES
            .into_iter()
            .filter(|library| options.wants(library))
        {
            let figures = if library == GO {
                // A server of its own, for the same reason.
                let server = go.and_then(|go| go.serve(1).ok());
                server.and_then(|mut server| server.ask(&format!("{task} {processes}")))
            } else {
                Some(in_child(task, library, processes))
            };
            let figures = figures.unwrap_or_default();
            for ((case, unit), value) in answers.iter().zip(figures) {
                costs.push(Cost {
                    part: "processes".into(),
                    case: (*case).into(),
                    x: Some(processes),
                    library: library.to_owned(),
                    value,
                    unit: (*unit).into(),
                });
            }
        }
    }
    costs
}

fn in_child(task: &str, library: &str, processes: usize) -> Vec<f64> {
    let program = env::current_exe().expect("this program has a file");
    let output = Command::new(program)
        .args(["--child", task, library, &processes.to_string()])
        .output()
        .expect("this program runs once more");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    output.split_whitespace().flat_map(str::parse).collect()
}

/// What `in_child` asks for.
pub(crate) fn child(task: &str, library: &str, processes: usize) -> Option<[f64; 2]> {
    match library {
        OURS => of::<Ours, ByGo>(task, processes),
        Kanal::LIBRARY => of::<Kanal, BySpawn>(task, processes),
        Flume::LIBRARY => of::<Flume, BySpawn>(task, processes),
        AsyncChannel::LIBRARY => of::<AsyncChannel, BySpawn>(task, processes),
        Asyncband::LIBRARY => of::<Asyncband, BySpawn>(task, processes),
        _ => None,
    }
}

/// How a library's processes are started, on tokio.
trait Start {
    fn start(process: impl Future<Output = ()> + Send + 'static);
}

/// As ours are.
struct ByGo;

impl Start for ByGo {
    fn start(process: impl Future<Output = ()> + Send + 'static) {
        drop(csp_tokio::go(process));
    }
}

/// By the runtime itself.
struct BySpawn;

impl Start for BySpawn {
    fn start(process: impl Future<Output = ()> + Send + 'static) {
        drop(tokio::spawn(process));
    }
}

fn of<P: Peer, S: Start>(task: &str, processes: usize) -> Option<[f64; 2]> {
    let runtime = runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    // It goes with the program: some look through all others for each process that leaves.
    let runtime = Box::leak(Box::new(runtime));
    match task {
        "parked" => runtime.block_on(parked::<P, S>(processes)),
        "chain" => runtime.block_on(chain::<P, S>(processes)),
        _ => None,
    }
}

/// A rendezvous, or what comes nearest.
fn open<P: Peer>(consumers: usize) -> Option<Ends<P, usize>> {
    let rendezvous = P::open(Capacity::Room(0), 1, consumers);
    rendezvous.or_else(|| P::open(Capacity::Room(1), 1, consumers))
}

/// Bytes for each process that waits: what is in use, and what of the program lies in RAM.
async fn parked<P: Peer, S: Start>(processes: usize) -> Option<[f64; 2]> {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let (txs, mut rxs) = open::<P>(processes)?;
    let ram = status("VmRSS:")?;
    let counted = Counted::start();
    // Its own memory stays, as it was there before.
    for mut rx in rxs.drain(..) {
        S::start(async move {
            STARTED.fetch_add(1, Relaxed);
            assert!(P::take(&mut rx).await.value().is_none(), "nobody puts");
        });
    }
    while STARTED.load(Relaxed) < processes {
        tokio::task::yield_now().await;
    }
    let in_use = counted.bytes();
    let ram = status("VmRSS:")? - ram;
    // As the runtime: nobody is told that they are gone.
    mem::forget(txs);
    Some([in_use as f64, ram].map(|bytes| bytes / processes as f64))
}

/// A number goes through so many processes, each of which adds one: how many seconds that takes,
/// and how many MiB of RAM the program took.
async fn chain<P: Peer, S: Start>(processes: usize) -> Option<[f64; 2]> {
    let start = Instant::now();
    let link = || peers::pair_of::<P, _>(open::<P>(1)?);
    let (mut first, mut last) = link()?;
    for _ in 0..processes {
        let (mut tx, rx) = link()?;
        let mut before = mem::replace(&mut last, rx);
        S::start(async move {
            let number = P::take(&mut before).await.value();
            let number = number.expect("the one before puts");
            assert!(P::put(&mut tx, number + 1).await.is_ok());
        });
    }
    assert!(P::put(&mut first, 0usize).await.is_ok());
    assert_eq!(P::take(&mut last).await.value(), Some(processes));
    let seconds = start.elapsed().as_secs_f64();
    Some([seconds, status("VmHWM:")? / f64::from(1 << 20)])
}

/// A line of what the system knows about this program's memory, in bytes.
fn status(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0)
}
