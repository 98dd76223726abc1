#!/usr/bin/env bash
# Sanitizers over real threads: the address sanitizer, for memory used after it was freed and for leaks,
# over csp-core's tests of channels; the thread sanitizer, for data races, over those that run threads. `--full`: both
# over more tests, and over the storms on each runtime.
source "$(dirname "$0")/lib.sh"

want_nightly || skip "no nightly to be had"
host=$(rustc -vV | sed -n 's/^host: //p')
root=$(realpath -m "${CARGO_TARGET_DIR:-target}")
full=false
[[ "${1-}" == --full ]] && full=true

address() {
    RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR="$root/asan" \
        cargo +nightly test --target "$host" "$@"
}

# The standard library has to be built with it as well, or its threads and channels look like races.
thread() {
    RUSTFLAGS="-Zsanitizer=thread" CARGO_TARGET_DIR="$root/tsan" TSAN_OPTIONS="halt_on_error=1" \
        cargo +nightly test -Zbuild-std --target "$host" "$@"
}

names=short_tests
$full && names=channel_tests
tests=()
for name in $($names); do
    tests+=(--test "$name")
done
address -p csp-core --lib "${tests[@]}" -- --skip forgotten_
# What is forgotten on purpose leaks.
ASAN_OPTIONS=detect_leaks=0 address -p csp-core "${tests[@]}" forgotten_
if $full; then
    SMOL_THREADS=2 address -p csp-tokio -p csp-smol -p csp-async-std --test storms
fi

if ! want component add rust-src --toolchain nightly; then
    echo "SKIPPED: sanitize thread (no rust-src to be had)"
    exit 0
fi
thread -p csp-core --lib --test storm --test threads --test hostile
if $full; then
    SMOL_THREADS=2 thread -p csp-tokio -p csp-smol -p csp-async-std --test storms
fi
