// What a user would write without Dunlin. node ten-lines.mjs <port> <endpoint>
import { ReadlineParser, SerialPort } from "serialport";
import { Publisher } from "zeromq";

const [path, endpoint] = process.argv.slice(2);
const publisher = new Publisher();
await publisher.bind(endpoint);
const port = new SerialPort({ path, baudRate: 115200 });
const lines = port.pipe(new ReadlineParser({ delimiter: "\r\n", readableObjectMode: true }));
for await (const line of lines) await publisher.send(["gps", line]);
