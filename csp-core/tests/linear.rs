//! Random programs of several threads, and whether their histories are linearizable: each operation
//! can be given one instant at which it happens, so that the sequential model allows all of it.
//!
//! As an ordinary test this runs a few programs on real threads. With `--cfg csp_shuttle`
//! (`ci/shuttle.sh`) shuttle decides who runs, at random or by the priorities of PCT, in some
//! schedules of each of many programs. `CSP_SEED=7` runs that program alone, in the same schedules,
//! and `CSP_PROGRAMS=0..1000` those.

mod common;
mod programs;

use common::Random;
use programs::threads::{Program, run};
use std::ops::Range;

/// The seeds of the programs that are run.
fn seeds(programs: Range<u64>) -> Range<u64> {
    let number = |text: &str| text.trim().parse::<u64>().expect("a number");
    if let Ok(seed) = std::env::var("CSP_SEED") {
        let seed = number(&seed);
        return seed..seed + 1;
    }
    match std::env::var("CSP_PROGRAMS") {
        Ok(range) => {
            let (first, end) = range.split_once("..").expect("two numbers: `0..1000`");
            number(first)..number(end)
        }
        Err(_) => programs,
    }
}

fn run_or_panic(seed: u64, program: &Program) {
    if let Err(history) = run(program) {
        panic!("CSP_SEED={seed}: {program:#?}\n{history}");
    }
}

#[cfg(not(csp_shuttle))]
#[test]
fn histories_of_real_threads_are_linearizable() {
    let programs = if cfg!(miri) { 3 } else { 300 };
    for seed in seeds(0..programs) {
        let program = Program::new(&mut Random::new(seed));
        for _ in 0..3 {
            common::named(format!("in the program of CSP_SEED={seed}"), || {
                run_or_panic(seed, &program);
            });
        }
    }
}

#[cfg(csp_shuttle)]
#[test]
fn histories_of_many_schedules_are_linearizable() {
    use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
    use shuttle::{Config, FailurePersistence, Runner};
    use std::sync::Arc;

    /// Of each program, by each scheduler.
    const SCHEDULES: usize = 10;

    for seed in seeds(0..2000) {
        let program = Arc::new(Program::new(&mut Random::new(seed)));
        let schedulers: [Box<dyn Scheduler + Send>; 2] = [
            Box::new(RandomScheduler::new_from_seed(seed, SCHEDULES)),
            Box::new(PctScheduler::new_from_seed(seed, 3, SCHEDULES)),
        ];
        for scheduler in schedulers {
            let program = program.clone();
            let mut config = Config::new();
            config.failure_persistence = FailurePersistence::None;
            common::named(format!("in the program of CSP_SEED={seed}"), || {
                Runner::new(scheduler, config).run(move || run_or_panic(seed, &program));
            });
        }
    }
}
