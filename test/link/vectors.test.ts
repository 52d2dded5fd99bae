import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import t from "tap";
import { decodeCobs, encodeCobs } from "../../src/codec/index.ts";
import { readItem } from "../../src/link/cbor.ts";
import {
  FROM_DEVICE,
  HostLink,
  readDeviceMessage,
  readHostMessage,
  SegmentReader,
  writeDeviceMessage,
  writeFrame,
  writeHostMessage,
  type Content,
  type SegmentItem,
} from "../../src/link/index.ts";
import { STILL_CLOCK } from "../support/still-clock.ts";

/** firmware-bridge/vectors.tsv, which the tests of the C library read too; its head says what is what. */
const FILE = join(import.meta.dirname, "../../firmware-bridge/vectors.tsv");
const LINES = readFileSync(FILE, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split("\t"));

function of(what: string): string[][] {
  return LINES.flatMap(([kind, ...fields]) => (kind === what ? [fields] : []));
}

function bytes(field = "-"): Buffer {
  return field === "-" ? Buffer.of() : Buffer.from(field, "hex");
}

function read(line: Buffer): SegmentItem[] {
  return new SegmentReader(Object.values(FROM_DEVICE)).push(line);
}

const byte = (value: number): string => value.toString(16).padStart(2, "0");

/** As it is in the file. */
function told(item: SegmentItem): string {
  if (item.type === "text") return `text ${Buffer.from(item.text).toString("hex")}`;
  if (item.type === "discard") return "damage";
  const { kind, reliable, seq, ack, payload } = item.frame;
  return `frame ${byte(kind | (reliable ? 0x80 : 0))} ${byte(seq)} ${byte(ack)} ${payload.toString("hex")}`;
}

/** Read and written again, by the end that it is for. */
function again(content: Content): Content | string {
  if (content.kind < 0x10) {
    const message = readHostMessage(content);
    return typeof message === "string" ? message : writeHostMessage(message);
  }
  const message = readDeviceMessage(content);
  if (typeof message === "string") return message;
  return message.type === "stranger" ? message.type : writeDeviceMessage(message);
}

t.test("checksums and stuffing", async (t) => {
  for (const [plain, crc] of of("crc")) {
    const found = Buffer.alloc(4);
    found.writeUInt32LE(crc32(bytes(plain)));
    t.equal(found.toString("hex"), crc);
  }
  for (const [plain, encoded] of of("cobs")) {
    t.equal(encodeCobs(bytes(plain)).toString("hex"), encoded);
    t.equal(decodeCobs(bytes(encoded))?.toString("hex"), bytes(plain).toString("hex"));
  }
  for (const [encoded = ""] of of("reject")) t.equal(decodeCobs(bytes(encoded)), undefined, encoded);
});

t.test("frames, both ways, and their messages", async (t) => {
  const frames = of("frame");
  t.ok(frames.length > 30);
  for (const [name = "", kind, seq, ack, payload, line] of frames) {
    const whole = Number.parseInt(kind ?? "", 16);
    const frame = {
      kind: whole & 0x7f,
      reliable: (whole & 0x80) !== 0,
      seq: Number.parseInt(seq ?? "", 16),
      ack: Number.parseInt(ack ?? "", 16),
      payload: bytes(payload),
    };
    t.equal(writeFrame(frame).toString("hex"), line, name);
    t.same(read(bytes(line)).map(told), [`frame ${kind} ${seq} ${ack} ${payload}`], name);
    t.strictSame(again(frame), { kind: frame.kind, payload: frame.payload }, `${name}, as a message`);
  }
});

t.test("damage", async (t) => {
  const damages = of("damage");
  t.ok(damages.length > 20);
  for (const [name = "", line] of damages) {
    const items = read(bytes(line));
    t.ok(items.length > 0 && items.every(({ type }) => type === "discard"), name);
  }
});

t.test("payloads that cannot be read", async (t) => {
  const payloads = of("unreadable");
  t.ok(payloads.length > 20);
  for (const [name = "", payload] of payloads) {
    t.equal(readItem(bytes(payload)), undefined, name);
    t.equal(readHostMessage({ kind: 0x07, payload: bytes(payload) }), "unparsable", name);
    t.equal(readDeviceMessage({ kind: 0x13, payload: bytes(payload) }), "unparsable", name);
  }
});

t.test("what is between zeros", async (t) => {
  const segments = of("segments");
  t.ok(segments.length > 10);
  for (const [name = "", line, ...results] of segments) {
    t.same(read(Buffer.concat([Buffer.of(0), bytes(line)])).map(told), results, name);
    const reader = new SegmentReader(Object.values(FROM_DEVICE));
    const byByte = [...bytes(line)].flatMap((one) => reader.push(Uint8Array.of(one)));
    t.same(byByte.map(told), results, `${name}, byte by byte`);
  }
});

t.test("all that the device says in conversations is understood", async (t) => {
  const lines = of("device");
  t.ok(lines.length > 80);
  for (const [line] of lines) {
    const [item, ...more] = read(bytes(line));
    t.equal(more.length, 0);
    if (item?.type !== "frame") t.fail(`${line} is no frame`);
    else t.strictSame(again(item.frame), { kind: item.frame.kind, payload: item.frame.payload });
  }
});

t.test("what it says of itself is what it is", async (t) => {
  const from = LINES.findIndex(([kind]) => kind === "conversation");
  const to = LINES.findIndex(([kind], at) => kind === "conversation" && at > from);
  const link = new HostLink(STILL_CLOCK);
  const events = LINES.slice(from, to)
    .filter(([kind]) => kind === "device")
    .flatMap(([, line]) => link.push(bytes(line)));
  const value = { type: "integer" };
  t.match(events, [
    { type: "log", text: "connected to test-device, firmware 1.2.3" },
    {
      type: "describe",
      metrics: {
        number: { type: "integer", description: "counts up" },
        plain: { type: "integer" },
        text: { type: "text" },
        level: { type: "number", unit: "Cel" },
      },
      commands: {
        set: { description: "sets a value", arguments: { value } },
        slow: { cancellable: true, arguments: { value } },
        again: { idempotent: true, arguments: { value } },
        types: {
          arguments: {
            on: { type: "boolean" },
            level: { type: "number", unit: "Cel", optional: true },
            name: { type: "text", optional: true },
          },
        },
      },
    },
    { type: "sense" },
  ]);
});
