#!/usr/bin/env bash
# The checkers are checked: csp-core is broken in many ways, one at a time, and each has to be noticed.
# By itself the breaks that tests notice; `--short` a few of each kind; `--full` all, also those that only the
# models notice; words: the breaks with all of them in their names. `--cargo`, and words: instead the small changes
# that cargo-mutants makes by itself.
source "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip "no python3 to be had"
target_dir mutants
copy=$(realpath -m "$CARGO_TARGET_DIR/tree")
mkdir -p "$copy"
# Only what has changed, so that what was built stays good.
list=$(mktemp)
trap 'rm -f "$list"' EXIT
git ls-files -z --cached --others --exclude-standard >"$list"
export PYTHONDONTWRITEBYTECODE=1
python3 ci/mutants/mirror.py "$copy" <"$list"
if [[ "${1-}" != --cargo ]]; then
    python3 ci/mutants/run.py "$copy" "$@"
    exit
fi
# One after the other they would take a minute each, and longer. So all are compiled together, each behind a switch.
shift
command -v cargo-mutants >/dev/null || timeout 900 cargo install -q --locked cargo-mutants@27.1.0 ||
    skip "no cargo-mutants to be had"
cargo build -q --release --locked --manifest-path ci/mutants/switch/Cargo.toml
all=$(realpath -m "$CARGO_TARGET_DIR")
python3 ci/mutants/small.py "$all/release/switch" "$copy" "$all/small" ci/mutants/survivors.md "$@"
