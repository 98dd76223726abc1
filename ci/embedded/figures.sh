#!/usr/bin/env bash
# What the channels cost on a microcontroller, beside embassy-sync: flash, RAM, and how long interrupts
# are off. Fails if something has grown by more than a twentieth since `figures.txt` was written;
# `--update` writes it anew.
source "$(dirname "$0")/../lib.sh"

crate=examples/embedded/figures
target=thumbv7em-none-eabihf
want target add "$target" || skip "no $target to be had"
if ! command -v qemu-system-arm; then
    timeout 300 apt-get install -y --no-install-recommends qemu-system-arm >/dev/null || skip "no emulator to be had"
fi
command -v python3 size || skip "no python3 or binutils to be had"
target_dir figures

cargo clippy --release --locked --manifest-path $crate/Cargo.toml --target $target -- -D warnings
cargo build --release --locked --manifest-path $crate/Cargo.toml --target $target
cargo build --release --locked --manifest-path examples/embedded/firmware/Cargo.toml --target $target \
    --bin button_debounce --bin debounce_embassy_sync
built=$CARGO_TARGET_DIR/$target/release

{
    for program in base csp_buffered csp_rendezvous csp_select embassy_buffered embassy_select \
        button_debounce debounce_embassy_sync; do
        echo "flash $program $(size "$built/$program" | awk 'NR == 2 { print $1 + $2 }')"
    done
    timeout 60 qemu-system-arm -machine mps2-an386 -nographic -monitor none -serial none -icount shift=7 \
        -semihosting-config enable=on,target=native -kernel "$built/report"
} >"$CARGO_TARGET_DIR/figures.txt"

[[ ${1-} != --update ]] || cp "$CARGO_TARGET_DIR/figures.txt" $crate/figures.txt
python3 ci/embedded/table.py "$CARGO_TARGET_DIR/figures.txt" $crate/figures.txt csp-core/docs/embedded.md
