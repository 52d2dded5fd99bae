#!/usr/bin/env python3
"""Runs a command and waits for its end: push.py 127.0.0.1 5555 pi/weather rate '{"interval": 0.5}'"""
import json, sys, time, uuid
import cbor2, zmq

host, port, target, name, args = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5], json.loads(sys.argv[5])
now = time.time_ns() // 1000
command = {"id": str(uuid.uuid4()), "target": target, "name": name, "args": args,
           "issued": now, "expires": now + 30_000_000, "issuer": "push.py"}
context = zmq.Context()
progress, commands = context.socket(zmq.SUB), context.socket(zmq.PUSH)
progress.subscribe(f'command/{target.split("/")[0]}/{command["id"]}/')  # first subscribe, then push
progress.connect(f"tcp://{host}:{port}")
commands.connect(f"tcp://{host}:{port + 1}")
state = None
while state not in ("succeeded", "failed", "expired", "rejected", "cancelled"):
    if state is None:  # nobody has accepted it yet: send it again, the id keeps it from running twice
        if time.time_ns() // 1000 > command["expires"]:
            sys.exit("nobody accepted it")
        commands.send(cbor2.dumps(command))
    if progress.poll(500):
        message = cbor2.loads(progress.recv_multipart()[1])
        state = message["state"]
        print(state, message.get("reason", ""), message.get("result", ""), flush=True)
context.destroy(linger=0)
sys.exit(state != "succeeded")
