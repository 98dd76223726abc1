#!/usr/bin/env bash
# csp-core for machines without std, some of them without atomic exchange, with each set of features.
source "$(dirname "$0")/../lib.sh"

# Debian's compiler with its sources builds `core` and `alloc` for any target.
with_debian() {
    if [[ ! -x /usr/bin/rustc || ! -d /usr/lib/rustlib/src/rust/library ]]; then
        timeout 300 apt-get install -y --no-install-recommends rustc-web rust-web-src >/dev/null || return 1
    fi
    export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    more=(-Zbuild-std=core,alloc)
    target_dir debian
}

for target in thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imc-unknown-none-elf \
    riscv32imac-unknown-none-elf wasm32-unknown-unknown; do
    (
        more=()
        if [[ -n ${WITH_DEBIAN-} ]] || ! want target add "$target"; then
            if ! with_debian; then
                echo "SKIPPED: embedded target $target (neither rustup nor Debian has it)"
                exit 0
            fi
        fi
        for features in "" alloc critical-section alloc,critical-section defmt; do
            cargo build -p csp-core --lib --no-default-features --features "$features" \
                --target "$target" "${more[@]}"
        done
    )
done
