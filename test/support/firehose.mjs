// A component that publishes as fast as it is told and writes down each command that it runs.
//   node firehose.mjs <readings a second> <file for the commands' ids>
import { appendFileSync } from "node:fs";
import { Encoder } from "cbor-x";
import { Pair } from "zeromq";

const [perSecond, ranFile] = [Number(process.argv[2]), process.argv[3]];
const TICK_MS = 10;
const devices = {
  hose: {
    metrics: { n: { type: "integer" }, wave: { type: "number" } },
    commands: {
      once: { arguments: {}, timeoutMs: 20_000 },
      again: { arguments: {}, idempotent: true, timeoutMs: 20_000 },
    },
  },
};
const cbor = new Encoder({ useRecords: false, variableMapSize: true, int64AsNumber: true });

// It ends with the agent, however that ends.
process.stdin.on("end", () => process.exit()).resume();

const socket = new Pair({ linger: 0, sendHighWaterMark: 100_000 });
socket.connect(process.env.DUNLIN_ENDPOINT);
const queue = [];
let sending = false;
async function send(frames) {
  queue.push(frames);
  if (sending) return;
  sending = true;
  for (let next; (next = queue.shift());) await socket.send(next);
  sending = false;
}
const say = (verb, body) => void send([verb, cbor.encode(body)]);

let core;
let stream;
let owed = 0;
let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  owed += ((nowMs - lastMs) * perSecond) / 1_000;
  lastMs = nowMs;
  if (!core) return void (owed = 0);
  const frames = [];
  for (; owed >= 1; owed--) {
    const time = BigInt(Date.now()) * 1_000n;
    const n = stream.next;
    const values = { n, wave: Math.sin(n / 100) };
    frames.push(
      stream.topic,
      cbor.encode({ epoch: core.epoch, seq: stream.next++, time, clock: core.clock, values }),
    );
  }
  if (frames.length > 0) void send(frames);
}, TICK_MS);
setInterval(() => core && say("heartbeat", {}), 250);

say("hello", { protocol: 1, component: "hose", devices });
for await (const [verb, body] of socket) {
  const [word, message] = [verb.toString(), cbor.decode(body)];
  if (word === "refused" || word === "stop") process.exit();
  if (word === "welcome") [core, stream] = [message, message.streams.hose];
  if (word !== "command") continue;
  appendFileSync(ranFile, `${message.id} ${message.name}\n`);
  say("progress", { id: message.id, state: "succeeded" });
}
