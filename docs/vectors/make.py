#!/usr/bin/env python3
"""Makes messages.json: every kind of message as bytes, by an encoder that is not Dunlin's. make.py > messages.json

The values are written down here by hand, from docs/protocol.md. Invalid messages are written as bytes.
"""
import hashlib
import json

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DEVICE = {
    "driver": "nmea0183",
    "metrics": {
        "latitude": {"type": "number", "unit": "deg", "description": "WGS 84, north positive"},
        "fix": {"type": "text"},
    },
    "commands": {
        "rate": {
            "description": "set the interval",
            "arguments": {"interval": {"type": "integer", "unit": "ms", "min": 100, "max": 10000}},
            "idempotent": True,
            "timeoutMs": 2500,
        },
        "mode": {
            "description": "choose a mode",
            "arguments": {"mode": {"type": "text", "enum": ["day", "night"]}, "dim": {"type": "boolean", "optional": True}},
        },
    },
}
TIME = 1790000000000000
ID = "01999c4e-7c00-7a3b-8d21-4f0e6b9d2c11"
COMMAND = {"id": ID, "target": "pi/gps", "name": "rate", "args": {"interval": 200}, "issued": TIME,
           "expires": TIME + 30000000, "issuer": "anna"}
PROGRESS = {"id": ID, "target": "pi/gps", "name": "rate"}
NUMBER = {"epoch": 7, "seq": 1, "time": TIME, "clock": "synced"}
NOW = {"time": TIME, "clock": "synced", "durable": {"gps": 4710}, "journal": {"state": "ok"}}
ONLINE = {"state": "online", "since": TIME}


def reading(name, values=None, **number):
    return name, "reading", {**NUMBER, **number, "values": {"t": 1} if values is None else values}


