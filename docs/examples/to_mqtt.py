#!/usr/bin/env python3
"""Telemetry into an MQTT broker, a topic for each metric: to_mqtt.py tcp://127.0.0.1:5555 telemetry/ 127.0.0.1 1883"""
import json, sys
import cbor2, zmq
import paho.mqtt.client as mqtt

source, prefix, host, port = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
# paho-mqtt 2 wants to be told which of its interfaces is meant; 1 has but one
broker = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2) if hasattr(mqtt, "CallbackAPIVersion") else mqtt.Client()
broker.connect(host, port)
broker.loop_start()
sub = zmq.Context().socket(zmq.SUB)
sub.subscribe(prefix)
sub.connect(source)
while True:
    topic, body = sub.recv_multipart()
    _, agent, device, _ = topic.decode().split("/")
    for metric, value in cbor2.loads(body)["values"].items():
        broker.publish(f"{agent}/{device}/{metric}", json.dumps(value), qos=1)
