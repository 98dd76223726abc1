//! What the processors do meanwhile: how long they work for a message, how much of that is in the system,
//! and how often a thread goes to sleep, or is sent there. On two threads that says more than a rate does.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

use crate::go::Program;
use crate::options::Options;
use crate::peers::{self, Crossfire, Kanal, Ours, Peer};
use crate::results::Cost;
use crate::rounds::in_turn;
use crate::row::{On, Row};
use crate::runtimes::{Boxed, Runtime, Tokio};

/// The rows in which it counts most who is woken when, without their runtimes.
const ROWS: [&str; 6] = ["1x1/0", "1x1/1", "4x1/0", "4x1/1", "4x4/1", "1x1/100"];

const LIBRARIES: [&str; 3] = [Ours::LIBRARY, Kanal::LIBRARY, Crossfire::LIBRARY];

/// So much longer than those of the rates are the rounds: the system counts time in ticks.
const LONGER: usize = 10;

pub(super) fn run(options: &Options, _go: Option<&Program>) -> Vec<Cost> {
    let mut costs = on(&Tokio::workers(options.workers), On::Tokio2, options);
    costs.extend(on(&Boxed::smol_double(), On::Smol2, options));
    costs
}

fn on<R: Runtime>(runtime: &R, name: On, options: &Options) -> Vec<Cost> {
    let names = ROWS.map(|row| format!("{} {row}", name.name()));
    let rows = Row::all().into_iter();
    rows.filter(|row| names.contains(&row.to_string()))
        .flat_map(|row| of(runtime, &row, options))
        .collect()
}

/// The figures of one row.
fn of<R: Runtime>(runtime: &R, row: &Row, options: &Options) -> Vec<Cost> {
    let entrants = peers::entrants::<R>();
    let wanted = |library: &&str| options.wants(library);
    let libraries: Vec<_> = LIBRARIES.into_iter().filter(wanted).collect();
    let messages = LONGER * row.share_of(options.messages);
    let mut spent = vec![Spent::default(); libraries.len()];
    in_turn(options.rounds, libraries.len(), |library| {
        let before = Spent::so_far();
        let rate = peers::rate(&entrants, libraries[library], runtime, row, messages)?;
        spent[library].add(before, Spent::so_far(), messages);
        Some(rate)
    });
    let all = libraries.iter().zip(&spent);
    all.filter(|(_, spent)| spent.messages > 0.0)
        .flat_map(|(library, spent)| {
            let figures = [
                ("processors' time a message", spent.time(), "ns"),
                ("of it in the system", 100.0 * spent.system_share(), "%"),
                ("switches in a thousand messages", spent.switches(), "count"),
            ];
            figures.map(|(what, value, unit)| Cost {
                part: "processors".into(),
                case: format!("{row} {what}"),
                x: None,
                library: (*library).to_owned(),
                value,
                unit: unit.into(),
            })
        })
        .collect()
}

/// What the system says that this program has used.
#[derive(Clone, Copy, Default)]
struct Spent {
    messages: f64,
    /// Nanoseconds of all threads in the program itself.
    user: f64,
    /// Nanoseconds of all threads in the system.
    system: f64,
    /// How often another thread had a processor next.
    switches: f64,
}

impl Spent {
    fn so_far() -> Self {
        let usage: Usage = getrusage(UsageWho::RUSAGE_SELF).expect("the system knows");
        let nanoseconds = |time: TimeVal| time.num_nanoseconds() as f64;
        let switches = usage.voluntary_context_switches() + usage.involuntary_context_switches();
        Self {
            messages: 0.0,
            user: nanoseconds(usage.user_time()),
            system: nanoseconds(usage.system_time()),
            switches: switches as f64,
        }
    }

    fn add(&mut self, before: Self, after: Self, messages: usize) {
        self.messages += messages as f64;
        self.user += after.user - before.user;
        self.system += after.system - before.system;
        self.switches += after.switches - before.switches;
    }

    /// Nanoseconds a message.
    fn time(&self) -> f64 {
        (self.user + self.system) / self.messages
    }

    fn system_share(&self) -> f64 {
        self.system / (self.user + self.system).max(1.0)
    }

    /// In a thousand messages.
    fn switches(&self) -> f64 {
        1e3 * self.switches / self.messages
    }
}
