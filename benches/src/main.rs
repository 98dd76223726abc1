//! What channels and select cost, ours beside the peers' in one process.
//!
//! `cargo run --release -p benches` measures everything and prints it; `-- --help` says what else
//! it can do.

#![recursion_limit = "512"]

mod allocator;
mod costs;
mod go;
mod goals;
mod item;
mod machine;
mod options;
mod peers;
mod report;
mod results;
mod rounds;
mod row;
mod runtimes;
mod shapes;
mod table;
mod threads;
mod throughput;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use go::{Program, Rows};
use options::{Asked, Options, THROUGHPUT};
use results::Results;

fn main() -> ExitCode {
    match Options::parse(env::args().skip(1)) {
        Ok(Asked::Run(options)) => {
            let results = run(&options);
            if options.saves {
                written(report::save(&results))
            } else {
                ExitCode::SUCCESS
            }
        }
        Ok(Asked::Draw) => written(report::draw()),
        Ok(Asked::Help(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Asked::Child {
            task,
            library,
            processes,
        }) => match costs::child(&task, &library, processes) {
            Some([first, second]) => {
                println!("{first} {second}");
                ExitCode::SUCCESS
            }
            None => ExitCode::FAILURE,
        },
        Err(message) => {
            eprintln!("benches: {message}");
            ExitCode::from(2)
        }
    }
}

fn written(report: Result<(), Box<dyn Error>>) -> ExitCode {
    match report {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benches: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Results {
    // As its users are told to, before anything else.
    crossfire::detect_backoff_cfg();
    let go = Program::build();
    let facts = machine::facts(options, go.as_ref().map(Program::version));
    for (name, what) in &facts {
        println!("{name}: {what}");
    }
    let go = go.ok();

    let mut rows = Vec::new();
    if options.parts.contains(&THROUGHPUT) {
        let mut go = go.as_ref().and_then(|go| Rows::of(go).ok());
        rows = throughput::run(options, &mut go);
    }
    let costs = costs::run(options, go.as_ref());
    let results = Results { facts, rows, costs };
    table::print_goals(goals::reached(&results));
    results
}
