#!/usr/bin/env bash
# The documentation builds, and all its links lead somewhere.
source "$(dirname "$0")/lib.sh"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
