#!/usr/bin/env python3
"""A whole client on nothing but pyzmq and cbor2: python-client.py HOST BASE-PORT. Prints `ok <what>` or `not ok <what>`.

The agent is called pi and has the device weather of docs/examples/component.py, whose clock counts as synced.
"""
import os
import socket as tcp
import sys
import time
import uuid

import cbor2
import zmq

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "protocol"))
import cddl

HOST, PORT = sys.argv[1], int(sys.argv[2])
TELEMETRY, COMMANDS, QUERIES = (f"tcp://{HOST}:{PORT + offset}" for offset in range(3))
SCHEMA = cddl.load(os.path.join(HERE, "..", "..", "docs", "protocol.cddl"))
GUARD_MS = 20_000  # against hanging only
FINAL = ("succeeded", "failed", "expired", "rejected", "cancelled")
context = zmq.Context()


def check(what, passed, detail=""):
    print(("ok " if passed else "not ok ") + what + (f": {detail}" if detail and not passed else ""), flush=True)


def conforms(rule, value):
    fault = SCHEMA.fault(rule, value)
    if fault:
        check(f"what came is a {rule} by the schema", False, fault)
    return value


def connected(kind, endpoint, **options):
    socket = context.socket(kind)
    socket.linger = 0
    socket.rcvtimeo = GUARD_MS
    for name, value in options.items():
        setattr(socket, name, value)
    socket.connect(endpoint)
    return socket


def rule_of(topic):
    kind, _, *rest = topic.rstrip("/").split("/")
    return {"telemetry": "reading", "command": "progress"}.get(kind) or ("device-state" if rest else "agent-state")


class Subscription:
    def __init__(self, *prefixes):
        self.socket = connected(zmq.SUB, TELEMETRY)
        for prefix in prefixes:
            self.socket.subscribe(prefix)

    def next(self, fits=lambda topic, message: True):
        while True:
            topic, body = self.socket.recv_multipart()
            topic = topic.decode("ascii")
            message = conforms(rule_of(topic), cbor2.loads(body))
            if fits(topic, message):
                return topic, message


def ask(request, socket=None):
    """The reply to a map, or to bytes as they are."""
    socket = socket or connected(zmq.REQ, QUERIES)
    socket.send(request if isinstance(request, bytes) else cbor2.dumps(request))
    return conforms("reply", cbor2.loads(socket.recv()))


def error_of(request):
    return ask(request).get("error", {}).get("code")


def command(name, args=None, target="pi/weather", lasting=30.0, **more):
    now = time.time_ns() // 1000
    return conforms("command", {"id": str(uuid.uuid4()), "target": target, "name": name, "args": args or {},
                                "issued": now, "expires": now + int(lasting * 1e6), "issuer": "python", **more})


def push(message):
    """Pushes a command and follows it; gives its states and the last of its messages."""
    follow = Subscription(f'command/pi/{message["id"]}/')
    pusher = connected(zmq.PUSH, COMMANDS)
    states = []
    while not states or states[-1] not in FINAL:
        if not states:
            pusher.send(cbor2.dumps(message))
        if follow.socket.poll(500):
            progress = follow.next()[1]
            if progress["state"] not in states:
                states.append(progress["state"])
    return states, progress


def commands():
    states, progress = push(command("rate", {"interval": 0.05}))
    check("a command is followed through its states", states == ["accepted", "running", "succeeded"], states)
    check("and brings its result", progress.get("result") == {"interval": 0.05}, progress)
    check("the query command knows how it ended", ask({"query": "command", "id": progress["id"]})["result"] == progress)
    readings = Subscription("telemetry/pi/weather/")
    first = readings.next()[1]
    check("its effect is seen", readings.next(lambda _, reading: reading["seq"] >= first["seq"] + 10) is not None)
    once = command("rate", {"interval": 3600})
    push(once)
    states, again = push({**once, "args": {"interval": 0.01}})
    check("the same id does not run twice", states == ["succeeded"] and again["result"] == {"interval": 3600}, again)
    for what, message, code in (
        ("an unknown command", command("fly"), "command-unknown"),
        ("a wrong argument", command("rate", {"interval": "fast"}), "arguments-invalid"),
        ("an unknown device", command("rate", target="pi/gps"), "target-unknown"),
        ("another agent", command("rate", target="pi2/weather"), "target-unknown"),
    ):
        states, progress = push(message)
        check(f"{what} is rejected", states[-1] == "rejected" and progress["code"] == code, progress)
    states, progress = push(command("rate", {"interval": 1}, lasting=-1))
    check("one whose deadline has passed never runs", states == ["accepted", "expired"] or states == ["expired"], states)


def last_of_all():
    """The last reading, once the device has come to rest at its new rate."""
    last = None
    while (newest := ask({"query": "read", "device": "weather"})["result"]["weather"]) != last:
        last = newest
        time.sleep(0.2)
    return last


def subscriptions():
    last = last_of_all()
    here = Subscription("telemetry/pi/weather/")
    check("a new subscriber gets the last value at once", here.next()[1] == last)
    Subscription("telemetry/").next()
    check("and sees it again when another one comes", here.next()[1] == last)
    topic, birth = Subscription("state/pi/").next()
    check("a subscriber to the state gets the birth first", topic == "state/pi/" and birth["type"] == "birth", birth)
    check("with metrics, units and commands", birth["devices"]["weather"]["metrics"] == {"temperature": {"type": "number", "unit": "Cel"}}
          and birth["devices"]["weather"]["commands"]["rate"]["arguments"]["interval"]["unit"] == "s", birth)
    check("and the newest seq", birth["devices"]["weather"]["seq"] == last["seq"] and birth["epoch"] == last["epoch"])
    state = Subscription("state/pi/weather/").next()
    check("a device's state is said to its subscriber", state[0] == "state/pi/weather/" and state[1]["state"] == "online", state)
    beats = Subscription("state/pi/")
    _, one = beats.next(lambda _, message: message.get("type") == "heartbeat")
    _, two = beats.next(lambda _, message: message.get("type") == "heartbeat")
    check("heartbeats come and tell of the streams", one["streams"] == {"weather": last["seq"]}, one)
    check("their times rise", two["time"] > one["time"])


