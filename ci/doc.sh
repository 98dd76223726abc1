#!/usr/bin/env bash
# The documentation builds, its links lead somewhere, and the tests that VERIFICATION.md names are there.
# Its examples run with the tests.
source "$(dirname "$0")/lib.sh"

RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

missing=()
while IFS=: read -r file _ name; do
    grep -rqE "^ *(pub )?(async )?fn $name\b" --include="$file.rs" csp-*/ || missing+=("$file::$name")
done < <(grep -oE '`[a-z_]+::[a-z_0-9]+`' VERIFICATION.md | tr -d '`' | grep -v '^csp_' | sort -u)
((${#missing[@]} == 0)) || {
    echo "VERIFICATION.md names tests that are not there: ${missing[*]}"
    exit 1
}
