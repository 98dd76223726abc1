#!/usr/bin/env bash
# Without std, without a heap, with interrupts: builds for real targets, a program without libc, firmware
# in an emulator, its cost, the tests under WebAssembly and with the critical section as the lock.
source "$(dirname "$0")/lib.sh"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
summary=()
for part in targets bare firmware figures wasm; do
    start=$SECONDS
    "ci/embedded/$part.sh" 2>&1 | tee "$log"
    skipped=$(grep "^SKIPPED: $part (" "$log" || true)
    summary+=("${skipped:-embedded: $part passed in $((SECONDS - start)) s}")
done
start=$SECONDS
cargo test -p csp-core --features critical-section --lib --tests
summary+=("embedded: all tests passed with the critical section as the lock, in $((SECONDS - start)) s")
printf '%s\n' "" "${summary[@]}"
