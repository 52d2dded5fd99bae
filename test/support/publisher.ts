/**
 * An agent reduced to its heartbeats. It says how many connections it has whenever that changes; a line with a number of
 * ms on its standard input hangs its event loop for so long, while libzmq's I/O thread lives on. Arguments: address, port.
 */
import { createInterface } from "node:readline";
import { endpointsOf, Server } from "../../src/bus/index.ts";
import { encodeAgentState, HEARTBEAT_MS, stateTopic } from "../../src/message/index.ts";

const LOOK_MS = 50;

const [address = "", port = ""] = process.argv.slice(2);
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const server = await Server.open(endpointsOf(address, Number(port)), {
  onSubscribe: () => {},
  onCommand: () => {},
  onQuery: (body) => body,
});

const topic = Buffer.from(stateTopic("pi"));
const heartbeat = encodeAgentState({
  type: "heartbeat",
  epoch: 1,
  time: 0,
  clock: "synced",
  durable: {},
  journal: { state: "off" },
  streams: {},
});
setInterval(() => server.publish([topic, heartbeat]), HEARTBEAT_MS);

let last = "";
setInterval(() => {
  const text = JSON.stringify(server.connections);
  if (text !== last) say({ connections: server.connections });
  last = text;
}, LOOK_MS);

const input = createInterface(process.stdin);
// Nobody who could end it is left.
input.on("close", () => process.exit());
input.on("line", (ms) => {
  say({ blocked: true });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms));
  say({ blocked: false });
});
