"""Makes a folder hold the files whose names come in, as they are here, and no others. Writes only what differs."""

import os
import sys

copy = sys.argv[1]
names = {name for name in sys.stdin.read().split("\0") if os.path.isfile(name)}
for name in names:
    with open(name, "rb") as file:
        wanted = file.read()
    path = os.path.join(copy, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.isfile(path) or open(path, "rb").read() != wanted:
        with open(path, "wb") as file:
            file.write(wanted)
for folder, _, files in os.walk(copy):
    for file in files:
        path = os.path.join(folder, file)
        if os.path.relpath(path, copy) not in names:
            os.remove(path)
