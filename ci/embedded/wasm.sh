#!/usr/bin/env bash
# csp-core's tests on WebAssembly, under node: one thread, no unwinding.
source "$(dirname "$0")/../lib.sh"

target=wasm32-wasip1
want target add $target || skip "no $target to be had"
if ! command -v node; then
    timeout 300 apt-get install -y --no-install-recommends nodejs >/dev/null || skip "no node to be had"
fi
target_dir wasm

export CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/ci/embedded/wasi.mjs"
tests=()
for name in alloc cancel channel defects history hostile select select_pairs select_set static_channel waiting; do
    tests+=(--test "$name")
done
cargo test --no-fail-fast -p csp-core --target $target --lib "${tests[@]}"