VALID = [
    reading("a reading", {"latitude": 48.1173, "longitude": 11.516666666666667, "fix": "3d", "valid": True}),
    reading("a reading from a host whose clock is not set", {"temperature": -0.5}, clock="unsynced", time=12345678),
    reading("no value is null", {"temperature": None, "humidity": 40}),
    reading("no values at all", {}),
    reading("seq 23 is in its initial byte", seq=23),
    reading("seq 24 takes one byte", seq=24),
    reading("seq 255", seq=255),
    reading("seq 256 takes two bytes", seq=256),
    reading("seq 65535", seq=65535),
    reading("seq 65536 takes four bytes", seq=65536),
    reading("seq 4294967295", seq=4294967295),
    reading("seq 4294967296 takes eight bytes and is no float", seq=4294967296),
    reading("the greatest numbers", seq=9007199254740991, epoch=9007199254740991, time=9007199254740991),
    reading("epoch 24 takes one byte", epoch=24),
    reading("integers of all sizes", {"a": 0, "b": 23, "c": 24, "d": -1, "e": -24, "f": -25, "g": -256, "h": -257,
                                      "i": 2147483648, "j": -2147483649, "k": -4294967296, "l": -4294967297,
                                      "m": 9007199254740991, "n": -9007199254740991}),
    reading("fractions are of eight bytes", {"a": 0.1, "b": 1.5, "c": -273.15, "d": 5e-324, "e": 1.7976931348623157e308}),
    reading("texts", {"a": "", "b": "x" * 23, "c": "x" * 24, "d": "x" * 255, "e": "x" * 256, "f": "Grüße, 測定 ✓"}),
    reading("a text of one byte more in UTF-8 than its head may say at first", {"a": "é" * 12, "b": "é" * 128}),
    reading("twenty-four values", {f"m{i}": i for i in range(24)}),
    ("a birth", "birth", {"type": "birth", "protocol": 1, "agent": "pi", "version": "0.1.0", "labels": {"site": "north"},
                          "epoch": 7, **NOW,
                          "devices": {"gps": {**DEVICE, **ONLINE, "seq": 42}}}),
    ("a birth before any device", "birth", {"type": "birth", "protocol": 1, "agent": "pi", "version": "0.1.0", "labels": {},
                                            "epoch": 1, "time": 1000, "clock": "unsynced", "durable": {},
                                            "journal": {"state": "starting"}, "devices": {}}),
    ("a heartbeat", "heartbeat", {"type": "heartbeat", "epoch": 7, **NOW,
                                  "streams": {"gps": 42, "air": 0, "fast": 4294967296}}),
    ("a clean stop", "stopped", {"type": "stopped", "epoch": 7, **NOW, "streams": {"gps": 43}}),
    ("a heartbeat of an agent whose disk is full", "heartbeat", {
        "type": "heartbeat", "epoch": 7, **NOW, "durable": {}, "streams": {"gps": 43},
        "journal": {"state": "failing", "code": "disk-full", "reason": "no room for the journal's archive in /var/lib/dunlin"}}),
    ("a device that is online", "device-state", ONLINE),
    ("a device that has failed", "device-state", {"state": "failed", "since": TIME, "reason": "its driver failed: x is not a number",
                                                  "code": "driver-failed"}),
    ("a device that is unplugged", "device-state", {"state": "unplugged", "since": TIME, "reason": "/dev/ttyUSB0 is gone",
                                                    "code": "port-missing"}),
    ("a command to a device", "command", COMMAND),
    ("a command to an agent", "command", {**COMMAND, "target": "pi", "name": "restart-component", "args": {"component": "bridge"}}),
    ("a command without arguments", "command", {**COMMAND, "name": "reset", "args": {}, "issuer": ""}),
    ("accepted", "progress", {**PROGRESS, "state": "accepted", "time": TIME}),
    ("running", "progress", {**PROGRESS, "state": "running", "time": TIME + 1}),
    ("succeeded with a result", "progress", {**PROGRESS, "state": "succeeded", "time": TIME + 2, "result": {"interval": 200}}),
    ("failed", "progress", {**PROGRESS, "state": "failed", "time": TIME + 2, "code": "timed-out",
                            "reason": "the device gave no answer within 2500 ms"}),
    ("rejected", "progress", {**PROGRESS, "state": "rejected", "time": TIME, "code": "arguments-invalid",
                              "reason": "argument interval is 5: expected integer from 100 to 10000, ms"}),
    ("expired", "progress", {**PROGRESS, "state": "expired", "time": TIME, "code": "expired",
                             "reason": "its deadline had passed before it could run"}),
    ("query describe", "query", {"query": "describe"}),
    ("query status", "query", {"query": "status"}),
    ("query read of all", "query", {"query": "read"}),
    ("query read of one", "query", {"query": "read", "device": "gps"}),
    ("query replay of all", "query", {"query": "replay", "device": "gps"}),
    ("query replay after a reading", "query", {"query": "replay", "device": "gps", "epoch": 7, "seq": 41, "limit": 100}),
    ("query replay from a time", "query", {"query": "replay", "device": "gps", "from": TIME}),
    ("query command", "query", {"query": "command", "id": ID}),
    ("query commands", "query", {"query": "commands", "limit": 20, "state": "failed"}),
    ("reply to replay", "reply", {"ok": True, "result": {
        "readings": [{**NUMBER, "seq": 4, "values": {"fix": "3d"}}, {**NUMBER, "seq": 5, "values": {}}],
        "lost": [{"epoch": 6, "from": 9}, {"epoch": 7, "from": 1, "to": 3}], "next": {"epoch": 7, "seq": 5}, "more": False}}),
    ("reply to commands", "reply", {"ok": True, "result": [{**PROGRESS, "state": "running", "time": TIME}]}),
    ("reply to read", "reply", {"ok": True, "result": {"gps": {**NUMBER, "values": {"fix": "3d"}}}}),
    ("reply to command", "reply", {"ok": True, "result": {**PROGRESS, "state": "running", "time": TIME}}),
    ("reply to status", "reply", {"ok": True, "result": {
        "agent": "pi", "version": "0.1.0", "epoch": 7, "clock": "synced", "uptimeMs": 4294967296, "residentBytes": 58720256,
        "refused": 0, "dropped": 0, "connections": {"telemetry": 1, "commands": 0, "queries": 1},
        "journal": {"state": "ok", "bytes": 4194304}, "commands": {"open": 0, "ended": {"succeeded": 1}},
        "components": {"bridge": {"phase": "live", "starts": 1, "pid": 4711}},
        "devices": {"gps": {**ONLINE, "seq": 42, "counters": {"bytes": 12345}}}}}),
    ("reply with an error", "reply", {"ok": False, "error": {"code": "target-unknown", "message": 'no device "gsp": there are gps'}}),
    ("component: hello", "component-hello", {"protocol": 1, "component": "weather", "pid": 4711, "devices": {
        "weather": {"metrics": {"temperature": {"type": "number", "unit": "Cel"}},
                    "commands": {"rate": {"arguments": {"interval": {"type": "number", "min": 0.05, "unit": "s"}}}}}}}),
    ("component: declare", "component-declare", {"devices": {"rain": {}}}),
    ("component: heartbeat", "component-heartbeat", {}),
    ("component: heartbeat with counters", "component-heartbeat", {"counters": {"weather": {"readings": 12}}}),
    ("component: device", "component-device", {"device": "weather", "state": "silent", "reason": "no answer"}),
    ("component: progress", "component-progress", {"id": ID, "state": "succeeded", "result": {"interval": 0.5}}),
    ("component: log", "component-log", {"level": "info", "message": "calibrated", "fields": {"offset": -2}}),
    ("agent: welcome", "agent-welcome", {"protocol": 1, "agent": "pi", "epoch": 7, "clock": "unsynced", "heartbeatMs": 250,
                                         "streams": {"weather": {"topic": "telemetry/pi/weather/", "next": 1}}}),
    ("agent: refused", "agent-refused", {"code": "version-unsupported", "message": "protocol 2: this agent speaks 1"}),
    ("agent: streams", "agent-streams", {"streams": {"rain": {"topic": "telemetry/pi/rain/", "next": 8}}}),
    ("agent: heartbeat", "agent-heartbeat", {"clock": "synced"}),
    ("agent: command", "agent-command", {"id": ID, "device": "weather", "name": "rate", "args": {"interval": 0.5},
                                         "timeoutMs": 10000}),
    ("agent: cancel", "agent-cancel", {"id": ID}),
    ("agent: stop", "agent-stop", {}),
]

