"""Prints measured figures as the tables of the embedded chapter.

Usage: table.py MEASURED STORED CHAPTER [--update]. Fails if a figure of ours is above the stored one by
more than a twentieth and four, or if the chapter does not have the tables of the stored ones. With
`--update` both are made to have what was measured.
"""

import re
import shutil
import sys


def read(path):
    """The figures of a file: {(kind, name): value}."""
    with open(path) as lines:
        words = [line.split() for line in lines]
    return {(kind, name): int(value) for kind, name, value in words}


FLASH = [
    ("a put in a handler, and a take", "csp_buffered", "embassy_buffered"),
    ("the same for values of a second type", "csp_two_types", "embassy_two_types"),
    ("a put and a take over a rendezvous", "csp_rendezvous", None),
    ("a select over a put and a take", "csp_select", "embassy_select"),
]
# What a program is compared with, if not with nothing.
BESIDE = {"csp_two_types": "csp_buffered", "embassy_two_types": "embassy_buffered"}
BYTES = [
    ("channel of 0 / 1 / 4 / 16 `u32`", ["channel/0", "channel/1", "channel/4", "channel/16"]),
    ("a take, parked", ["take"]),
    ("a put of a `u32`, parked", ["put"]),
    ("a select over 2 / 4 arms, parked", ["select2", "select4"]),
]
OFF = [
    ("`try_put`, stored", "try_put"),
    ("`try_put`, wakes a taker", "try_put_wakes"),
    ("`try_put`, wakes a select", "try_put_wakes_select"),
    ("`try_take`, stored", "try_take"),
    ("`try_take`, lets a parked put in", "try_take_refills"),
    ("rendezvous: `try_put` to a parked taker", "rendezvous_put"),
    ("rendezvous: the taker's poll", "rendezvous_take"),
    ("a take parks", "take_parks"),
    ("a put parks", "put_parks"),
    ("a woken take's poll", "take_woken"),
    ("a parked take is dropped", "take_cancelled"),
    ("a select over 2 arms parks", "select2_parks"),
    ("a select over 8 arms parks", "select8_parks"),
    ("a woken select's poll", "select2_woken"),
    ("a close wakes 16", "close_wakes_16"),
]


def tables(figures):
    def get(kind, name):
        return str(figures.get((kind, name), "–"))

    def flash(name):
        if name is None:
            return "–"
        return str(figures["flash", name] - figures["flash", BESIDE.get(name, "base")])

    yield "| flash, bytes | csp | embassy-sync |"
    yield "|---|---|---|"
    for what, ours, theirs in FLASH:
        yield f"| {what} | {flash(ours)} | {flash(theirs)} |"
    debounce = get("flash", "button_debounce"), get("flash", "debounce_embassy_sync")
    yield f"| the whole debounced button, with its clock, executor and printing | {debounce[0]} | {debounce[1]} |"
    yield ""
    yield "| RAM, bytes | csp | embassy-sync |"
    yield "|---|---|---|"
    for what, names in BYTES:
        ours = " / ".join(get("bytes", f"csp/{name}") for name in names)
        theirs = " / ".join(get("bytes", f"embassy/{name}") for name in names)
        yield f"| {what} | {ours} | {theirs} |"
    yield ""
    yield "| longest time without interrupts, instructions | csp | embassy-sync |"
    yield "|---|---|---|"
    for what, name in OFF:
        yield f"| {what} | {get('off', f'csp/{name}')} | {get('off', f'embassy/{name}')} |"


measured_path, stored_path, chapter_path = sys.argv[1:4]
measured = read(measured_path)
print("\n".join(tables(measured)))
with open(chapter_path) as chapter:
    text = chapter.read()

if "--update" in sys.argv:
    shutil.copy(measured_path, stored_path)
    new = "\n".join(tables(measured)) + "\n"
    text, replaced = re.subn(r"\| flash, bytes.*\n(\|.*\n|\n(?=\|))+", new, text)
    assert replaced == 1, f"{chapter_path} has no place for the tables"
    with open(chapter_path, "w") as chapter:
        chapter.write(text)

stored = read(stored_path)
grown = [
    f"{kind} {name}: {value}, was {stored.get((kind, name), 0)}"
    for (kind, name), value in measured.items()
    if "embassy" not in name and value > stored.get((kind, name), 0) * 1.05 + 4
]
if grown:
    sys.exit("grown by more than a twentieth:\n" + "\n".join(grown))
if "\n".join(tables(stored)) not in text:
    sys.exit(f"{chapter_path} does not have these tables")
print("figures: none has grown")
