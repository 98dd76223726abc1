//! Throughput of our channels beside the peers', in one process.
//!
//! `cargo run --release -p benches` runs every row and prints a table, in million messages a
//! second. In each round the libraries run one after the other, and a figure is the median of its
//! rounds. Absolute figures move from run to run: what counts is the last column, our figure over
//! that of the best peer in the same run.
//!
//! Flags:
//!
//! - `--rounds N`: rounds counted for each figure, after one that only warms up (7)
//! - `--messages N`: messages a round, rounded down to what the producers can share evenly (100000)
//! - `--row TEXT`: only rows with TEXT in their name, such as `tokio1 select2/0`; may be repeated
//! - `--peer NAME`: only this library, by its column's name; may be repeated
//! - `--markdown`: the table in markdown

mod floor;
mod machine;
mod options;
mod peers;
mod row;
mod runtimes;
mod shapes;
mod table;

use std::env;
use std::process::ExitCode;

use options::Options;
use row::{Row, Threads};
use runtimes::{Runtime, SmolMulti, SmolSingle, Tokio};
use table::Table;

fn main() -> ExitCode {
    let options = match Options::parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("benches: {message}");
            return ExitCode::from(2);
        }
    };

    machine::print();
    let floor = (0..options.rounds).map(|_| floor::rate(options.messages));
    println!(
        "floor: two uncontended lock pairs: {:.0} M msg/s\n",
        median(floor.collect())
    );

    let table = Table::new(&options);
    table.print_head();
    for row in &options.rows {
        let rates = match row.threads {
            Threads::Tokio1 => measure(&Tokio::current_thread(), row, &options),
            Threads::Tokio2 => measure(&Tokio::two_workers(), row, &options),
            Threads::Smol1 => measure(&SmolSingle::new(), row, &options),
            Threads::Smol2 => measure(&SmolMulti::new(), row, &options),
        };
        table.print_row(row, &rates);
    }
    ExitCode::SUCCESS
}

/// The median rate of each library in `options.libraries`, or `None` where it has no channel for
/// this row.
fn measure<R: Runtime>(runtime: &R, row: &Row, options: &Options) -> Vec<Option<f64>> {
    let entrants = peers::entrants::<R>();
    let mut rates = vec![Vec::new(); options.libraries.len()];
    for round in 0..=options.rounds {
        for (library, rates) in options.libraries.iter().zip(&mut rates) {
            // A library may enter several channel types; at most one of them is for this row.
            let rate = entrants
                .iter()
                .filter(|entrant| entrant.library == *library)
                .find_map(|entrant| (entrant.rate)(runtime, row, options.messages));
            // Round 0 only warms up.
            if round > 0 {
                rates.extend(rate);
            }
        }
    }
    rates
        .into_iter()
        .map(|rates| (!rates.is_empty()).then(|| median(rates)))
        .collect()
}

/// The middle of `rates`, which is not empty; the lower middle of an even number.
fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[(rates.len() - 1) / 2]
}