def queries():
    check("describe is the birth", ask({"query": "describe"})["result"]["type"] == "birth")
    status = ask({"query": "status"})["result"]
    check("status tells of the component", status["components"]["weather"]["phase"] == "live", status)
    check("read tells of all devices", list(ask({"query": "read"})["result"]) == ["weather"])
    check("an unknown query gets an error", error_of({"query": "reboot"}) == "query-unknown")
    check("an unknown device gets an error", error_of({"query": "read", "device": "gps"}) == "target-unknown")
    check("an unknown command gets an error", error_of({"query": "command", "id": str(uuid.uuid4())}) == "not-found")
    check("an id that is no text gets an error", error_of({"query": "command", "id": {"toString": 1}}) == "not-found")
    dealer = connected(zmq.DEALER, QUERIES)
    for number in range(3):
        dealer.send_multipart([b"call", bytes([number]), b"", cbor2.dumps({"query": "read"})])
    replies = [dealer.recv_multipart() for _ in range(3)]
    check("a DEALER gets its own frames back", [reply[:3] for reply in replies] == [[b"call", bytes([n]), b""] for n in range(3)])
    dealer.send(cbor2.dumps({"query": "read"}))
    check("and a reply even without the empty frame", cbor2.loads(dealer.recv_multipart()[-1])["ok"] is True)


def heard_after(prefix):
    """What comes after a subscription to this and one to state/, made by hand (ZMTP 3.0): libzmq's own would keep the prefix as
    a tree with a node a byte on this side, too. Ends when a state comes, or the agent cuts the connection."""
    def frame(data):
        return b"\x02" + len(data).to_bytes(8, "big") + data

    steps = ((b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32), b"NULL"),
             (b"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB", b"READY"),
             (frame(b"\x01" + prefix) + frame(b"\x01state/"), b"state/pi/"))
    heard = b""
    with tcp.create_connection((HOST, PORT), timeout=GUARD_MS / 1000) as raw:
        for said, answer in steps:
            try:
                raw.sendall(said)
                while answer not in heard and (more := raw.recv(1000)):
                    heard += more
            except ConnectionError:
                break
    return heard


def garbage():
    watch = Subscription("state/pi/")
    watch.next()
    before = ask({"query": "status"})["result"]
    replies = {
        "empty": b"", "noise": os.urandom(64) + b"\xff", "cut off": b"\xa1\x65que", "a list": b"\x80", "indefinite": b"\xbf\xff",
        "a number as key": b"\xa1\x01\x02", "a tag": b"\xc0\x00", "without a query": b"\xa0", "deep": b"\x81" * 100_000 + b"\x00",
    }
    for name, data in replies.items():
        check(f"REQ, {name}: gets an error", error_of(data) == "message-invalid")
    many = connected(zmq.DEALER, QUERIES)
    many.send_multipart([b"x"] * 1000)
    check("a thousand frames get an error", cbor2.loads(many.recv_multipart()[-1])["ok"] is False)

    pusher = connected(zmq.PUSH, COMMANDS)
    bad = [b"", os.urandom(64) + b"\xff", b"\x80", b"\xa0", cbor2.dumps({"id": "1"}), cbor2.dumps({**command("rate"), "id": "../.."})]
    for data in bad:
        pusher.send(data)
    pusher.send_multipart([b"a", b"b", b"\xa0"])
    check("after bad commands good ones run", push(command("rate", {"interval": 3600}))[0][-1] == "succeeded")
    # A PUSH's messages come in order, one PUSH's and another's need not: wait until all have been counted.
    expected = before["refused"] + len(bad) + 1
    while (refused := ask({"query": "status"})["result"]["refused"]) < expected:
        time.sleep(0.01)
    check("each bad command was counted", refused == expected, (refused, expected))

    upstream = connected(zmq.XSUB, TELEMETRY)
    for data in (b"\x07", b"\x01" + b"\xff" * 100, b"\x00nothing", b"\x02" + os.urandom(100)):
        upstream.send(data)
    for kind, endpoint in ((zmq.DEALER, QUERIES), (zmq.PUSH, COMMANDS), (zmq.XSUB, TELEMETRY)):
        huge = connected(kind, endpoint)
        huge.send(b"\x02" * 10_000_000)
    check("who subscribes by hand is served", b"state/pi/" in heard_after(b"x"))
    cut = heard_after(b"x" * 200_000)
    check("who subscribes to 200 KB is cut off", b"READY" in cut and b"state/pi/" not in cut, cut)
    for port in range(PORT, PORT + 3):
        with tcp.create_connection((HOST, port)) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\n\r\n" + os.urandom(1000))
    watch.next(lambda _, message: message.get("type") == "heartbeat")
    check("after 10 MB messages and other protocols the agent goes on", ask({"query": "read"})["ok"])
    check("it is the same agent", ask({"query": "status"})["result"]["epoch"] == before["epoch"])


readings = Subscription("telemetry/pi/weather/")
check("a reading has its number", readings.next()[1]["seq"] >= 1)
commands()
subscriptions()
queries()
garbage()
context.destroy(linger=0)
