#!/usr/bin/env bash
# csp-core with each set of features, and each member by itself: built together, one member's
# features hide what another forgot to ask for. Tests and examples are built with the workspace.
source "$(dirname "$0")/lib.sh"

for features in "" alloc std; do
    cargo check -p csp-core --lib --no-default-features --features "$features"
done
cargo test -p csp-core --lib --no-default-features --features alloc

for manifest in */Cargo.toml; do
    member=$(dirname "$manifest")
    ! grep -q '^\[workspace\]' "$manifest" || continue # one of its own
    cargo check -p "$member" # without what its tests ask for
done
