import t, { type Test } from "tap";
import { MESSAGES } from "../../../devices/ubx/messages.table.ts";
import { kindOf, MESSAGE, RECEIVER_FRAMES, versionsOf } from "../../../devices/ubx/protocol.ts";
import { ubx } from "../../../devices/ubx/driver.ts";
import { FrameScanner, UBX, ubxMessage, ubxPayload } from "../../../src/codec/index.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import { capturesOf } from "../captures.ts";
import { settingsOf } from "../settings.ts";
import { WANTED } from "./wanted.ts";

interface Found {
  readonly offset: number;
  readonly frame: Buffer;
}

interface Decoded {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Refused {
  readonly offset: number;
  readonly reason: string;
}

/** The intact UBX frames, and what the bytes between them were. */
function framesOf(bytes: Buffer): {
  readonly frames: readonly Found[];
  readonly refused: readonly Refused[];
  readonly pending: number;
} {
  const scanner = new FrameScanner(...RECEIVER_FRAMES);
  const frames: Found[] = [];
  const refused: Refused[] = [];
  let offset = 0;
  for (const item of scanner.push(bytes)) {
    if (item.type === "discard") refused.push({ offset, reason: item.reason });
    else if (kindOf(item.bytes) === "ubx") frames.push({ offset, frame: item.bytes });
    offset += item.type === "discard" ? item.bytes : item.bytes.length;
  }
  return { frames, refused, pending: scanner.pending };
}

/** Names that the expectations have for messages that give no reading. */
const OTHER_NAMES: Readonly<Record<string, number>> = {
  "ACK-ACK": UBX.ack,
  "ACK-NAK": UBX.nak,
  "INF-NOTICE": 0x0402,
  "MON-HW": 0x0a09,
  "MON-VER": MESSAGE.monVer,
  "NAV-CLOCK": 0x0122,
  "NAV-EOE": 0x0161,
  "NAV-HPPOSECEF": 0x0113,
  "NAV-ORB": 0x0134,
  "NAV-POSECEF": 0x0101,
  "NAV-SBAS": 0x0132,
  "NAV-SIG": 0x0143,
  "NAV-TIMELS": 0x0126,
  "NAV-VELECEF": 0x0111,
  "RXM-RAW": 0x0210,
  "RXM-RAWX": 0x0215,
  "RXM-SFRBX": 0x0213,
  "TIM-TP": 0x0d01,
};

function idOf(name: string): number {
  const numeric = /^([0-9A-F]{2})-([0-9A-F]{2})$/.exec(name);
  if (numeric) return Number.parseInt(`${numeric[1]}${numeric[2]}`, 16);
  return MESSAGES[name]?.id ?? OTHER_NAMES[name] ?? NaN;
}

function countById(frames: readonly Found[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { frame } of frames) counts[ubxMessage(frame)] = (counts[ubxMessage(frame)] ?? 0) + 1;
  return counts;
}

function read(frame: Buffer): readonly DriverEvent[] {
  return ubx.open(settingsOf(ubx, { enable: [] })).push(frame);
}

function pick(values: Values, like: Values): Record<string, Value | undefined> {
  return Object.fromEntries(Object.keys(like).map((name) => [name, values[name]]));
}

/** What is told of one message is what the driver makes of it. */
function check(t: Test, { name, fields, offset }: Decoded, frame: Buffer): void {
  const what = `${name} at ${offset}`;
  const payload = ubxPayload(frame);
  if (name === "MON-VER" && payload.length === 0)
    return void t.match(read(frame), [{ type: "discard", reason: "unsupported" }], `${what}, a poll`);
  if (name === "MON-VER") {
    const { software, hardware, protocol } = versionsOf(payload) ?? {};
    const told = (fields["ext"] as readonly string[]).find((line) => line.startsWith("PROTVER"));
    const wanted = { sw: fields["sw"], hw: fields["hw"], protocol: told?.slice("PROTVER ".length) ?? null };
    return void t.same({ sw: software, hw: hardware, protocol }, wanted, what);
  }
  if (name.startsWith("ACK-"))
    return void t.same([payload[0], payload[1]], [fields["ackClass"], fields["ackId"]], what);
  if (name.startsWith("INF-") || name === "04-04")
    return void t.same(read(frame), [{ type: "log", text: fields["text"] }], what);
  const wanted = WANTED[name]?.(fields);
  if (wanted === undefined)
    return void t.match(read(frame), [{ type: "discard", bytes: frame.length, reason: "unsupported" }], what);
  const [event] = read(frame);
  if (event?.type !== "reading") return void t.fail(`${what} gives no reading`);
  const all = { message: name, ...wanted };
  t.same(pick(event.values, all), all, what);
}

for (const { name, bytes, expected } of capturesOf("ubx")) {
  t.test(`ubx ${name}`, async (t) => {
    const { frames, refused, pending } = framesOf(bytes);
    t.equal(frames.length, expected["frames_ok"], "intact frames");
    const byMessage = Object.entries(expected["by_message"] as Readonly<Record<string, number>>);
    t.same(
      countById(frames),
      Object.fromEntries(byMessage.map(([message, count]) => [idOf(message), count])),
      "by message",
    );

    const amiss = expected["false_syncs_or_bad"] as readonly Refused[];
    const bad = amiss.filter(({ reason }) => reason === "badck");
    for (const { offset } of bad.slice(0, 1))
      t.ok(
        refused.some((one) => one.offset === offset && one.reason !== "noise"),
        `refused at ${offset}`,
      );
    if (bad.length === 0)
      t.same(
        refused.filter(({ reason }) => reason === "checksum"),
        [],
        "no other frame is refused",
      );
    for (const { offset, reason } of amiss)
      if (reason === "truncated?")
        t.ok(bytes.length - offset <= pending, "what is cut off waits for its end");

    for (const one of expected["decoded"] as readonly Decoded[]) {
      const found = frames.find(({ offset }) => offset === one.offset);
      if (!found) t.fail(`${one.name} at ${one.offset} is not found`);
      else {
        t.equal(found.frame.length, one.length);
        check(t, one, found.frame);
      }
    }
  });
}
