#!/usr/bin/env bash
# The models: every schedule of two or three threads with two preemptions, small models with three
# (`--full`: all but the largest with three; or as many as LOOM_MAX_PREEMPTIONS says). A word: the models
# with it in their names.
source "$(dirname "$0")/lib.sh"

preemptions=2
if [[ "${1-}" == --full ]]; then
    preemptions=3
    shift
fi
export LOOM_MAX_PREEMPTIONS="${LOOM_MAX_PREEMPTIONS:-$preemptions}"

target_dir loom
# Optimizing across crates takes longer than it saves.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
RUSTFLAGS="--cfg csp_loom" cargo test -p csp-core --lib --release "${1:-models}"
