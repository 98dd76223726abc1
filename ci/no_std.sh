#!/usr/bin/env bash
# csp-core where there is no std: with a heap and without one.
source "$(dirname "$0")/lib.sh"

built=0
for target in thumbv7em-none-eabihf riscv32imac-unknown-none-elf wasm32-unknown-unknown; do
    if ! want target add "$target"; then
        echo "SKIPPED: no_std for $target (no such target to be had)"
        continue
    fi
    for features in "" alloc; do
        cargo build -p csp-core --lib --no-default-features --features "$features" --target "$target"
    done
    built=$((built + 1))
done
((built > 0)) || skip "no target to be had"
