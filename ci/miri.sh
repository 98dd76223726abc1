#!/usr/bin/env bash
# Miri over all that touches waiters, with tree borrows: undefined behaviour, races and leaks.
# `--full` adds the tests with threads, under many schedules, and those that take long.
source "$(dirname "$0")/lib.sh"

want_nightly && want component add miri rust-src --toolchain nightly || skip "no Miri to be had"
export MIRIFLAGS="-Zmiri-tree-borrows"
miri() {
    cargo +nightly miri test -p csp-core "$@"
}

miri --lib
