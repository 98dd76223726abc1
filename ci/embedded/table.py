"""Prints measured figures as the tables of the embedded chapter.

Usage: table.py MEASURED STORED CHAPTER. Fails if a figure of ours is more than a twentieth above the
stored one, or if the chapter does not have the tables of the stored ones.
"""

import sys


def read(path):
    """The figures of a file: {(kind, name): value}."""
    with open(path) as lines:
        words = [line.split() for line in lines]
    return {(kind, name): int(value) for kind, name, value in words}


FLASH = [
    ("a put in a handler, and a take", "csp_buffered", "embassy_buffered"),
    ("the same over a rendezvous", "csp_rendezvous", None),
    ("a select over a put and a take", "csp_select", "embassy_select"),
]
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
        return str(figures["flash", name] - figures["flash", "base"]) if name else "–"

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


measured, stored = read(sys.argv[1]), read(sys.argv[2])
print("\n".join(tables(measured)))
grown = [
    f"{kind} {name}: {value}, was {stored.get((kind, name), 0)}"
    for (kind, name), value in measured.items()
    if "embassy" not in name and value > stored.get((kind, name), 0) * 1.05
]
if grown:
    sys.exit("grown by more than a twentieth:\n" + "\n".join(grown))
with open(sys.argv[3]) as chapter:
    if "\n".join(tables(stored)) not in chapter.read():
        sys.exit(f"{sys.argv[3]} does not have these tables")
print("figures: none has grown")
