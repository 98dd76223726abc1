#!/usr/bin/env bash
# The checkers are checked: csp-core is broken in some forty ways, one at a time, and each has to be noticed.
# By itself the breaks that tests notice; `--full` those that only the models do, too; a word: the breaks
# with it in their names.
source "$(dirname "$0")/lib.sh"

command -v python3 || skip "no python3 to be had"
target_dir mutants
copy=$(realpath -m "$CARGO_TARGET_DIR/tree")
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
PYTHONDONTWRITEBYTECODE=1 python3 ci/mutants/run.py "$copy" "$@"
