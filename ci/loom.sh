#!/usr/bin/env bash
# The models of puts, takes, close and select: every schedule with two preemptions (`--full`: three;
# or as many as LOOM_MAX_PREEMPTIONS says).
source "$(dirname "$0")/lib.sh"

preemptions=2
[[ "${1-}" == --full ]] && preemptions=3
export LOOM_MAX_PREEMPTIONS="${LOOM_MAX_PREEMPTIONS:-$preemptions}"

target_dir loom
# Optimizing across crates takes longer than it saves.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
RUSTFLAGS="--cfg csp_loom" cargo test -p csp-core --lib --release models
