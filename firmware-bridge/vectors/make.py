"""Makes vectors.tsv. Shares nothing with the two implementations that are tested with it: cbor2 and zlib do the work.

    /usr/bin/python3 vectors/make.py > vectors.tsv
"""

import struct
import zlib

import cbor2

HEAD = """\
# Vectors of the link protocol, made by vectors/make.py. Fields are separated by tabs; bytes are hexadecimal digits, `-` none.
#
# crc <bytes> <crc32, as it is on the line>
# cobs <plain> <encoded>
#   Both ways.
# reject <encoded>
#   No COBS.
# frame <name> <kind> <seq> <ack> <payload> <line>
#   Both ways. The line has both zeros.
# damage <name> <line>
#   No frame in it, and damage: once for the device; the host may count a long one in pieces.
# unreadable <name> <payload>
#   In a frame that is right, of kind `time`, `hello` or any other: counted and ignored.
# segments <name> <line> <result>…
#   What the host makes of bytes that come after a zero: `frame <kind> <seq> <ack> <payload>`, `text <bytes>` (a line, without
#   its end), `damage`; a result is one field, its parts separated by spaces.
# conversation <name>
#   The lines that follow, up to the next conversation, are of one device from its reset on: test/test-device.h says which.
# poll <ms>            time goes on: the clock's value
# host <line>          comes to the device
# device <line>        the device has sent exactly this since the last `poll`, `host` or `do`; one line for each frame
# do <what> <number>…  the program on the device does something: `send`, `plain`, `succeed`, `fail` (see test/vectors.c)
# End of lines of `device`: what the device sends beyond them is wrong.
"""

HELLO, PING, ASK, CALL, CANCEL, ACK, TIME = 0x01, 0x02, 0x03, 0x84, 0x85, 0x06, 0x07
BOOT, WELCOME, PONG, ITEM, READING, OUTCOME, LOG = 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
RELIABLE = 0x80


def has_float(value):
    if isinstance(value, float):
        return True
    if isinstance(value, dict):
        return any(map(has_float, value.values()))
    return isinstance(value, list) and any(map(has_float, value))


def cbor(value):
    return pack(value) if has_float(value) else cbor2.dumps(value)


def pack(value):
    """cbor2 writes floats in 64 bits: those are put in by hand, all else by it."""
    if isinstance(value, float):
        return b"\xfa" + struct.pack(">f", value)
    if isinstance(value, list):
        return cbor2.dumps([None] * len(value))[: -len(value)] + b"".join(map(pack, value))
    if isinstance(value, dict):
        head = cbor2.dumps({i: None for i in range(len(value))})
        size = len(head) - sum(len(cbor2.dumps(i)) + 1 for i in range(len(value)))
        return head[:size] + b"".join(pack(k) + pack(v) for k, v in value.items())
    return cbor2.dumps(value)


def cobs(plain):
    """Splits at the zeros of plain + one more, and each part into groups of 254."""
    out = b""
    parts = plain.split(b"\0")
    for last, part in ((i == len(parts) - 1, p) for i, p in enumerate(parts)):
        while len(part) >= 254:
            out += b"\xff" + part[:254]
            part = part[254:]
            if not part and last:
                return out
        out += bytes([len(part) + 1]) + part
    return out


def crc(data):
    return struct.pack("<I", zlib.crc32(data))


def frame(kind, seq, ack, payload):
    body = bytes([kind, seq, ack]) + payload
    return b"\0" + cobs(body + crc(body)) + b"\0"


def put(*fields):
    print("\t".join((f.hex() or "-") if isinstance(f, bytes) else str(f) for f in fields))


def put_frame(name, kind, seq, ack, payload):
    put("frame", name, f"{kind:02x}", f"{seq:02x}", f"{ack:02x}", payload, frame(kind, seq, ack, payload))


def checksums():
    for data in (b"123456789", b"\0", b"\0\0\0\0", b"\xff" * 9, bytes(range(256))):
        put("crc", data, crc(data))


