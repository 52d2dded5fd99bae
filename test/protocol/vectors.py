#!/usr/bin/env python3
"""Holds docs/vectors/messages.json against the schema and against a decoder that is not Dunlin's. One line a check."""
import io
import json
import os
import sys

import cbor2

import cddl

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")
sys.path.insert(0, os.path.join(DOCS, "vectors"))
import make


def decode(data):
    """One item and nothing after it."""
    stream = io.BytesIO(data)
    item = cbor2.CBORDecoder(stream).decode()
    if stream.read(1):
        raise ValueError("bytes after the item")
    return item


def is_refused(data):
    try:
        decode(data)
    except Exception:
        return True
    return False


def check(name, passed, detail=""):
    print(("ok " if passed else "not ok ") + name + (f": {detail}" if detail and not passed else ""))


schema = cddl.load(os.path.join(DOCS, "protocol.cddl"))
with open(os.path.join(DOCS, "vectors", "messages.json"), encoding="utf-8") as file:
    stored = json.load(file)
made = make.vectors()
check("messages.json is what make.py makes", json.loads(json.dumps(made)) == stored)
for vector in stored["valid"]:
    value = decode(bytes.fromhex(vector["hex"]))
    check(f'{vector["name"]}: decodes to its value', value == vector["value"])
    fault = schema.fault(vector["type"], value)
    check(f'{vector["name"]}: is a {vector["type"]} by the schema', fault is None, fault)
for vector in stored["signed"]:
    message = decode(bytes.fromhex(vector["hex"]))
    fault = schema.fault("signed-command", message)
    check(f'{vector["name"]}: is a signed-command by the schema', fault is None, fault)
    check(f'{vector["name"]}: has its value', decode(message.value[2]) == vector["value"])
for vector in stored["invalid"]:
    data, name = bytes.fromhex(vector["hex"]), vector["name"]
    if vector["error"] == "not-well-formed":
        check(f"{name}: no decoder reads it", is_refused(data))
        continue
    check(f"{name}: a decoder that knows no Dunlin reads it", not is_refused(data))
    if vector["error"] == "not-the-schema":
        check(f'{name}: is no {vector["type"]} by the schema', schema.fault(vector["type"], decode(data)) is not None)
    elif vector["error"] == "not-the-rules":
        check(f"{name}: the schema alone would let it pass", schema.fault(vector["type"], decode(data)) is None)
