#!/usr/bin/env bash
# The core builds where there is no std: on a Cortex-M4 and in a browser.
source "$(dirname "$0")/lib.sh"
command -v rustup >/dev/null || skip "no_std (no rustup)"
for target in thumbv7em-none-eabihf wasm32-unknown-unknown; do
    if ! rustup target add "$target" >/dev/null 2>&1; then
        echo "SKIPPED: no_std on $target (the target cannot be had)"
        continue
    fi
    cargo build -q -p csp-core --target "$target" --no-default-features
    cargo build -q -p csp-core --target "$target" --no-default-features --features alloc
done
