#!/usr/bin/env bash
# Channels and select in a program without libc and without an allocator: needs nothing installed.
source "$(dirname "$0")/../lib.sh"

[[ $(uname -sm) == "Linux x86_64" ]] || skip "for x86-64 Linux"
target_dir bare
flags="-Clink-arg=-nostartfiles -Clink-arg=-nostdlib -Clink-arg=-static -Crelocation-model=static"
RUSTFLAGS="$flags" cargo build --release --manifest-path examples/embedded/bare/Cargo.toml \
    --target x86_64-unknown-linux-gnu
program=$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/bare
"$program" || { echo "check $? failed"; exit 1; }
echo "bare: passed, in $(stat -c %s "$program") bytes without libc or allocator"
