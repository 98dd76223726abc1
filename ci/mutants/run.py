"""Breaks csp-core in one way after the other, in a copy, and sees whether the tests or models notice.

Usage: run.py COPY [--full] [WORD]: the tests' breaks, with `--full` the models' too, or those whose name has
the word in it. Prints a table, and fails if a break survives.
"""

import os
import re
import subprocess
import sys
import time

from list import BREAKS

copy, full = sys.argv[1], "--full" in sys.argv
words = [word for word in sys.argv[2:] if not word.startswith("--")]
TESTS = ["test", "-p", "csp-core", "--lib", "--tests"]
MODELS = ["test", "-p", "csp-core", "--lib", "--release"]
LIMIT = 90  # seconds: who sleeps for ever is caught as well


def cargo(where, *more):
    """Runs cargo on the copy; gives its status (None: it hung) and what it printed."""
    environment = dict(os.environ, CARGO_TARGET_DIR=f"{copy}-target/{where}")
    command = ["cargo", *(TESTS if where == "tests" else MODELS), *more]
    if where == "models":
        environment |= {
            "RUSTFLAGS": "--cfg csp_loom",
            "LOOM_MAX_PREEMPTIONS": "2",
            "CARGO_PROFILE_RELEASE_LTO": "off",
            "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
        }
    process = subprocess.Popen(command, cwd=copy, env=environment, text=True, start_new_session=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate(timeout=LIMIT)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        return None, process.communicate()[0]


def catcher(where):
    """Who notices: a test, or the fact that the tests do not end; None if nobody does."""
    status, output = cargo(where, "--no-run")
    if status != 0:
        sys.exit(f"does not compile, which proves nothing:\n{output}")
    status, output = cargo(where, *(["--", "models"] if where == "models" else []))
    if status == 0:
        return None
    failed = re.findall(r"^test (\S+) \.\.\. FAILED", output, re.M)
    started = re.findall(r"Running (?:unittests )?(\S+)", output)
    program = os.path.basename(started[-1]).removesuffix(".rs") if started else where
    if failed:
        return f"{program}: {failed[0]}" + (f" and {len(failed) - 1} more" if len(failed) > 1 else "")
    return f"{program}: " + ("hangs" if status is None else "ends by a signal")


chosen = [b for b in BREAKS if (full or b[4] == "tests" or words) and all(word in b[0] for word in words)]
for where in sorted({where for *_, where in chosen}):
    found = catcher(where)
    if found:
        sys.exit(f"fails before anything is broken: {found}")

survived = 0
print("\n| break | caught by | s |\n|---|---|---|", flush=True)
for name, file, old, new, where in chosen:
    path = f"{copy}/csp-core/src/{file}"
    with open(path) as source:
        whole = source.read()
    if whole.count(old) != 1:
        sys.exit(f"{name}: its place is there {whole.count(old)} times in {file}")
    start = time.monotonic()
    try:
        with open(path, "w") as source:
            source.write(whole.replace(old, new))
        found = catcher(where)
    finally:
        with open(path, "w") as source:
            source.write(whole)
    survived += found is None
    print(f"| {name} | {found or '**SURVIVED**'} | {time.monotonic() - start:.0f} |", flush=True)
print(f"\nmutants: {len(chosen) - survived} of {len(chosen)} caught")
sys.exit(1 if survived else 0)
