#!/usr/bin/env bash
# The documentation builds and its links lead somewhere. Its examples run with the tests.
source "$(dirname "$0")/lib.sh"

RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
