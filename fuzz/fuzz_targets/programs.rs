//! Programs on one thread whose every step is a fuzzer's choice: `csp-core/tests/corpus.rs` runs those
//! that it found, and says more of the one that failed. `ci/fuzz.sh` runs this.
#![no_main]

#[path = "../../csp-core/tests/common/mod.rs"]
mod common;
#[path = "../../csp-core/tests/programs/mod.rs"]
mod programs;

use libfuzzer_sys::fuzz_target;
use programs::alone;
use programs::choices::{Bytes, hex};

fuzz_target!(|bytes: &[u8]| {
    if let Err(history) = alone::run(&mut Bytes(bytes), usize::MAX) {
        panic!("CSP_PROGRAM={} {history}", hex(bytes));
    }
});