def encodings():
    ones = bytes([1]) * 253
    for plain in (
        b"\0", b"\0\0", b"\0\0\0", b"\1", b"\1\0", b"\0\1", b"\1\0\1", b"\xff", ones, ones + b"\0", ones + b"\2",
        ones + b"\2\0", ones + b"\2\3", ones + b"\0\3", b"\0" + ones + b"\2", bytes(range(1, 256)), bytes(range(255)),
        b"\0" * 255,
    ):
        put("cobs", plain, cobs(plain))
    for encoded in (b"\2", b"\3\1", b"\xff\1\2", b"\1\5\1\1", b"\xff" + b"\1" * 253):
        put("reject", encoded)


def payloads():
    for name, kind, value in (
        ("hello", HELLO, [1, 4711, 200]), ("ping", PING, [4711, 0, 200]), ("ping-wide", PING, [65535, 4294967295, 2000]),
        ("ask", ASK, [0]), ("ask-wide", ASK, [254]), ("call", CALL, [3000000000, 1, {0: 23}]),
        ("call-values", CALL, [7, 3, {0: True, 1: 21.5, 2: "north"}]), ("call-empty", CALL, [0, 0, {}]),
        ("call-negative", CALL, [24, 2, {0: -2147483648}]), ("cancel", CANCEL, [3000000000]),
        ("ack", ACK, [0]), ("ack-bits", ACK, [127]), ("time", TIME, [1792108800, 999, True]),
        ("boot", BOOT, [1]), ("welcome", WELCOME, [1, 4711, 0, 64, 4, 3, 1, "greenhouse", "1.0.0"]),
        ("pong", PONG, [4711, 0, 0, 0, 0]), ("pong-counts", PONG, [4711, 12, 65535, 24, 256]),
        ("item-metric", ITEM, [0, 0, "temperature", 0, "Cel", "of the air"]), ("item-short", ITEM, [1, 0, "door", 2, None]),
        ("item-command", ITEM, [2, 1, "fan", 1, 2000, "switches the fan"]),
        ("item-argument", ITEM, [3, 2, "speed", 0, "%", 0, 100, 1]),
        ("item-argument-negative", ITEM, [3, 2, "speed", 1, None, -100, None, 0, "of the fan"]),
        ("reading", READING, {0: 21.5}), ("reading-reliable", READING | RELIABLE, {0: -40.25, 1: True, 2: None}),
        ("reading-integers", READING, {0: 23, 1: 24, 2: 255, 3: 256, 4: 65535, 5: 65536, 6: 4294967295, 7: -1, 8: -24, 9: -25}),
        ("reading-text", READING, {24: "Grüße, 世界"}), ("reading-many", READING, {i: i for i in range(30)}),
        ("outcome", OUTCOME | RELIABLE, [3000000000, True, {}]),
        ("outcome-values", OUTCOME | RELIABLE, [5, True, {"turns": 3, "level": 0.5}]),
        ("outcome-failed", OUTCOME | RELIABLE, [5, False, "jammed"]),
        ("log", LOG, "pump started"), ("log-long", LOG | RELIABLE, "x" * 200), ("log-empty", LOG, ""),
    ):
        put_frame(name, kind, 0, 0, cbor(value))
    put_frame("largest", LOG, 1, 2, cbor("y" * 246))
    put_frame("no-zeros", READING | RELIABLE, 255, 254, cbor({1: 1}))


def damages():
    good = frame(TIME, 3, 4, cbor([1792108800, 999, True]))
    for at in range(1, len(good) - 1):
        put("damage", f"bit-{at}", good[:at] + bytes([good[at] ^ 0x80 or 0x40]) + good[at + 1 :])
    put("damage", "cut", good[:-3] + b"\0")
    put("damage", "byte-lost", good[:5] + good[6:])
    put("damage", "byte-more", good[:5] + b"\7" + good[5:])
    put("damage", "two-as-one", good[:-1] + good[1:])
    put("damage", "crc-only", b"\0" + cobs(crc(b"")) + b"\0")
    put("damage", "six-bytes", b"\0" + cobs(b"\6\1" + crc(b"\6\1")) + b"\0")
    body = bytes([TIME, 3, 4]) + cbor([1792108800, 999, True])
    put("damage", "crc-big-endian", b"\0" + cobs(body + crc(body)[::-1]) + b"\0")
    put("damage", "too-long", b"\0" + b"\xff" * 600 + b"\0")


