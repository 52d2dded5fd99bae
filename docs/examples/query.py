#!/usr/bin/env python3
"""Asks an agent: query.py tcp://127.0.0.1:5557 read device=gps"""
import sys
import cbor2, zmq

socket = zmq.Context().socket(zmq.REQ)
socket.setsockopt(zmq.LINGER, 0)
socket.setsockopt(zmq.RCVTIMEO, 5000)
socket.connect(sys.argv[1])
socket.send(cbor2.dumps({"query": sys.argv[2], **dict(word.split("=", 1) for word in sys.argv[3:])}))
reply = cbor2.loads(socket.recv())
if not reply["ok"]:
    sys.exit(f'{reply["error"]["code"]}: {reply["error"]["message"]}')
print(reply["result"])
