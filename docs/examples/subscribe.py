#!/usr/bin/env python3
"""Readings as they come, last values first: subscribe.py tcp://127.0.0.1:5555 telemetry/pi/"""
import sys
import cbor2, zmq

socket = zmq.Context().socket(zmq.SUB)
socket.connect(sys.argv[1])
socket.subscribe(sys.argv[2])
newest = {}
while True:
    topic, body = socket.recv_multipart()
    reading = cbor2.loads(body)
    number = (reading["epoch"], reading["seq"])
    if number > newest.get(topic, (0, 0)):  # what is said again for another new subscriber is dropped
        newest[topic] = number
        print(topic.decode(), *number, reading["values"], flush=True)
