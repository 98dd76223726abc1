//! The command line, parsed by hand.

use crate::costs::PARTS;
use crate::peers::{LIBRARIES, Library};
use crate::row::{On, Row};

/// What `--help` prints.
const HELP: &str = "\
What channels and select cost, ours beside the peers' in one process.

    cargo run --release -p benches -- [FLAGS]

  --rounds N       rounds counted for each figure, after one that only warms up (9)
  --messages N     messages a round; rows that are slow send a fraction of it (50000)
  --quick          3 rounds of 10000 messages, 100000 processes: for a look, not for figures
  --row TEXT       only rows with TEXT in their name, such as `tokio1 select2/0`; no other parts
  --runtime NAME   only rows on this runtime: tokio1, tokio2, smol1, smol2, async-std, threads; no
                   other parts
  --part NAME      only this part: throughput, floor, latency, cancel, arms, memory, processes,
                   crowd, processors
  --peer NAME      only this library, by its column's name
  --workers N      threads that run the tasks of the rows on tokio2 (2); not with --save
  --save           writes figures and plots into docs/speed, and a summary into README.md; the whole
                   must run for that
  --draw           does not measure: draws the plots and writes the summary anew, from docs/speed

--row, --runtime, --part and --peer may be given several times.

Libraries run one after the other inside each round, in another order each time, and a figure
is the median of its rounds.
Figures move from run to run: what counts is the ratio, our figure over that of the best peer in the
same run. It is taken twice: to the best library whose channels are as general as ours, with ends
that may be cloned on both sides, since that is what one would use instead of ours; and to the best
of all, with those that are for one consumer or one producer only and can leave out what that needs.
A library without such a channel shows a dash; one that makes a rendezvous a channel of capacity 1
counts as without.";

/// The part that consists of the rows.
pub(crate) const THROUGHPUT: &str = "throughput";

/// Threads of a runtime that is called after them.
pub(crate) const WORKERS: usize = 2;

/// What to run.
pub(crate) struct Options {
    /// Rounds counted for each figure, at least one.
    pub(crate) rounds: usize,
    /// Messages a round, at least one.
    pub(crate) messages: usize,
    /// How many processes are many.
    pub(crate) processes: usize,
    /// Threads that run tasks where there are not one, nor one a core.
    pub(crate) workers: usize,
    /// The rows to run, in the order of the table.
    pub(crate) rows: Vec<Row>,
    /// The libraries to run, in the order of the columns; `None`: all.
    pub(crate) peers: Option<Vec<String>>,
    /// The parts to run, in their order.
    pub(crate) parts: Vec<&'static str>,
    /// Whether the results are written to files.
    pub(crate) saves: bool,
}

/// What the command line asks for.
pub(crate) enum Asked {
    /// This text.
    Help(&'static str),
    /// A run.
    Run(Options),
    /// Plots and summary of the last run that was saved.
    Draw,
    /// A figure that is measured in a program of its own; not for use by hand.
    Child {
        /// What to do.
        task: String,
        /// With which library.
        library: String,
        /// With how many processes.
        processes: usize,
    },
}

impl Options {
    /// Reads the arguments that follow the program's name; an error is one line for the user.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Asked, String> {
        let mut options = Self {
            rounds: 9,
            messages: 50_000,
            processes: 1_000_000,
            workers: WORKERS,
            rows: Row::all(),
            peers: None,
            parts: all_parts(),
            saves: false,
        };
        let (mut texts, mut runtimes, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut peers = Vec::new();

        while let Some(flag) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{flag} wants a value"));
            match flag.as_str() {
                "--help" | "-h" => return Ok(Asked::Help(HELP)),
                "--rounds" => options.rounds = positive(&flag, &value()?)?,
                "--messages" => options.messages = positive(&flag, &value()?)?,
                "--quick" => {
                    options.rounds = 3;
                    options.messages = 10_000;
                    options.processes = 100_000;
                }
                "--workers" => options.workers = positive(&flag, &value()?)?,
                "--row" => texts.push(value()?),
                "--runtime" => runtimes.push(value()?),
                "--part" => parts.push(value()?),
                "--peer" => peers.push(value()?),
                "--save" => options.saves = true,
                "--draw" => return Ok(Asked::Draw),
                "--child" => {
                    return Ok(Asked::Child {
                        task: value()?,
                        library: value()?,
                        processes: positive(&flag, &value()?)?,
                    });
                }
                _ => return Err(format!("unknown flag {flag}; --help lists them")),
            }
        }

        known("runtime", &runtimes, &On::ALL.map(On::name))?;
        known("peer", &peers, &LIBRARIES.map(|library| library.name))?;
        known("part", &parts, &options.parts)?;
        let picks = [&texts, &runtimes, &parts, &peers];
        let picks = picks.iter().any(|names| !names.is_empty());
        if options.saves && (picks || options.workers != WORKERS) {
            let flags = "--row, --runtime, --part, --peer, --workers";
            return Err(format!("--save is of the whole: without {flags}"));
        }
        if !parts.is_empty() {
            options
                .parts
                .retain(|part| parts.iter().any(|name| name == part));
        } else if !texts.is_empty() || !runtimes.is_empty() {
            options.parts = vec![THROUGHPUT];
        }
        if !peers.is_empty() {
            options.peers = Some(peers);
        }
        if !runtimes.is_empty() {
            let wanted = |row: &Row| runtimes.iter().any(|name| name == row.runtime.name());
            options.rows.retain(wanted);
        }
        if !texts.is_empty() {
            let wanted = |row: &Row| texts.iter().any(|text| row.to_string().contains(text));
            options.rows.retain(wanted);
        }
        if options.rows.is_empty() {
            return Err(format!("no row has {} in its name", texts.join(" or ")));
        }
        Ok(Asked::Run(options))
    }

    /// Whether a library is to run, by its column's name. What is no column of the table, such as
    /// the floor, always runs.
    pub(crate) fn wants(&self, library: &str) -> bool {
        let is_column = LIBRARIES.iter().any(|column| column.name == library);
        let wanted = |peers: &Vec<String>| peers.iter().any(|peer| peer == library);
        !is_column || self.peers.as_ref().is_none_or(wanted)
    }

    /// The columns of the table that are to run.
    pub(crate) fn libraries(&self) -> Vec<Library> {
        let all = LIBRARIES.into_iter();
        all.filter(|library| self.wants(library.name)).collect()
    }
}

fn all_parts() -> Vec<&'static str> {
    let costs = PARTS.iter().map(|(name, _)| *name);
    std::iter::once(THROUGHPUT).chain(costs).collect()
}

fn positive(flag: &str, value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("{flag} wants a number above 0, not {value}")),
    }
}

/// An error if one of `names` is not among `all`.
fn known(what: &str, names: &[String], all: &[&str]) -> Result<(), String> {
    match names.iter().find(|name| !all.contains(&name.as_str())) {
        Some(name) => Err(format!("no {what} {name}; there are {}", all.join(", "))),
        None => Ok(()),
    }
}
