#!/usr/bin/env bash
# The oldest compiler that the manifest promises builds what users get, and the examples. The benchmark's
# peers promise less.
source "$(dirname "$0")/lib.sh"

version=$(sed -n 's/^rust-version = "\(.*\)"$/\1.0/p' Cargo.toml)
want toolchain install "$version" --profile minimal || skip "no Rust $version to be had"
cargo "+$version" check --workspace --exclude benches --lib --bins --examples --locked
