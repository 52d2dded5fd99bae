"""The deepest stack of each function that a sketch calls, from a program and the frames that -fstack-usage gives.

    stack.py program.elf frames.su…

A call by pointer is one to the write callback or to a handler: what those take themselves comes on top.
"""

import re
import subprocess
import sys

RETURN_ADDRESS = 2

frames = {}
for path in sys.argv[2:]:
    for line in open(path):
        place, size, _ = line.split("\t")
        frames[place.split(":")[-1]] = int(size)
calls = {}
name = None
for line in subprocess.run(["avr-objdump", "-d", sys.argv[1]], capture_output=True, text=True).stdout.splitlines():
    if start := re.match(r"[0-9a-f]+ <(.+)>:", line):
        name = start[1]
        calls[name] = set()
    elif name and (target := re.search(r"\b(?:r?call|r?jmp)\s.*<([^+>]+)>", line)):
        calls[name].add(target[1])
    elif name and re.search(r"\be?icall\b", line):
        calls[name].add("(callback)")


def depth(function, above=()):
    if function in above or function not in calls:
        return RETURN_ADDRESS
    below = [depth(c, (*above, function)) for c in calls[function] if c != function]
    return frames.get(function, 0) + RETURN_ADDRESS + max(below, default=0)


for function in ("dunlin_init", "dunlin_receive", "dunlin_poll", "dunlin_reading_send"):
    print(f"stack {function} {depth(function)}")
