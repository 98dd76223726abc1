#!/usr/bin/env python3
"""What a message costs, ours / a peer's, counted by callgrind with its simulated caches and branches.

    benches/profile.py [--runtime tokio1] [--peer kanal] [--functions N] [ROW...]

ROW is the end of a row's name, such as 4x1/0. Counts what a run of twice as many messages counts more, so that
neither start nor warming up is in it; on one thread, since valgrind runs one thread at a time. With
`--functions` the N functions of each that take most instructions follow. Wants valgrind and objdump.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MESSAGES = 20000
ROWS = ["4x1/0", "4x1/1", "4x1/100", "4x4/0", "4x4/1", "4x4/100", "pingpong/0", "pingpong/1"]


def build():
    """The benchmark's program, built."""
    subprocess.run(["cargo", "build", "--release", "--locked", "-p", "benches"], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(target, "release", "benches")


def addresses(program):
    """Where `main` begins in a program, and where its locked instructions are."""
    main, locked = None, set()
    listing = ["objdump", "--disassemble", "--no-show-raw-insn", program]
    with subprocess.Popen(listing, stdout=subprocess.PIPE, text=True) as objdump:
        for line in objdump.stdout:
            if line.endswith(" <main>:\n"):
                main = int(line.split()[0], 16)
            # An exchange with memory is locked, whether it says so or not.
            elif "\tlock " in line or "\txchg " in line and "(" in line:
                locked.add(int(line.split(":")[0], 16))
    return main, locked


class Counts:
    """What one run has counted."""

    def __init__(self):
        self.events = {}
        self.functions = collections.Counter()
        self.instructions = collections.Counter()
        self.followed = 0
        self.main = None

    def read(self, lines):
        names, function, address = {}, None, 0
        # Whether the line before was of a call, or of a jump.
        left = False
        for line in lines:
            if line.startswith(("fn=", "cfn=")):
                key, name = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line).groups()
                if name:
                    names[key] = name
                if line.startswith("fn="):
                    function = names[key]
            elif line.startswith("calls="):
                left = True
            elif line.startswith(("jump=", "jcnd=")):
                # Of a conditional one, how often it was followed, and of how many times.
                self.followed += int(re.match(r"\w+=(\d+)", line).group(1))
                left = True
            elif line.startswith("events: "):
                order = line.split()[1:]
            elif line.startswith("totals: "):
                self.events = dict(zip(order, map(int, line.split()[1:])))
            elif line[:1] in "0+-*":
                first, _, *costs = line.split()
                if first[0] in "+-":
                    address += int(first, 0)
                elif first != "*":
                    address = int(first, 16)
                # The line after a call has the cost of all that was called; after a jump, none.
                if not left:
                    self.instructions[address] += int(costs[0])
                    self.functions[function] += int(costs[0])
                    if function == "main" and self.main is None:
                        self.main = address
                left = False
        return self


def run(program, runtime, row, library, messages):
    command = ["--rounds", "1", "--messages", str(messages)]
    command += ["--runtime", runtime, "--row", f"{runtime} {row}", "--peer", library]
    with tempfile.NamedTemporaryFile("r") as out:
        tool = ["valgrind", "--tool=callgrind", "--cache-sim=yes", "--branch-sim=yes", "--collect-jumps=yes"]
        tool += ["--dump-instr=yes", f"--callgrind-out-file={out.name}"]
        done = subprocess.run(tool + [program] + command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("\n".join(line for line in done.stderr.splitlines() if not line.startswith("==")))
        return Counts().read(out)


def short(figure, largest):
    """A figure beside others of which one is so large; nothing is below 0."""
    return f"{figure:.0f}" if largest >= 20 else f"{max(figure, 0):.1f}"


def difference(program, where, runtime, row, library, pool):
    """What a message costs, by measure, and by function."""
    runs = [pool.submit(run, program, runtime, row, library, times * MESSAGES) for times in (1, 2)]
    once, twice = [counts.result() for counts in runs]
    # Each run measures one round, after another one that warms up.
    messages = 2 * MESSAGES

    def a_message(count):
        return (count(twice) - count(once)) / messages

    def of(*names):
        return a_message(lambda counts: sum(counts.events[name] for name in names))

    main, locked = where

    def locked_ones(counts):
        # Where the program was loaded.
        base = counts.main - main
        return sum(number for address, number in counts.instructions.items() if address - base in locked)

    functions = {
        name: a_message(lambda counts: counts.functions[name]) for name in twice.functions
    }
    theirs = ("csp_core", "benches", library.replace("-", "_"))
    channel = sum(number for name, number in functions.items() if any(crate in name for crate in theirs))
    measures = {
        "instructions": of("Ir"),
        "of them in the channel and its tasks": channel,
        "branches": of("Bc", "Bi"),
        "jumps that are followed": a_message(lambda counts: counts.followed),
        "branches not foreseen": of("Bcm", "Bim"),
        "locked": a_message(locked_ones),
        "misses of the first cache": of("I1mr", "D1mr", "D1mw"),
    }
    return measures, functions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", metavar="ROW", nargs="*", default=ROWS)
    parser.add_argument("--runtime", default="tokio1", choices=["tokio1", "smol1"])
    parser.add_argument("--peer", default="kanal")
    parser.add_argument("--functions", metavar="N", type=int, default=0)
    arguments = parser.parse_args()

    missing = [tool for tool in ("valgrind", "objdump") if not shutil.which(tool)]
    if missing:
        sys.exit(f"profile.py wants {' and '.join(missing)}")
    program = build()
    where = addresses(program)
    table, functions = {}, {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for row in arguments.rows:
            for library in ("csp", arguments.peer):
                cost = difference(program, where, arguments.runtime, row, library, pool)
                table[row, library], functions[row, library] = cost

    print(f"{arguments.runtime}, csp / {arguments.peer}\n")
    print("| | " + " | ".join(arguments.rows) + " |")
    print("|---" * (len(arguments.rows) + 1) + "|")
    for measure in table[arguments.rows[0], "csp"]:
        cells = []
        for row in arguments.rows:
            both = [table[row, library][measure] for library in ("csp", arguments.peer)]
            cells.append(" / ".join(short(one, max(both)) for one in both))
        print(f"| {measure} | " + " | ".join(cells) + " |")
    if arguments.functions:
        for (row, library), numbers in functions.items():
            print(f"\n{row}, {library}")
            for name, number in sorted(numbers.items(), key=lambda one: -one[1])[: arguments.functions]:
                print(f"{number:8.1f} {name}")


if __name__ == "__main__":
    main()
