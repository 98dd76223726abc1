#!/usr/bin/env bash
# csp-core for machines without std, some of them without atomic exchange, with each set of features.
source "$(dirname "$0")/../lib.sh"

# Debian's compiler with its sources builds `core` and `alloc` for any target.
with_debian() {
    if [[ ! -x /usr/bin/rustc || ! -d /usr/lib/rustlib/src/rust/library ]]; then
        debian rustc-web rust-web-src || return 1
    fi
    export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    more=(-Zbuild-std=core,alloc)
    target_dir debian
}

feature_sets=("" alloc critical-section alloc,critical-section defmt alloc,critical-section,defmt)
for target in thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imc-unknown-none-elf \
    riscv32imac-unknown-none-elf wasm32-unknown-unknown; do
    (
        more=()
        if [[ -n ${WITH_DEBIAN-} ]] || ! want target add "$target"; then
            if ! with_debian; then
                echo "SKIPPED: embedded target $target (neither rustup nor Debian has it)"
                exit 0
            fi
        fi
        for features in "${feature_sets[@]}"; do
            cargo build -p csp-core --lib --no-default-features --features "$features" \
                --target "$target" "${more[@]}"
        done
        echo "targets: $target built with ${#feature_sets[@]} sets of features"
    )
done

# Without std nothing blocks a thread: each of the file's so many lines that do is an error.
refused() {
    local errors
    if errors=$(rustc --edition 2024 --crate-type lib --emit metadata --out-dir "$CARGO_TARGET_DIR" \
        -L "dependency=$(dirname "$library")/deps" --extern csp_core="$library" - 2>&1 \
        <<<"#![no_std] #[path = \"$PWD/csp-core/tests/std_only/$1.rs\"] mod calls;") ||
        (($(grep -c "^error\[.*block" <<<"$errors") != $2)); then
        echo "without std, $1.rs should have $2 errors"
        echo "$errors"
        exit 1
    fi
    echo "targets: without std the compiler refuses each of the $2 lines that block in tests/std_only/$1.rs"
}

target_dir refused
cargo build -p csp-core --lib --no-default-features --features alloc,critical-section
library=$CARGO_TARGET_DIR/debug/libcsp_core.rlib
refused calls 8
refused names 2
