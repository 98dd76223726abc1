#!/usr/bin/env bash
# What the channels cost on a microcontroller, beside embassy-sync: flash, RAM, and how long interrupts
# are off. Fails if something has grown by more than a twentieth since `figures.txt` was written;
# `--update` writes it anew, and the tables of the embedded chapter.
source "$(dirname "$0")/../lib.sh"
source ci/embedded/lib.sh

crate=examples/embedded/figures
target=thumbv7em-none-eabihf
want target add "$target" || skip "no $target to be had"
{ command -v python3 && command -v size; } || debian python3 binutils || skip "no python3 or binutils to be had"

cargo clippy --release --manifest-path $crate/Cargo.toml --target $target -- -D warnings
cargo build --release --manifest-path $crate/Cargo.toml --target $target
cargo build --release --manifest-path examples/embedded/firmware/Cargo.toml --target $target \
    --bin button_debounce --bin debounce_embassy_sync
built=$CARGO_TARGET_DIR/$target/release

{
    for program in base csp_{buffered,two_types,rendezvous,select} embassy_{buffered,two_types,select} \
        button_debounce debounce_embassy_sync; do
        echo "flash $program $(size "$built/$program" | awk 'NR == 2 { print $1 + $2 }')"
    done
    emulate 120 "$target" report
} >"$CARGO_TARGET_DIR/figures.txt"

python3 ci/embedded/table.py "$CARGO_TARGET_DIR/figures.txt" $crate/figures.txt csp-core/docs/embedded.md "$@"
