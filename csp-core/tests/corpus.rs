//! The programs of `corpus/`, each a file of bytes: those that a fuzzer found to reach what no other
//! of them reaches, and those that once failed. `ci/fuzz.sh` goes on from here.
//!
//! `CSP_PROGRAM=c0ffee` runs the program of those bytes instead.

mod common;
mod programs;

use programs::choices::{Bytes, hex};
use programs::small::Small;
use programs::{alone, choices};
use std::{env, fs};

/// Runs it as the fuzzer does, and as a small program in every interleaving.
fn run(bytes: &[u8]) {
    common::named(format!("in CSP_PROGRAM={}", hex(bytes)), || {
        if let Err(history) = alone::run(&mut Bytes(bytes), usize::MAX) {
            panic!("the program {history}");
        }
        let small = Small::new(&mut Bytes(bytes), 5);
        if let Err(history) = small.explore(100) {
            panic!("{small:#?} {history}");
        }
    });
}

#[test]
fn the_programs_of_the_corpus_can_be_explained() {
    if let Ok(bytes) = env::var("CSP_PROGRAM") {
        return run(&choices::of_hex(&bytes).expect("CSP_PROGRAM is hexadecimal"));
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut count = 0;
    for file in fs::read_dir(folder).expect("the corpus is there") {
        run(&fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    println!("{count} programs");
    assert!(count > 0, "the corpus is empty");
}
