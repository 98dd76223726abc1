#!/usr/bin/env bash
# The tests of what is put and taken, where the lock of each channel on the heap is in halves from the beginning.
# By itself those that do most to a channel; `--full`: all of csp-core's.
source "$(dirname "$0")/lib.sh"

target_dir halves
tests=(--lib)
for name in $(channel_tests); do
    case $name in
        cancel | channel | golang | growth | history | hostile | permits* | select_pairs | select_rounds | threads | waiting) ;;
        *) [[ "${1-}" == --full ]] || continue ;;
    esac
    tests+=(--test "$name")
done
RUSTFLAGS="--cfg csp_halved" cargo test -p csp-core "${tests[@]}"
