#!/usr/bin/env bash
# The libraries build with the oldest Rust that the manifest promises.
source "$(dirname "$0")/lib.sh"
rustup toolchain install 1.85.0 --profile minimal >/dev/null 2>&1 || skip "msrv (no Rust 1.85)"
CARGO_TARGET_DIR=target/msrv cargo +1.85.0 check --locked \
    -p csp-core -p csp-macros -p csp-tokio -p csp-smol -p csp-async-std -p examples --lib --examples
