"""What a process has done, and whether it is stopped."""

import os

TICK = os.sysconf("SC_CLK_TCK")


def work(pid):
    """The processor time of a process, in seconds, and whether it is stopped."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK, fields[0] == "T"
