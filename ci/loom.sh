#!/usr/bin/env bash
# Every schedule of the models, with up to two preemptions; --full: three.
source "$(dirname "$0")/lib.sh"
preemptions=2
[ "${1:-}" = --full ] && preemptions=3
LOOM_MAX_PREEMPTIONS=$preemptions RUSTFLAGS="--cfg csp_loom" CARGO_TARGET_DIR=target/loom \
    cargo test --release -p csp-core --lib models
