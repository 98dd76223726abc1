#!/usr/bin/env bash
# The layout of the code.
source "$(dirname "$0")/lib.sh"

cargo fmt --version || want component add rustfmt || skip "no rustfmt to be had"
cargo fmt --all --check
