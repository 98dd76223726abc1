//! Random programs on one thread: processes put, take, select, are cancelled and close channels, in
//! random order, polled by hand; each history has to be one that the sequential model allows.
//!
//! So values are neither lost nor there twice, keep their order, and nobody sleeps who could go
//! on. A failing program is repeated by its seed alone: `CSP_SEED=7 cargo test --test history`.

mod common;
mod programs;

use common::Random;
use programs::alone;

const PROGRAMS: u64 = if cfg!(miri) { 0 } else { 3000 };
const STEPS: usize = 60;

#[test]
fn random_programs_can_be_explained() {
    let seeds = match std::env::var("CSP_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("CSP_SEED is a number");
            seed..=seed
        }
        Err(_) => 0..=PROGRAMS,
    };
    for seed in seeds {
        let explained = common::named(format!("in the program of CSP_SEED={seed}"), || {
            alone::run(&mut Random::new(seed), STEPS)
        });
        if let Err(history) = explained {
            panic!("the program of CSP_SEED={seed} {history}");
        }
    }
}
