//! Programs on one thread that proptest makes up, other ones in each run, and makes small when they
//! fail: long ones in one order each, small ones in every interleaving.
//!
//! What failed is printed with its bytes, and `CSP_PROGRAM=c0ffee cargo test --test corpus` runs
//! them again. Proptest's own files of seeds are not kept, since a seed means another program once
//! anything here changes: what is worth keeping goes into `corpus/`.
#![cfg(not(any(csp_loom, csp_shuttle, target_family = "wasm")))]

mod common;
mod programs;

use programs::alone;
use programs::choices::{Recorded, Steps, hex};
use programs::small::Small;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// While a program runs: what it panicked with, which would be printed for every step towards a
    /// small one.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a program; a panic is an error.
fn catch<R>(run: impl FnOnce() -> Result<R, String>) -> Result<R, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_running = PANIC.with_borrow_mut(|text| match text {
                Some(text) => {
                    text.push_str(&panic.to_string());
                    true
                }
                None => false,
            });
            if !is_running {
                print(panic);
            }
        }));
    });
    PANIC.set(Some(String::new()));
    let result = catch_unwind(AssertUnwindSafe(run));
    let panic = PANIC.take().expect("set above");
    result.unwrap_or(Err(panic))
}

/// As many cases as PROPTEST_CASES says, or else so many, and so many steps towards a small one.
fn config(cases: u32, max_shrink_iters: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    ProptestConfig {
        failure_persistence: None,
        max_shrink_iters,
        ..config
    }
}

/// Up to so many steps, each of as many bytes as it may need.
fn steps(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 16), 0..=most)
}

proptest! {
    #![proptest_config(config(if cfg!(miri) { 4 } else { 1000 }, 5000))]

    #[test]
    fn programs_can_be_explained(steps in steps(80)) {
        let mut choices = Recorded::new(Steps::new(&steps));
        let explained = catch(|| alone::run(&mut choices, usize::MAX));
        prop_assert!(explained.is_ok(), "CSP_PROGRAM={} {}", hex(&choices.bytes), explained.unwrap_err());
    }
}

proptest! {
    #![proptest_config(config(if cfg!(miri) { 2 } else { 100 }, 500))]

    #[test]
    fn small_programs_can_be_explained_in_every_interleaving(steps in steps(6)) {
        let mut choices = Recorded::new(Steps::new(&steps));
        let small = Small::new(&mut choices, 5);
        let explored = catch(|| small.explore(300));
        prop_assert!(
            explored.is_ok(),
            "CSP_PROGRAM={} {small:#?} {}",
            hex(&choices.bytes),
            explored.unwrap_err()
        );
    }
}
