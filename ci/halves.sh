#!/usr/bin/env bash
# The tests of what is put and taken, where the lock of each channel on the heap is in halves from the beginning.
# By itself those that do most to a channel; `--full`: all of csp-core's.
source "$(dirname "$0")/lib.sh"

target_dir halves
names=short_tests
[[ "${1-}" == --full ]] && names=channel_tests
tests=(--lib)
for name in $($names); do
    tests+=(--test "$name")
done
RUSTFLAGS="--cfg csp_halved" cargo test -p csp-core "${tests[@]}"
