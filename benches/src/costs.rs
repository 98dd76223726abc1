//! What is not a rate: latency, giving up, memory, many processes, many arms, many threads, and what the
//! processors do.

mod arms;
mod cancel;
mod crowd;
mod floor;
mod latency;
mod memory;
mod processes;
mod processors;

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub(crate) use arms::{KEPT, ROUND, STREAMS};
pub(crate) use cancel::GIVES_UP;
pub(crate) use floor::{FLOOR, LOCAL, ONE_TO_ONE, SHARED};
pub(crate) use processes::child;

use crate::go::Program;
use crate::options::Options;
use crate::results::{Cost, median};
use crate::rounds::in_turn;
use crate::table;

/// A part of the benchmark, with the name that the command line knows it by.
type Part = (&'static str, fn(&Options, Option<&Program>) -> Vec<Cost>);

/// All of them, in the order in which they run.
pub(crate) const PARTS: [Part; 8] = [
    ("floor", floor::run),
    ("latency", latency::run),
    ("cancel", cancel::run),
    ("arms", arms::run),
    ("memory", memory::run),
    ("processes", processes::run),
    ("crowd", crowd::run),
    ("processors", processors::run),
];

/// Measures and prints the parts that are asked for.
pub(crate) fn run(options: &Options, go: Option<&Program>) -> Vec<Cost> {
    let mut costs = Vec::new();
    for (name, part) in PARTS {
        if options.parts.contains(&name) {
            let part = part(options, go);
            table::print_costs(&part);
            costs.extend(part);
        }
    }
    costs
}

/// Something to be measured for one library; `None` if that library does not have it.
struct Contender<'a> {
    library: &'static str,
    run: Box<dyn FnMut() -> Option<f64> + 'a>,
}

impl<'a> Contender<'a> {
    fn new(library: &'static str, run: impl FnMut() -> Option<f64> + 'a) -> Self {
        Self {
            library,
            run: Box::new(run),
        }
    }
}

/// The median of each library's rounds.
fn medians(options: &Options, contenders: Vec<Contender<'_>>) -> Vec<(&'static str, f64)> {
    let wanted = |one: &Contender<'_>| options.wants(one.library);
    let mut contenders: Vec<_> = contenders.into_iter().filter(wanted).collect();
    let count = contenders.len();
    let rounds = in_turn(options.rounds, count, |one| (contenders[one].run)());
    let figures = contenders.iter().zip(rounds);
    figures
        .filter(|(_, rounds)| !rounds.is_empty())
        .map(|(contender, rounds)| (contender.library, median(rounds)))
        .collect()
}

/// Polls once with a waker that does nothing: what a library does is measured without a runtime.
#[inline]
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls once a future that need not wait.
#[inline]
fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is room, or a value"),
    }
}
