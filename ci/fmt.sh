#!/usr/bin/env bash
# The layout of the code.
source "$(dirname "$0")/lib.sh"

cargo fmt --version || want component add rustfmt || skip "no rustfmt to be had"
cargo fmt --all --check
for crate in fuzz/ ci/mutants/switch/ examples/embedded/*/; do
    cargo fmt --manifest-path "${crate}Cargo.toml" --check
done
