"""Tries each cell of the matrix at once: [{"kind", "endpoint", "server", "public", "secret", "body"}] on standard input.
Answers with a list of booleans, whether something came (telemetry, query) or could be sent (command)."""
import json
import sys
import time

import zmq

LIMIT_S = float(sys.argv[1])
context = zmq.Context()
cells = json.load(sys.stdin)
sockets = []
for cell in cells:
    kind = {"telemetry": zmq.SUB, "command": zmq.PUSH, "query": zmq.REQ}[cell["kind"]]
    socket = context.socket(kind)
    socket.linger = 0
    if kind == zmq.PUSH:
        socket.immediate = True
    if cell.get("server"):
        socket.curve_serverkey = cell["server"].encode()
        socket.curve_publickey = cell["public"].encode()
        socket.curve_secretkey = cell["secret"].encode()
    if kind == zmq.SUB:
        socket.subscribe(b"state/")
    socket.connect(cell["endpoint"])
    sockets.append(socket)

done = [False] * len(cells)
sent = [cell["kind"] == "telemetry" for cell in cells]
deadline = time.monotonic() + LIMIT_S
while time.monotonic() < deadline and not all(done):
    for i, (cell, socket) in enumerate(zip(cells, sockets)):
        if not sent[i]:
            try:
                socket.send(bytes.fromhex(cell["body"]), zmq.NOBLOCK)
                sent[i] = True
                done[i] = cell["kind"] == "command"
            except zmq.Again:
                pass
        elif not done[i] and socket.poll(0):
            socket.recv_multipart()
            done[i] = True
    time.sleep(0.01)
time.sleep(0.3)
print(json.dumps(done))
