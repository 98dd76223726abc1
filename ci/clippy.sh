#!/usr/bin/env bash
# No warnings, with all features and with few.
source "$(dirname "$0")/lib.sh"
cargo clippy --workspace --all-targets --all-features -- -D warnings
cargo clippy -p csp-core --no-default-features -- -D warnings
cargo clippy -p csp-core --no-default-features --features alloc -- -D warnings
