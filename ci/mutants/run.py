"""Breaks csp-core in one way after the other, in a copy, and sees whether the tests or models notice.

Usage: run.py COPY [--short | --full] [WORD...]: the breaks that the tests notice; `--short` a few of each kind;
`--full` those of the models, too; words: the breaks with all of them in their names. `--places` looks only
whether the breaks fit the code; `--broken-only` does not run the probable catchers on the whole code first.
Prints a table, and fails if a break survives.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

from list import BREAKS
from process import work

signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))

copy = sys.argv[1]
options = {word for word in sys.argv[2:] if word.startswith("--")}
words = [word for word in sys.argv[2:] if not word.startswith("--")]
CORE = f"{copy}/csp-core"
MODELS = "models"
IDLE = 10  # seconds without work: whoever does nothing for so long sleeps for ever
# Seconds of work, however long they take on a machine that is shared: several times what a whole program needs.
MOST = {MODELS: 2000}
MOST_OF_A_TEST = 90
# Slow to build and about the compiler's words, not about what the core does; needs another lock.
NOT_ASKED = {"ui", "critical_section"}
ALL = sorted(name.removesuffix(".rs") for name in os.listdir(f"{CORE}/tests") if name.endswith(".rs"))
ALL = ["lib", *(name for name in ALL if name not in NOT_ASKED)]


class Unfit(Exception):
    """A break that does not compile, which proves nothing."""


def environment(where):
    base = {key: value for key, value in os.environ.items() if key != "RUSTFLAGS"}
    base |= {"CARGO_INCREMENTAL": "1", "RUST_BACKTRACE": "0", "CARGO_TARGET_DIR": f"{copy}-target/tests"}
    if where == MODELS:
        base |= {"CARGO_TARGET_DIR": f"{copy}-target/models", "RUSTFLAGS": "--cfg csp_loom"}
        base |= {"LOOM_MAX_PREEMPTIONS": "2", "CARGO_PROFILE_DEV_OPT_LEVEL": "1"}
    return base


def build(where):
    """Builds a test program; gives its path."""
    target = ["--lib"] if where in ("lib", MODELS) else ["--test", where]
    command = ["cargo", "test", "-q", "-p", "csp-core", *target, "--no-run",
               "--message-format=json-render-diagnostics"]
    for _ in range(3):
        built = subprocess.run(command, cwd=copy, env=environment(where), text=True, capture_output=True)
        if built.returncode == 0 or "error" in built.stderr:
            break  # else something ended the compiler
    if built.returncode != 0:
        raise Unfit(f"{built.returncode} {built.stderr[-2000:]}")
    for line in built.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("executable") and message.get("profile", {}).get("test"):
            return message["executable"]
    sys.exit(f"no program of {where}")


def run(program, arguments, env, most):
    """Runs a test program; gives its status (a word if it does not end) and what it printed."""
    with open(f"{copy}-output", "w+") as output:
        process = subprocess.Popen([program, *arguments], cwd=CORE, env=env, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        idle, before = 0, 0.0
        try:
            while True:
                asked = time.monotonic()
                try:
                    status = process.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    pass
                now, stopped = work(process.pid)
                # Whoever is stopped, or was together with us, is not idle.
                stopped = stopped or time.monotonic() - asked > 3
                idle = idle + 1 if not stopped and now - before < 0.05 else 0
                before = now
                if idle >= IDLE or now > most:
                    status = "sleeps for ever" if idle >= IDLE else "runs for ever"
                    break
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        output.seek(0)
        return status, output.read()


def notices(where, only=""):
    """Which test of a program, or model, fails; None if all pass."""
    env = environment(where)
    program = build(where)
    arguments = [only or MODELS] if where == MODELS else [only] if only else []
    status, output = run(program, arguments, env, MOST.get(where, MOST_OF_A_TEST))
    if status == 0:
        if only and re.search(r"^running 0 tests", output, re.M):
            sys.exit(f"{where} has no test called {only}")
        return None
    failed = re.findall(r"^test (\S+)(?: - should panic)? \.\.\. FAILED", output, re.M)
    failed = failed or re.findall(r"^thread '([^']+)'.* panicked at", output, re.M)
    failed = [name for name in failed if name != "main"]
    name = f"`{failed[0]}`" if failed else only and f"`{only}`"
    how = status if isinstance(status, str) else "" if status == 101 else "ends by a signal"
    who = where if not name else name if where in ("lib", MODELS) else f"{where}: {name}"
    return f"{who}, {how}" if how else who


def catcher(break_):
    """Who notices first, of those who probably do and then of all."""
    for where, _, only in (name.partition(":") for name in break_.by):
        found = notices(where, only)
        if found:
            return found
    for where in [*ALL, *([MODELS] if break_.for_models or "--full" in options else [])]:
        found = notices(where)
        if found:
            return found
    return None


def is_chosen(break_):
    if words:
        return all(word in break_.name for word in words)
    if "--short" in options:
        return break_.short
    return "--full" in options or not break_.for_models


chosen = [break_ for break_ in BREAKS if is_chosen(break_)]
for break_ in BREAKS:
    with open(f"{CORE}/src/{break_.file}") as source:
        count = source.read().count(break_.old)
    if count != 1:
        sys.exit(f"{break_.name}: its place is there {count} times in {break_.file}")
if "--places" in options:  # only whether they are all there
    sys.exit(0)
# Whole, they pass.
for name in sorted({break_.by[0] for break_ in chosen} if "--broken-only" not in options else ()):
    where, _, only = name.partition(":")
    found = notices(where, only)
    if found:
        sys.exit(f"fails before anything is broken: {found}")

survived = []
print("\n| break | caught by | s |\n|---|---|---|", flush=True)
for break_ in chosen:
    path = f"{CORE}/src/{break_.file}"
    with open(path) as source:
        whole = source.read()
    start = time.monotonic()
    try:
        with open(path, "w") as source:
            source.write(whole.replace(break_.old, break_.new))
        found = catcher(break_)
    except Unfit as unfit:
        found = None
        print(unfit, file=sys.stderr)
    finally:
        with open(path, "w") as source:
            source.write(whole)
    if not found:
        survived.append(break_.name)
    print(f"| {break_.name} | {found or '**SURVIVED**'} | {time.monotonic() - start:.0f} |", flush=True)
print(f"\nmutants: {len(chosen) - len(survived)} of {len(chosen)} caught")
sys.exit(1 if survived else 0)
