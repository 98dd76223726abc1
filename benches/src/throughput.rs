//! The rows, measured one after the other.

use crate::go::Rows;
use crate::options::Options;
use crate::peers::{self, GO};
use crate::results::{Rate, RowResult};
use crate::rounds::in_turn;
use crate::row::{On, Row};
use crate::runtimes::{Boxed, Runtime, Tokio};
use crate::table::Table;
use crate::threads;

/// Measures and prints every row.
pub(crate) fn run(options: &Options, go: &mut Option<Rows>) -> Vec<RowResult> {
    let mut results = Vec::new();
    for runtime in On::ALL {
        let rows = || options.rows.iter().filter(|row| row.runtime == runtime);
        if rows().count() == 0 {
            continue;
        }
        let table = Table::new(options, runtime);
        table.print_head();
        for row in rows() {
            let rates = match runtime {
                On::Tokio1 => on(&Tokio::current_thread(), row, options, go),
                On::Tokio2 => on(&Tokio::workers(options.workers), row, options, go),
                On::Smol1 => on(&Boxed::smol_single(), row, options, go),
                On::Smol2 => on(&Boxed::smol_double(), row, options, go),
                On::AsyncStd => on(&Boxed::async_std(), row, options, go),
                On::Threads => measure(row, options, |library, messages| {
                    threads::rate(library, row, messages)
                }),
            };
            let result = RowResult {
                runtime: runtime.name().to_owned(),
                shape: row.shape.to_string(),
                capacity: row.capacity.to_string(),
                bytes: row.size.bytes(),
                rates,
            };
            table.print_row(&result);
            results.push(result);
        }
    }
    results
}

fn on<R: Runtime>(runtime: &R, row: &Row, options: &Options, go: &mut Option<Rows>) -> Vec<Rate> {
    let entrants = peers::entrants::<R>();
    measure(row, options, |library, messages| {
        if library == GO {
            return go.as_mut()?.rate(row, messages);
        }
        peers::rate(&entrants, library, runtime, row, messages)
    })
}

/// The rates of the libraries that have a channel for this row.
fn measure(
    row: &Row,
    options: &Options,
    mut rate: impl FnMut(&str, usize) -> Option<f64>,
) -> Vec<Rate> {
    let messages = row.share_of(options.messages);
    let libraries = options.libraries();
    let rounds = in_turn(options.rounds, libraries.len(), |library| {
        rate(libraries[library].name, messages)
    });
    let figures = libraries.iter().zip(rounds);
    figures
        .filter(|(_, rounds)| !rounds.is_empty())
        .map(|(library, rounds)| Rate::of(library.name, rounds))
        .collect()
}
