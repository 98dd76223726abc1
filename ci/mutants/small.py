"""Tries the small changes that cargo-mutants makes of csp-core, compiled together, each behind a switch (`switch/`).

Usage: small.py SWITCH COPY WORK KNOWN [WORD...]: the tool, a copy of the repository, a folder for what is made,
the list of what survives, and words: the changes with all of them in their names. Prints each change that no test
notices, and the sum; fails if one of them is not in the list.
"""

import collections
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

from process import work

signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))

switch, copy, folder, known, *words = sys.argv[1:]
CORE = "csp-core"
tree = f"{folder}/tree"
# About the compiler's words, or without a test of what the core does.
NOT_ASKED = {"formats", "send_sync", "std_only", "ui"}
# Not stopped by lints: what is left of a changed function may be unused.
BUILD = dict(os.environ, CARGO_TARGET_DIR=f"{folder}/target", CARGO_PROFILE_DEV_DEBUG="0",
             CARGO_PROFILE_DEV_OPT_LEVEL="1", RUSTFLAGS="--cap-lints=warn -Awarnings")
LONG = 1  # seconds: a test that takes longer is asked last


def cargo(command, *arguments):
    """Gives whether it could be built, and the messages."""
    built = subprocess.run(["cargo", command, "-q", "-p", CORE, "--message-format=json", *arguments], cwd=tree,
                           env=BUILD, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return built, [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]


def write_switches(left_out):
    """Writes the sources with a switch for each change that is not left out; gives the changes without one."""
    with open(f"{folder}/left-out", "w") as file:
        file.write("\n".join(map(str, left_out)))
    made = subprocess.run([switch, f"{folder}/changes.json", copy, tree, f"{folder}/left-out"], check=True,
                          text=True, stdout=subprocess.PIPE)
    with open(f"{copy}/{CORE}/src/lib.rs") as file:
        root = file.read()
    with open(f"{tree}/{CORE}/src/lib.rs", "w") as file:
        file.write(root.replace("\nmod buffer;", "\nmod buffer;\nmod switches;", 1))
    shutil.copy(f"{os.path.dirname(__file__)}/switch/switches.rs", f"{tree}/{CORE}/src/switches.rs")
    # Called by nothing that is constant; a switch is not.
    with open(f"{tree}/{CORE}/src/wait/claim.rs", "r+") as file:
        claim = file.read().replace("\nconst fn ", "\nfn ")
        file.seek(0)
        file.truncate()
        file.write(claim)
    return set(map(int, made.stdout.split()))


def code_of(message):
    return (message["code"] or {}).get("code")


def asked_for(span):
    """The changes for whose sake a switch is asked that stands in a constant, where nothing can be asked."""
    with open(f"{tree}/{span['file_name']}", "rb") as file:
        return set(map(int, re.findall(rb"\d+", file.read()[span["byte_start"]:span["byte_end"]])))


def blamed(message):
    """The changes that a complaint of the compiler is about."""
    found = set()
    for span in message["spans"]:
        path = f"{tree}/{span['file_name']}"
        if not span["is_primary"] or not os.path.exists(path):
            continue
        with open(path, "rb") as file:
            before = file.read()[:span["byte_start"]]
        inside = []
        for opens, closes in re.findall(rb"/\*<(\d+)\*/|/\*(\d+)>\*/", before):
            if opens:
                inside.append(int(opens))
            elif inside and inside[-1] == int(closes):
                inside.pop()
        found.update(inside[-1:])
    return found


def around(span, is_match, changes):
    """The values instead of the function that a complaint is about, or the arms deleted of one of its matches."""
    with open(f"{tree}/{span['file_name']}", "rb") as file:
        text = file.read()
    genre, at = ("MatchArm", span["byte_start"]) if is_match else ("FnValue", 0)
    marks = [int(mark) for mark in re.findall(rb"/\*<(\d+)\*/", text[at:] if is_match else text[:span["byte_start"]])]
    marks = [mark for mark in marks if changes[mark]["genre"] == genre]
    if not marks:
        return set()
    of = changes[marks[0 if is_match else -1]]
    return {mark for mark in marks if all(changes[mark][key] == of[key] for key in ("file", "function"))}


def compile_switches(changes):
    """Leaves out what cannot be compiled: gives the changes that do not fit, and those that no switch can make."""
    unfit, unswitched = set(), set()
    while True:
        unswitched |= write_switches(unfit | unswitched)
        built, messages = cargo("check", "--lib", "--profile", "test")
        if built.returncode == 0:
            return unfit, unswitched
        before = len(unfit) + len(unswitched)
        rest = []
        for message in (m["message"] for m in messages if m["reason"] == "compiler-message"):
            if message["level"] != "error":
                continue
            if code_of(message) == "E0015":
                unswitched |= asked_for(message["spans"][0])
            elif to_blame := blamed(message):
                unfit |= to_blame
            else:
                rest.append(message)
        if len(unfit) + len(unswitched) > before:
            continue
        # Left are complaints about what stands around a switch: a type that follows from the value that is returned
        # first, a match that is exhaustive by an arm that is deleted.
        for message in rest:
            unswitched |= around(message["spans"][0], code_of(message) == "E0004", changes)
        if len(unfit) + len(unswitched) == before:
            sys.exit(built.stderr + "".join(message["rendered"] for message in rest))


def build_tests():
    built, messages = cargo("test", "--lib", "--tests", "--no-run")
    if built.returncode != 0:
        sys.exit(built.stderr)
    made = [m for m in messages if m.get("executable") and m["profile"]["test"]]
    programs = {m["target"]["name"] if "test" in m["target"]["kind"] else "lib": m["executable"] for m in made}
    return {name: program for name, program in sorted(programs.items()) if name not in NOT_ASKED}


def run(program, tests, variables, idle):
    """Gives the test that fails, ends the program or does not end itself for so long; None if all pass."""
    process = subprocess.Popen([program, "--exact", "--test-threads=1", *tests], cwd=f"{tree}/{CORE}",
                               env=os.environ | {"RUST_BACKTRACE": "0"} | variables, start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output, waited, failed = "", 0.0, None
    try:
        while failed is None:
            if select.select([process.stdout], [], [], 0.1)[0]:
                read = os.read(process.stdout.fileno(), 1 << 16).decode(errors="replace")
                output, waited = output + read, 0.0
                failed = re.search(r"^test (\S+).* \.\.\. FAILED", output, re.M)
                if not read:
                    break
            elif not work(process.pid)[1]:
                waited += 0.1
                if waited > idle:
                    break
        if failed is None and (waited > idle or process.wait() != 0):
            failed = (re.findall(r"^test (\S+)", output, re.M) or ["?"])[-1]
        return failed if failed is None or isinstance(failed, str) else failed[1]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def reached_by(programs):
    """For each change, by program, the tests that come to its place, and how long they take."""
    reached = collections.defaultdict(lambda: collections.defaultdict(list))
    into = f"{folder}/reached"
    for name, program in programs.items():
        listed = subprocess.run([program, "--list"], text=True, stdout=subprocess.PIPE, check=True).stdout
        ignored = subprocess.run([program, "--list", "--ignored"], text=True, stdout=subprocess.PIPE, check=True).stdout
        for test in re.findall(r"^(\S+): test$", listed, re.M):
            if f"{test}: test" in ignored.splitlines():
                continue
            begin = time.monotonic()
            if run(program, [test], {"CSP_REACHED": into}, 300):
                sys.exit(f"fails before anything is changed: {name}: {test}")
            took = time.monotonic() - begin
            with open(into) as file:
                for change in map(int, file.read().split()):
                    reached[change][name].append((took, test))
    return reached


def catcher(change, programs, reached, is_known):
    """The first test that notices: short ones first, of the program with the least to do. Of what is known to
    survive long ones are not asked."""
    for long in (False,) if is_known else (False, True):
        asked = {name: sorted(t for t in tests if (t[0] > LONG) == long) for name, tests in reached.items()}
        for name, tests in sorted(asked.items(), key=lambda asked: sum(took for took, _ in asked[1])):
            if tests:
                idle = max(5, 10 * tests[-1][0])
                failed = run(programs[name], [test for _, test in tests], {"CSP_CHANGE": str(change)}, idle)
                if failed:
                    return f"{name}: {failed}"
    return None


os.makedirs(folder, exist_ok=True)
listed = subprocess.run(["cargo", "mutants", "--list", "--json", "-p", CORE], cwd=copy, check=True,
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
with open(f"{folder}/changes.json", "wb") as file:
    file.write(listed)
changes = dict(enumerate(json.loads(listed), 1))
names = {number: re.sub(r"^csp-core/src/(\S+?):\d+:\d+: ", r"\1: ", change["name"])
         for number, change in changes.items()}
shutil.copytree(copy, tree, dirs_exist_ok=True)
unfit, unswitched = compile_switches(changes)
programs = build_tests()
reached = reached_by(programs)
with open(known) as file:
    text = file.read()

caught, survived = 0, []
for number, name in names.items():
    if number in unfit or number in unswitched or not all(word in name for word in words):
        continue
    begin = time.monotonic()
    is_known = f"`{name}`" in text
    found = catcher(number, programs, reached[number], is_known)
    if found:
        caught += 1
    else:
        survived.append(name)
    how = found or f"{'' if is_known else 'NEW '}{'SURVIVED' if reached[number] else 'NOT REACHED'}"
    print(f"{time.monotonic() - begin:6.1f} s  {name}: {how}", flush=True)
for number in sorted(unswitched):
    print(f"not tried, without a switch: {names[number]}")
new = [name for name in survived if f"`{name}`" not in text]
print(f"\n{len(names)} changes, {len(unfit)} do not compile, {len(unswitched)} without a switch: {caught} caught, "
      f"{len(survived)} survived, {len(new)} of them not in {os.path.basename(known)}")
for name in new:
    print(f"    {name}")
sys.exit(1 if new else 0)