def unreadables():
    for name, payload in (
        ("nothing", b""), ("two-items", b"\x81\1\x81\1"), ("cut", b"\x82\1"), ("cut-number", b"\x81\x19\1"),
        ("cut-text", b"\x82\1\x63ab"), ("tag", b"\x81\xc1\1"), ("bytes", b"\x82\1\x41a"), ("indefinite-array", b"\x9f\1\xff"),
        ("indefinite-text", b"\x82\1\x7fxa\xff"), ("half-float", b"\x82\1\xf9\x3c\0"), ("double", b"\x82\1\xfb" + b"\0" * 8),
        ("undefined", b"\x82\1\xf7"), ("simple", b"\x82\1\xe0"), ("simple-byte", b"\x82\1\xf8\x20"), ("break", b"\xff"),
        ("reserved", b"\x81\x1c"), ("33-bits", b"\x81\x1b\0\0\0\1\0\0\0\0"), ("64-bits", b"\x81\x1b" + b"\xff" * 8),
        ("too-many-items", b"\x98\xff\1"), ("too-many-pairs", b"\xb9\xff\xff\1\1"), ("huge-array", b"\x9a\xff\xff\xff\xff\1"),
        ("huge-text", b"\x7a\xff\xff\xff\xff\1"),
    ):
        put("unreadable", name, payload)


def segments():
    ping = frame(PING, 1, 2, cbor([4711, 5, 200]))
    told = f"frame 02 01 02 {cbor([4711, 5, 200]).hex()}"
    line = "temperature 21.5 °C"
    inner = ping[1:-1]
    for name, data, *results in (
        ("frame", ping, told),
        ("two-frames", ping + ping, told, told),
        ("shared-zero", ping + ping[1:], told, told),
        ("text-before", f"{line}\r\n".encode() + ping, f"text {line.encode().hex()}", told),
        ("text-after", ping + f"{line}\n".encode(), told, f"text {line.encode().hex()}"),
        ("opening-zero-lost", f"{line}\n".encode() + inner + b"\0", f"text {line.encode().hex()}", told),
        ("two-lines-opening-zero-lost", b"one\ntwo\n" + inner + b"\0", "text 6f6e65", "text 74776f", told),
        ("garbage-before", b"\x80\x81\x82\0" + ping, "damage", told),
        ("text-without-end", b"half a line\0" + ping, "text 68616c662061206c696e65", told),
        ("two-characters", b"ab\0" + ping, "damage", told),
        ("cut-frame", ping[:6] + ping, "damage", told),
    ):
        put("segments", name, data, *results)


class Conversation:
    """Both ends by hand: what the device must answer is written down, not computed by a model of it."""

    def __init__(self, name):
        put("conversation", name)

    def poll(self, ms):
        put("poll", ms)

    def do(self, *what):
        put("do", *what)

    def host(self, kind, seq, ack, value):
        put("host", frame(kind, seq, ack, cbor(value)))

    def raw(self, data):
        put("host", data)

    def device(self, kind, seq, ack, value):
        put("device", frame(kind, seq, ack, cbor(value)))


WELCOME_OF = lambda session, first=0: [1, session, first, 64, 4, 14, 1, "test-device", "1.2.3"]


def begun(name, session=4711):
    talk = Conversation(name)
    talk.poll(0)
    talk.device(BOOT, 0, 0, [1])
    talk.host(HELLO, 0, 0, [1, session, 100])
    talk.device(WELCOME, 1, 0, WELCOME_OF(session))
    return talk


