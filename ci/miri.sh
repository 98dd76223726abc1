#!/usr/bin/env bash
# Undefined behaviour and broken aliasing rules (tree borrows), in the tests that are quick enough
# in an interpreter; --full: in all but those of real threads and of compile errors.
source "$(dirname "$0")/lib.sh"
rustup component add miri rust-src --toolchain nightly >/dev/null 2>&1 \
    || skip "miri (no nightly toolchain with miri)"
tests="--test select_pairs --test hostile --test cancel"
[ "${1:-}" = --full ] \
    && tests="$tests --test select --test select_set --test channel --test waiting --test history"
# What is forgotten on purpose is leaked.
# shellcheck disable=SC2086
MIRIFLAGS="-Zmiri-tree-borrows -Zmiri-ignore-leaks" CARGO_TARGET_DIR=target/miri \
    cargo +nightly miri test -p csp-core --lib $tests
