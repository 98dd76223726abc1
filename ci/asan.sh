#!/usr/bin/env bash
# Memory errors, with real threads.
source "$(dirname "$0")/lib.sh"
rustup run nightly rustc --version >/dev/null 2>&1 || skip "asan (no nightly toolchain)"
# What is forgotten on purpose is leaked.
ASAN_OPTIONS=detect_leaks=0 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=target/asan \
    cargo +nightly test -q -p csp-core --target x86_64-unknown-linux-gnu \
    --lib --test threads --test cancel --test hostile --test history --test select --test select_set
