#!/usr/bin/env bash
# Firmware in an emulator: the debounced button on two executors, the tests on the target without a heap
# and with one, at several rates of interrupts, and the README's program. And the control: with a lock
# that spins the same programs have to hang, or none of it proves anything about the lock.
source "$(dirname "$0")/../lib.sh"
source ci/embedded/lib.sh

targets=(thumbv7m-none-eabi thumbv6m-none-eabi thumbv7em-none-eabihf)
# Instructions from interrupt to interrupt. With the short ones many come while the process is at work;
# the small machine, which needs more instructions for the same, has no time for them.
short=(400 501 650)
long=(1000 1999 6007)
crate=examples/embedded/firmware

for target in "${targets[@]}"; do
    want target add "$target" || skip "no $target to be had"
done

build() {
    local target=$1
    shift
    cargo build --release --manifest-path $crate/Cargo.toml --target "$target" "$@"
}

# That number of instructions in cycles of the machine's clock: an instruction takes 128 ns.
cycles() {
    case $1 in
        thumbv6m-*) echo $(($2 * 128 * 16 / 1000)) ;;
        thumbv7em-*) echo $(($2 * 128 * 25 / 1000)) ;;
        *) echo $(($2 * 128 * 125 / 10000)) ;;
    esac
}

# Runs a program at each of the rates, all at once, since the emulator keeps but one processor busy and counts
# instructions, not time. The longest of them takes some seconds. What each says comes in one piece.
passes() {
    local target=$1 program=$2 rate run failed=0 started=()
    shift 2
    for rate; do
        {
            said=$(emulate 120 "$target" "$program" "$(cycles "$target" "$rate")" 2>&1) && status=0 || status=$?
            printf '%s\n' "--- $program, $target, an interrupt every $rate instructions" "$said"
            exit $status
        } &
        started+=($!)
    done
    for run in "${started[@]}"; do
        wait "$run" || failed=$?
        runs=$((runs + 1))
    done
    return $failed
}

# Runs it at each of the rates, to see the clock find the handler where it never comes back from; not
# at those where by luck no interrupt comes while the lock is held. Says how often it hung.
hangs() {
    local target=$1 program=$2 rate status output hung=0
    shift 2
    for rate; do
        status=0
        output=$(emulate 120 "$target" "$program" "$(cycles "$target" "$rate")" 2>&1) || status=$?
        if ((status == 1)) && grep -q "^hung: " <<<"$output"; then
            hung=$((hung + 1))
        elif ((status != 0)); then
            echo "$program ended with $status, but did not hang: $output" >&2
            return 1
        fi
    done
    echo "$hung"
}

diff $crate/src/bin/readme.rs <(
    sed -n '/^## On a microcontroller/,$p' README.md | sed -n '/^```rust/,/^```$/p' | sed '1d;/^```$/,$d'
) || { echo "the README's program is not the one that is tried"; exit 1; }

runs=0
for target in "${targets[@]}"; do
    rates=("${long[@]}")
    [[ $target == thumbv6m-* ]] || rates+=("${short[@]}")
    build "$target" --bins
    for program in button_debounce button_debounce_embassy suite; do
        passes "$target" $program "${rates[@]}"
    done
    passes "$target" readme "${long[0]}"
    build "$target" --features heap --bin suite
    passes "$target" suite 1000
done

# Not on the machine without an exchange, where there is no such lock.
controls=0
for target in thumbv7m-none-eabi thumbv7em-none-eabihf; do
    build "$target" --no-default-features --bins
    rates=("${short[@]}" "${long[@]}")
    hung=$(hangs "$target" suite "${rates[@]}")
    echo "control: the suite, $target: hung at $hung of ${#rates[@]} rates"
    ((hung == ${#rates[@]})) || { echo "it should have at each"; exit 1; }
    controls=$((controls + hung))
    for program in button_debounce button_debounce_embassy; do
        hung=$(hangs "$target" $program "${short[@]}")
        echo "control: $program, $target: hung at $hung of ${#short[@]} short rates"
        ((hung > 0)) || { echo "it should have at some"; exit 1; }
        controls=$((controls + hung))
    done
done

for features in "--no-default-features" "--features heap"; do
    # shellcheck disable=SC2086
    cargo clippy --release --manifest-path $crate/Cargo.toml --target thumbv7m-none-eabi --lib --bins \
        $features -- -D warnings
done

echo "firmware: $runs runs passed; with a lock that spins the same programs hung $controls times, as they should"
