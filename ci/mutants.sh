#!/usr/bin/env bash
# The checkers are checked: csp-core is broken in many ways, one at a time, and each has to be noticed.
# By itself the breaks that tests notice; `--short` a few of each kind; `--full` all, also those that only the
# models notice; words: the breaks with all of them in their names.
source "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip "no python3 to be had"
target_dir mutants
copy=$(realpath -m "$CARGO_TARGET_DIR/tree")
mkdir -p "$copy"
# Only what has changed, so that what was built stays good.
list=$(mktemp)
trap 'rm -f "$list"' EXIT
git ls-files -z --cached --others --exclude-standard >"$list"
PYTHONDONTWRITEBYTECODE=1 python3 ci/mutants/mirror.py "$copy" <"$list"
PYTHONDONTWRITEBYTECODE=1 python3 ci/mutants/run.py "$copy" "$@"