def conversations():
    talk = begun("opening and self-description")
    for item, value in enumerate((
        # The third's description does not fit.
        [0, "number", 1, "1", "counts up"], [0, "plain", 1, None, None], [0, "text", 3, None],
        [0, "level", 0, "Cel", None],
        [1, "set", 0, 0, "sets a value"], [2, "value", 1, None, -5, 1000000, 0, None],
        [1, "slow", 2, 60000, None], [2, "value", 1, None, None, None, 0, None],
        [1, "again", 1, 2000, None], [2, "value", 1, None, None, None, 0, None],
        [1, "types", 0, 0, None], [2, "on", 2, None, None, None, 0, None], [2, "level", 0, "Cel", -40, 85, 1, None],
        [2, "name", 3, None, 0, 8, 1, None],
    )):
        talk.host(ASK, item + 1, 0, [item])
        talk.device(ITEM, item + 2, 0, [item, *value])
    talk.host(ASK, 15, 0, [14])
    talk.host(PING, 16, 0, [4711, 77, 100])
    talk.device(PONG, 16, 0, [4711, 77, 0, 0, 0])

    talk = Conversation("without a session: boot each second, and in answer")
    talk.poll(0)
    talk.device(BOOT, 0, 0, [1])
    talk.poll(999)
    talk.poll(1000)
    talk.device(BOOT, 1, 0, [1])
    talk.host(PING, 0, 0, [1, 0, 100])
    talk.poll(1001)
    talk.device(BOOT, 2, 0, [1])
    talk.host(CALL, 0, 0, [1, 2, {0: 1}])
    talk.poll(1002)
    talk.device(BOOT, 3, 0, [1])

    talk = begun("a call runs once")
    talk.host(CALL, 0, 0, [3000000000, 0, {0: 23}])
    talk.device(OUTCOME | RELIABLE, 0, 1, [3000000000, True, {"value": 23}])
    talk.host(CALL, 0, 1, [3000000000, 0, {0: 23}])
    talk.poll(1)
    talk.device(ACK, 2, 1, [0])
    talk.host(CALL, 1, 1, [3000000000, 0, {0: 23}])
    talk.device(OUTCOME | RELIABLE, 1, 2, [3000000000, True, {}])

    talk = begun("a slow call, cancelled")
    talk.host(CALL, 0, 0, [5, 1, {0: -7}])
    talk.poll(1)
    talk.device(ACK, 2, 1, [0])
    talk.host(CANCEL, 1, 0, [5])
    talk.poll(2)
    talk.device(ACK, 3, 2, [0])
    talk.do("fail", 5)
    talk.device(OUTCOME | RELIABLE, 0, 2, [5, False, "stopped"])

    talk = begun("calls that cannot be taken")
    talk.host(CALL, 0, 0, [1, 9, {}])
    talk.device(OUTCOME | RELIABLE, 0, 1, [1, False, "unknown"])
    for seq, arguments in enumerate(({}, {0: "one"}, {0: None}, {0: 1.0}, {1: 1}, {0: 1, 1: 1}), 1):
        talk.host(CALL, seq, seq, [seq + 1, 2, arguments])
        talk.device(OUTCOME | RELIABLE, seq, seq + 1, [seq + 1, False, "invalid"])
    for key in range(10, 14):
        talk.host(CALL, key - 3, 7, [key, 1, {0: 0}])
        talk.poll(key)
        talk.device(ACK, key - 8, key - 2, [0])
    talk.host(CALL, 11, 7, [14, 1, {0: 0}])
    talk.device(OUTCOME | RELIABLE, 7, 12, [14, False, "busy"])

    talk = begun("types of arguments")
    talk.host(CALL, 0, 0, [1, 3, {0: True, 1: 21.5, 2: "north"}])
    talk.device(OUTCOME | RELIABLE, 0, 1, [1, False, "on +north"])
    talk.host(CALL, 1, 1, [2, 3, {1: 20, 0: False}])
    talk.device(OUTCOME | RELIABLE, 1, 2, [2, False, "off "])

    talk = begun("reliable readings: lost, told by bits, sent again in order")
    talk.do("send", 100)
    talk.device(READING | RELIABLE, 0, 0, {0: 100})
    talk.do("send", 101)
    talk.device(READING | RELIABLE, 1, 0, {0: 101})
    talk.do("send", 102)
    talk.device(READING | RELIABLE, 2, 0, {0: 102})
    talk.host(ACK, 0, 0, [2])
    talk.poll(1)
    talk.device(READING | RELIABLE, 0, 0, {0: 100})
    talk.poll(2)
    talk.device(READING | RELIABLE, 1, 0, {0: 101})
    talk.poll(3)
    talk.host(ACK, 1, 3, [0])
    talk.do("send", 103)
    talk.device(READING | RELIABLE, 3, 0, {0: 103})

    talk = begun("the timeout doubles, and begins anew with progress")
    talk.do("send", 1)
    talk.device(READING | RELIABLE, 0, 0, {0: 1})
    talk.poll(99)
    talk.poll(100)
    talk.device(READING | RELIABLE, 0, 0, {0: 1})
    talk.poll(299)
    talk.poll(300)
    talk.device(READING | RELIABLE, 0, 0, {0: 1})
    talk.do("send", 2)
    talk.device(READING | RELIABLE, 1, 0, {0: 2})
    talk.host(ACK, 0, 1, [0])
    talk.poll(399)
    talk.poll(400)
    talk.device(READING | RELIABLE, 1, 0, {0: 2})

    talk = begun("a new session keeps what is unacknowledged")
    talk.do("send", 1)
    talk.device(READING | RELIABLE, 0, 0, {0: 1})
    talk.do("send", 2)
    talk.device(READING | RELIABLE, 1, 0, {0: 2})
    talk.host(CALL, 0, 1, [9, 2, {0: 4}])
    talk.device(OUTCOME | RELIABLE, 2, 1, [9, True, {}])
    talk.host(HELLO, 9, 0, [1, 4712, 100])
    talk.device(WELCOME, 2, 0, WELCOME_OF(4712, 1))
    talk.poll(1)
    talk.device(READING | RELIABLE, 1, 0, {0: 2})
    talk.poll(2)
    talk.device(OUTCOME | RELIABLE, 2, 0, [9, True, {}])
    talk.host(CALL, 0, 3, [9, 2, {0: 4}])
    talk.device(OUTCOME | RELIABLE, 3, 1, [9, True, {}])
    talk.host(HELLO, 10, 0, [1, 4712, 100])
    talk.device(WELCOME, 3, 1, WELCOME_OF(4712, 3))

    talk = begun("frames of another session, and of none")
    talk.host(PING, 0, 0, [4712, 1, 100])
    talk.poll(1)
    talk.device(BOOT, 2, 0, [1])
    talk.host(PING, 1, 0, [4711, 1, 100])
    talk.device(PONG, 3, 0, [4711, 1, 0, 0, 0])
    talk.host(HELLO, 2, 0, [2, 4713, 100])
    talk.device(WELCOME, 4, 0, WELCOME_OF(0))

    talk = begun("garbage: in step again within one frame")
    talk.raw(b"\x07garbage\xff\xfe")
    talk.host(PING, 1, 0, [4711, 1, 100])
    talk.device(PONG, 2, 0, [4711, 1, 1, 0, 0])
    talk.raw(b"\x01" * 300)
    talk.host(PING, 2, 0, [4711, 2, 100])
    talk.device(PONG, 3, 0, [4711, 2, 2, 0, 0])
    talk.host(0x7F, 3, 0, [1])
    talk.host(0xFE, 0, 0, [1])
    talk.poll(1)
    talk.device(ACK, 4, 1, [0])
    talk.host(PING, 4, 0, [4711, 3, 100])
    talk.device(PONG, 5, 1, [4711, 3, 4, 0, 0])

    talk = begun("a later version's fields, and long forms")
    talk.host(PING, 1, 0, [4711, 1, 100, {"more": [1, [2, {}], None, 1.5]}, "text"])
    talk.device(PONG, 2, 0, [4711, 1, 0, 0, 0])
    payload = b"\x98\3\x1a" + struct.pack(">I", 4711) + b"\x1b" + struct.pack(">Q", 2) + b"\x19\0\x64"
    talk.raw(frame(PING, 2, 0, payload))
    talk.device(PONG, 3, 0, [4711, 2, 0, 0, 0])

    talk = begun("silence: what may be lost is dropped, what may not waits")
    talk.do("plain", 1)
    talk.device(READING, 2, 0, {1: 1})
    talk.poll(3000)
    talk.do("plain", 2)
    talk.do("send", 3)
    talk.poll(9000)
    talk.host(PING, 1, 0, [4711, 1, 100])
    talk.device(PONG, 3, 0, [4711, 1, 0, 0, 1])
    talk.poll(9001)
    talk.device(READING | RELIABLE, 0, 0, {0: 3})


print(HEAD, end="")
checksums()
encodings()
payloads()
damages()
unreadables()
segments()
conversations()
