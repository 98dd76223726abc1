#!/usr/bin/env bash
# csp-core's tests under the address sanitizer: memory used after it was freed, and leaks.
source "$(dirname "$0")/lib.sh"

want_nightly || skip "no nightly to be had"
target_dir asan
host=$(rustc -vV | sed -n 's/^host: //p')
asan() {
    RUSTFLAGS="-Zsanitizer=address" cargo +nightly test -p csp-core --target "$host" "$@"
}

tests=()
for path in csp-core/tests/*.rs; do
    name=$(basename "$path" .rs)
    case $name in
        ui) ;; # what the compiler says, not what the code does
        hostile) ;; # below
        *) tests+=(--test "$name") ;;
    esac
done
asan --lib "${tests[@]}"
# Its futures are forgotten on purpose.
ASAN_OPTIONS=detect_leaks=0 asan --test hostile
