# The same with pyserial and MQTT. python3 ten-lines.py <port> <broker's port>
import sys
import paho.mqtt.client as mqtt
import serial

client = mqtt.Client()
client.connect("127.0.0.1", int(sys.argv[2]))
client.loop_start()
port = serial.Serial(sys.argv[1], 115200)
while True:
    client.publish("gps", port.readline().strip())
