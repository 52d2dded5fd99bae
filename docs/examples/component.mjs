// A device of your own: started by the agent, or by hand as `node component.mjs ipc:///run/dunlin/weather.sock`
import { Encoder } from "cbor-x";
import { Pair } from "zeromq";

const endpoint = process.env.DUNLIN_ENDPOINT || process.argv[2];
const rate = { arguments: { interval: { type: "number", min: 0.05, unit: "s" } } };
const weather = { metrics: { temperature: { type: "number", unit: "Cel" } }, commands: { rate } };
// Plain CBOR with the shortest heads; of numbers beyond 32 bits cbor-x makes integers only if they are BigInt.
const cbor = new Encoder({ useRecords: false, variableMapSize: true, int64AsNumber: true });
let intervalMs = 1_000;

for (;;) {
  const socket = new Pair({ linger: 0 }); // always a new one: a PAIR that has lost its peer may be ignored for ever
  socket.connect(endpoint);
  const send = (first, body) => void socket.send([first, cbor.encode(body)]).catch(() => {});
  let [core, stream, heardMs, dueMs] = [undefined, undefined, performance.now(), 0];
  const tick = setInterval(() => {
    const now = performance.now();
    if (now - heardMs > (core ? 3_000 : 1_000)) return socket.close(); // silent for too long: start over
    if (core) send("heartbeat", {}); // at least every 250 ms
    if (!core || now < dueMs) return;
    const [time, values] = [BigInt(Date.now()) * 1000n, { temperature: 20 + Math.random() }];
    send(stream.topic, { epoch: core.epoch, seq: stream.next++, time, clock: core.clock, values });
    dueMs = now + intervalMs;
  }, 50);
  send("hello", { protocol: 1, component: "weather", devices: { weather } });
  for await (const [verb, body] of socket) {
    const [word, message] = [verb.toString(), cbor.decode(body)];
    heardMs = performance.now();
    if (word === "refused" || (word === "stop" && process.env.DUNLIN_ENDPOINT)) process.exit();
    if (word === "welcome") [core, stream] = [message, message.streams.weather];
    else if (word === "heartbeat" && core) core.clock = message.clock;
    else if (word === "command" && core) {
      intervalMs = message.args.interval * 1_000; // before the welcome it would be for one before us
      send("progress", { id: message.id, state: "succeeded", result: message.args });
    }
  }
  clearInterval(tick);
}
