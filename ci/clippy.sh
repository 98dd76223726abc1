#!/usr/bin/env bash
# Lints, also of what csp-core is without std and without a heap.
source "$(dirname "$0")/lib.sh"

cargo clippy --version || want component add clippy || skip "no clippy to be had"
cargo clippy --workspace --all-targets --all-features -- -D warnings
cargo clippy -p csp-core --lib --no-default-features -- -D warnings
cargo clippy -p csp-core --lib --no-default-features --features alloc -- -D warnings
