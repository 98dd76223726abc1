#!/usr/bin/env bash
# Each feature of the core alone, and each member alone: together they would lend each other what
# one of them forgot to ask for.
source "$(dirname "$0")/lib.sh"
for features in "" alloc std; do
    cargo check -p csp-core --no-default-features --features "$features"
done
cargo test -q -p csp-core --no-default-features --features alloc --lib
for member in csp-macros csp-conformance csp-tokio csp-smol csp-async-std examples benches; do
    cargo check -p "$member" --all-targets
done
