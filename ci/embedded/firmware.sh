#!/usr/bin/env bash
# Firmware in an emulator: the debounced button on two executors, the tests on the target, and the
# README's program, at several rates of interrupts. And the control: the same with a lock that spins
# has to hang, or none of it proves anything about the lock.
source "$(dirname "$0")/../lib.sh"

targets=(thumbv7m-none-eabi thumbv6m-none-eabi thumbv7em-none-eabihf)
rates=(1200 3001 9973) # processor cycles from interrupt to interrupt
crate=examples/embedded/firmware

for target in "${targets[@]}"; do
    want target add "$target" || skip "no $target to be had"
done
if ! command -v qemu-system-arm; then
    timeout 300 apt-get install -y --no-install-recommends qemu-system-arm >/dev/null || skip "no emulator to be had"
fi
target_dir firmware

build() {
    local target=$1
    shift
    cargo build --release --locked --manifest-path $crate/Cargo.toml --target "$target" --bins "$@"
}

# With `-icount` time is counted in instructions, so a run depends on nothing but the program.
emulate() {
    local target=$1 program=$2 limit=$3 machine
    case $target in
        thumbv6m-*) machine="-machine microbit" ;;
        thumbv7em-*) machine="-machine mps2-an386" ;;
        *) machine="-cpu cortex-m3 -machine lm3s6965evb" ;;
    esac
    # shellcheck disable=SC2086
    timeout "$limit" qemu-system-arm $machine -nographic -monitor none -serial none -icount shift=7 \
        -semihosting-config enable=on,target=native \
        -kernel "$CARGO_TARGET_DIR/$target/release/$program"
}

diff $crate/src/bin/readme.rs <(
    sed -n '/^## On a microcontroller/,$p' README.md | sed -n '/^```rust/,/^```$/p' | sed '1d;/^```$/,$d'
) || { echo "the README's program is not the one that is tried"; exit 1; }

for lock in "" --no-default-features; do
    cargo clippy --release --locked --manifest-path $crate/Cargo.toml --target thumbv7m-none-eabi --lib --bins \
        $lock -- -D warnings
done

runs=0
for target in "${targets[@]}"; do
    for rate in "${rates[@]}"; do
        TICK=$rate build "$target"
        for program in button_debounce button_debounce_embassy suite readme; do
            echo "--- $program, $target, an interrupt every $rate cycles"
            emulate "$target" "$program" 60
            runs=$((runs + 1))
        done
    done
done

for rate in "${rates[@]}"; do
    TICK=$rate build thumbv7m-none-eabi --no-default-features
    status=0
    emulate thumbv7m-none-eabi suite 10 || status=$?
    if ((status != 124)); then
        echo "with a lock that spins the suite should hang; at $rate cycles it ended with $status"
        exit 1
    fi
done

library=$(cargo build --release --locked --manifest-path $crate/Cargo.toml --target thumbv7m-none-eabi --lib \
    --message-format json | sed -n 's/.*"filenames":\["\([^"]*libcsp_core[^"]*\.rlib\)".*/\1/p')
if rustc --edition 2024 --crate-type lib --emit metadata --target thumbv7m-none-eabi -o /dev/null \
    -L "dependency=$CARGO_TARGET_DIR/thumbv7m-none-eabi/release/deps" --extern csp_core="$library" \
    $crate/refused/blocking.rs 2>"$CARGO_TARGET_DIR/refused"; then
    echo "a call that blocks should not exist without std"
    exit 1
fi
grep -q '^error\[E0599\].*take_blocking' "$CARGO_TARGET_DIR/refused"

echo "firmware: $runs runs passed; with a lock that spins it hung at each of ${#rates[@]} rates, as it should"
