#!/usr/bin/env bash
# Storms: very many values among threads, and among processes on each runtime with two threads, that give
# up, are aborted, panic, or go with their runtime, at random. Each value's end is in the books, which the
# tests print. `--full`: a million values a storm, or as many as CSP_STORM says.
source "$(dirname "$0")/lib.sh"

values=100000 release=()
if [[ "${1-}" == --full ]]; then
    values=1000000 release=(--release)
    target_dir storms
    # Optimizing across crates takes longer than it saves.
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
fi
export CSP_STORM="${CSP_STORM:-$values}"
# By itself smol's executor has one thread.
export SMOL_THREADS=2 ASYNC_STD_THREAD_COUNT=2

storm() {
    cargo test "${release[@]}" -p "$1" --test "$2" --no-run
    # One after the other, so that each has the processors for itself. Who sleeps for ever is a failure.
    timeout 1200 cargo test "${release[@]}" -p "$1" --test "$2" -- --nocapture --test-threads 1
}
storm csp-core storm
for runtime in tokio smol async-std; do
    storm "csp-$runtime" storms
done