COMMAND_HEX = cbor2.dumps(COMMAND).hex()
READING_HEX = cbor2.dumps(VALID[0][2]).hex()


def changed(**fields):
    return cbor2.dumps({**COMMAND, **fields}).hex()


def without(message, key):
    return cbor2.dumps({k: v for k, v in message.items() if k != key}).hex()


# not-well-formed: no decoder reads it; not-allowed: CBOR, but none that this protocol takes; not-the-schema: of another
# shape than docs/protocol.cddl says; not-the-rules: of that shape, but against what a schema cannot say.
INVALID = [
    ("nothing", "command", "not-well-formed", ""),
    ("cut off in the middle", "command", "not-well-formed", COMMAND_HEX[: len(COMMAND_HEX) // 4 * 2]),
    ("one byte short", "reading", "not-well-formed", READING_HEX[:-2]),
    ("a byte too many", "command", "not-well-formed", COMMAND_HEX + "00"),
    ("a text longer than the message", "query", "not-well-formed", "a1657175657279" + "7affffffff" + "61"),
    ("a map of more pairs than there are", "query", "not-well-formed", "a2" + cbor2.dumps({"query": "status"}).hex()[2:]),
    ("a reserved length", "query", "not-well-formed", "a16571756572791c"),
    ("a text that is no UTF-8", "query", "not-well-formed", "a1657175657279" + "62c328"),
    ("a map of indefinite length", "query", "not-allowed", "bf" + cbor2.dumps({"query": "status"}).hex()[2:] + "ff"),
    ("a text of indefinite length", "query", "not-allowed", "a1657175657279" + "7f63737461" + "63747573" + "ff"),
    ("a date as a tag", "command", "not-allowed", changed(issued=0).replace("6669737375656400", "66697373756564c100")),
    ("a bignum as a tag", "command", "not-allowed", changed(args={"a": 2**70})),
    ("a key that is a number", "query", "not-allowed", "a2" + "0101" + cbor2.dumps({"query": "status"}).hex()[2:]),
    ("nested seventeen deep", "query", "not-allowed", "a2" + cbor2.dumps({"query": "status"}).hex()[2:] + "6178" + "81" * 17 + "00"),
    ("a list of 4097", "query", "not-allowed", "a2" + cbor2.dumps({"query": "status"}).hex()[2:] + "6178" + "991001" + "00" * 4097),
    ("a list instead of a map", "command", "not-the-schema", "80"),
    ("a number instead of a map", "query", "not-the-schema", "07"),
    ("a query without its name", "query", "not-the-schema", "a0"),
    ("an unknown query", "query", "not-the-schema", cbor2.dumps({"query": "reboot"}).hex()),
    ("an id that is no UUID", "command", "not-the-schema", changed(id="42")),
    ("an id in upper case", "command", "not-the-schema", changed(id=ID.upper())),
    ("a target with three parts", "command", "not-the-schema", changed(target="pi/gps/x")),
    ("a target in upper case", "command", "not-the-schema", changed(target="Pi")),
    ("a command without a name", "command", "not-the-schema", without(COMMAND, "name")),
    ("a deadline that is a fraction", "command", "not-the-schema", changed(expires=1.5)),
    ("a deadline before 1970", "command", "not-the-schema", changed(expires=-1)),
    ("no deadline", "command", "not-the-schema", without(COMMAND, "expires")),
    ("an argument that is a list", "command", "not-the-schema", changed(args={"a": [1]})),
    ("an issuer of 129 characters", "command", "not-the-schema", changed(issuer="x" * 129)),
    ("a reading without a clock", "reading", "not-the-schema", without(VALID[0][2], "clock")),
    ("a reading with a sixth key", "reading", "not-the-schema", cbor2.dumps({**VALID[0][2], "more": 1}).hex()),
    ("a reading that begins with seq", "reading", "not-the-rules",
     cbor2.dumps({"seq": 1, "epoch": 7, "time": TIME, "clock": "synced", "values": {}}).hex()),
    ("a reading whose time is a float", "reading", "not-the-schema", cbor2.dumps({**VALID[0][2], "time": 1.5}).hex()),
    ("a nested value", "reading", "not-the-schema", cbor2.dumps({**VALID[0][2], "values": {"a": {"b": 1}}}).hex()),
    ("a value that is not finite", "reading", "not-the-rules", cbor2.dumps({**VALID[0][2], "values": {"a": float("nan")}}).hex()),
    ("a metric that is no name", "reading", "not-the-schema", cbor2.dumps({**VALID[0][2], "values": {"A b": 1}}).hex()),
]


def diagnostic(value):
    """RFC 8949 section 8; texts and numbers are as in JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {diagnostic(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(diagnostic, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


SIGNING_KEY = bytes(range(32))


def signed(name, command, algorithm=-8):
    """COSE_Sign1 by hand, from RFC 9052, sections 4.2 and 4.4."""
    key = Ed25519PrivateKey.from_private_bytes(SIGNING_KEY)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    protected = cbor2.dumps({1: algorithm, 4: hashlib.sha256(public).digest()[:8]})
    payload = cbor2.dumps(command)
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"dunlin command 1", payload]))
    message = cbor2.CBORTag(18, [protected, {}, payload, signature])
    return {"name": name, "hex": cbor2.dumps(message).hex(), "value": command, "signingKey": SIGNING_KEY.hex(),
            "verifyKey": public.hex()}


SIGNED = [
    signed("a signed command", COMMAND),
    signed("one whose header has the algorithm's newer name", {**COMMAND, "target": "pi"}, algorithm=-19),
]


def vectors():
    valid = [{"name": name, "type": kind, "hex": cbor2.dumps(value).hex(), "diagnostic": diagnostic(value), "value": value}
             for name, kind, value in VALID]
    invalid = [{"name": name, "type": kind, "error": error, "hex": data} for name, kind, error, data in INVALID]
    return {"protocol": 1, "valid": valid, "invalid": invalid, "signed": SIGNED}


if __name__ == "__main__":
    print(json.dumps(vectors(), indent=1, ensure_ascii=False))
