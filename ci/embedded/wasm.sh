#!/usr/bin/env bash
# csp-core's tests on WebAssembly, under node: one thread, no unwinding.
source "$(dirname "$0")/../lib.sh"

target=wasm32-wasip1
want target add $target || skip "no $target to be had"
command -v node || debian nodejs || skip "no node to be had"
target_dir wasm

export CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/ci/embedded/wasi.mjs"
tests=(--lib)
others=()
for path in csp-core/tests/*.rs; do
    name=$(basename "$path" .rs)
    case $name in
        alloc | cancel | channel | defects | history | hostile | kinds | select | select_pairs | select_set | static_channel | \
            std_only | waiting | weak) tests+=(--test "$name") ;;
        *) others+=("$name") ;;
    esac
done
cargo test --no-fail-fast -p csp-core --target $target "${tests[@]}"
echo "wasm: passed; not for one thread without files: ${others[*]}"
