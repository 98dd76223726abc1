#!/usr/bin/env bash
# Random programs of several threads in random schedules: are their histories linearizable? `--full`: many
# more programs. The variable CSP_SEED repeats one program. All of it twice: the second time the locks of the
# channels are in halves from the beginning (CSP_HALVED).
source "$(dirname "$0")/lib.sh"

programs=0..2000
[[ "${1-}" == --full ]] && programs=0..50000
export CSP_PROGRAMS="${CSP_PROGRAMS:-$programs}"

target_dir shuttle
# Optimizing across crates takes longer than it saves.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
RUSTFLAGS="--cfg csp_shuttle" cargo test -p csp-core --test linear --release
CSP_HALVED=1 RUSTFLAGS="--cfg csp_shuttle" cargo test -p csp-core --test linear --release
