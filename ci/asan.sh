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
    # `ui` is about what the compiler says.
    [[ $name == ui ]] || tests+=(--test "$name")
done
asan --lib "${tests[@]}" -- --skip forgotten_
# What is forgotten on purpose leaks.
ASAN_OPTIONS=detect_leaks=0 asan "${tests[@]}" forgotten_
