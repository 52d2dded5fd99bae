#!/usr/bin/env python3
"""A device of your own: started by the agent, or by hand as component.py ipc:///run/dunlin/weather.sock"""
import os, random, sys, time
import cbor2, zmq

ENDPOINT = os.environ.get("DUNLIN_ENDPOINT") or sys.argv[1]
DEVICE = {"metrics": {"temperature": {"type": "number", "unit": "Cel"}},
          "commands": {"rate": {"arguments": {"interval": {"type": "number", "min": 0.05, "unit": "s"}}}}}
interval = 1.0  # seconds from reading to reading

while True:  # always a new socket: a PAIR that has lost its peer may be ignored for ever
    socket = zmq.Context.instance().socket(zmq.PAIR)
    socket.linger = 0
    socket.connect(ENDPOINT)
    send = lambda first, body: socket.send_multipart([first.encode(), cbor2.dumps(body)], zmq.NOBLOCK)
    send("hello", {"protocol": 1, "component": "weather", "devices": {"weather": DEVICE}})
    core, heard, beat, due = None, time.monotonic(), 0, 0
    while (now := time.monotonic()) - heard < (3 if core else 1):  # silent for longer: start over
        if socket.poll(10):
            heard, (verb, message) = now, socket.recv_multipart()
            message = cbor2.loads(message)
            if verb == b"refused" or verb == b"stop" and "DUNLIN_ENDPOINT" in os.environ:
                sys.exit(message.get("message"))
            if verb == b"welcome":
                core, stream = message, message["streams"]["weather"]
            elif verb == b"heartbeat" and core:
                core["clock"] = message["clock"]
            elif verb == b"command" and core:  # before the welcome it would be for one before us
                interval = message["args"]["interval"]
                send("progress", {"id": message["id"], "state": "succeeded", "result": {"interval": interval}})
        if core and now >= beat:
            send("heartbeat", {})
            beat = now + 0.25
        if core and now >= due:
            send(stream["topic"], {"epoch": core["epoch"], "seq": stream["next"], "time": time.time_ns() // 1000,
                                   "clock": core["clock"], "values": {"temperature": random.gauss(20, 1)}})
            stream["next"], due = stream["next"] + 1, now + interval
    socket.close()
