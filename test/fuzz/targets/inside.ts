import { DeviceTable } from "../../../src/agent/device-table.ts";
import { eventOf } from "../../../src/agent/progress-event.ts";
import { StreamTable } from "../../../src/agent/streams.ts";
import { readZapRequest } from "../../../src/bus/zap.ts";
import { isReadings, readFromComponent } from "../../../src/ipc/core-end.ts";
import type { FromComponent } from "../../../src/ipc/index.ts";
import { encode, encodeReading, isMap, isName, type Reading } from "../../../src/message/index.ts";
import { hold, tokens, type Target } from "../target.ts";
import { ITEMS } from "./vectors.ts";

/** A message of several frames as one input: each begins with its length, u16; what is cut off at the end counts. */
export function framesOf(input: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + 2 <= input.length;) {
    const end = at + 2 + input.readUInt16BE(at);
    frames.push(input.subarray(at + 2, end));
    at = end;
  }
  return frames;
}

function framed(...frames: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const bytes = Buffer.from(frame as string);
      return [Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes];
    }),
  );
}

/** Lengths that are right again after the contents have changed, so that the frames stay three, or nine. */
function fixFramed(count: number): (input: Buffer) => Buffer {
  return (input) => {
    const frames = framesOf(input).slice(0, count);
    return framed(...frames);
  };
}

const READING: Reading = { epoch: 7, seq: 1, time: 1, clock: "synced", values: { a: 1.5 } };
const NUMBERS = [1, 2, 3].map((seq) => encodeReading({ ...READING, seq }));
const TOPIC = "telemetry/pi/mad/";
const VERBS = ["hello", "declare", "heartbeat", "device", "progress", "log", "committed", "known", "answer"];

/** What the core makes of a component's messages, as far as it is pure. */
const component: Target = {
  name: "component",
  share: 5,
  maxBytes: 4_096,
  corpus: [
    framed(
      "hello",
      encode({ protocol: 1, component: "mad", devices: { mad: { metrics: { a: { type: "number" } } } } }),
    ),
    framed("declare", encode({ devices: { mad: { commands: { once: { arguments: {} } } }, other: {} } })),
    framed("progress", encode({ id: "1", state: "failed", code: "timed-out", reason: "no answer" })),
    framed("progress", encode({ id: "1", state: "succeeded", result: { level: 3 } })),
    framed("device", encode({ device: "mad", state: "failed", reason: "gone" })),
    framed("log", encode({ level: "info", message: "hello", fields: { a: 1 } })),
    framed(TOPIC, NUMBERS[0] as Buffer, TOPIC, NUMBERS[1] as Buffer),
    framed(TOPIC, NUMBERS[2] as Buffer),
  ],
  tokens: [
    ...ITEMS,
    ...NUMBERS,
    ...tokens(...VERBS, TOPIC, "telemetry/"),
    framed(TOPIC, NUMBERS[1] as Buffer),
  ],
  fix: fixFramed(4),
  decode(input) {
    const frames = framesOf(input);
    if (isReadings(frames)) return take(frames);
    const { verb, message } = readFromComponent(frames);
    if (verb === "progress") return eventOf(message as FromComponent["progress"]).type !== "fail";
    const { devices } = message as FromComponent["hello"];
    if (verb !== "hello" && verb !== "declare") return true;
    const table = new DeviceTable(() => {});
    if (isMap(devices)) table.declare(devices, "mad", 1);
    hold(table.names().every(isName), "a device of no name");
    encode(table.births(() => 0));
    return true;
  },
};

function take(frames: readonly Buffer[]): boolean {
  let published = 0;
  const streams = new StreamTable("pi", 7, () => published++);
  streams.claim("mad", "mad");
  streams.receive(frames, "mad", "foreign", () => {});
  hold(streams.seq("mad") <= 1_000_000 * published, "a leap");
  return published > 0;
}

const REQUEST = ["peer", "", "1.0", "1", "dunlin", "192.168.1.5", "", "CURVE", Buffer.alloc(32, 5)];

const zap: Target = {
  name: "zap",
  share: 4,
  maxBytes: 1_024,
  corpus: [
    framed(...REQUEST),
    framed(...REQUEST.slice(0, 7), "NULL"),
    framed(...REQUEST.slice(0, 7), "PLAIN", "a", "b"),
  ],
  tokens: [...tokens("CURVE", "PLAIN", "NULL", "1.0", "1.1"), framed(""), framed(Buffer.alloc(32, 6))],
  fix: fixFramed(9),
  decode(input) {
    const asked = readZapRequest(framesOf(input));
    if (!asked?.request) return false;
    const isLocal = framesOf(input)[7]?.toString() === "NULL";
    hold(asked.request.publicKey?.length === (isLocal ? undefined : 32), "a request without a key");
    hold(asked.returned.length === 4, "an answer that is whole");
    return true;
  },
};

export const INSIDE_TARGETS: readonly Target[] = [component, zap];
