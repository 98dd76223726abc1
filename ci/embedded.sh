#!/usr/bin/env bash
# Without std, without a heap, with interrupts: builds for real targets, a program without libc, firmware
# in an emulator, its cost, the tests under WebAssembly and with the critical section as the lock.
source "$(dirname "$0")/lib.sh"

log=$(mktemp)
summary=()
part=nothing

finish() {
    local status=$?
    rm -f "$log"
    printf '  %s\n' "" "${summary[@]}"
    if ((status == 0)); then echo "embedded: all of it in $SECONDS s"; else echo "FAILED: embedded, in $part"; fi
}
trap finish EXIT

# What a part says of itself, with what it could not do.
for part in targets bare firmware figures wasm; do
    start=$SECONDS
    "ci/embedded/$part.sh" 2>&1 | tee "$log"
    while read -r line; do summary+=("$line"); done < <(grep -E "^(SKIPPED|$part): " "$log")
    summary+=("    in $((SECONDS - start)) s")
done
part="the tests with the critical section as the lock"
start=$SECONDS
tests=()
for name in $(short_tests); do
    tests+=(--test "$name")
done
cargo test -p csp-core --features critical-section --lib "${tests[@]}"
summary+=("embedded: $part passed" "    in $((SECONDS - start)) s")
