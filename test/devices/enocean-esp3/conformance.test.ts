import t from "tap";
import { enoceanEsp3 } from "../../../devices/enocean-esp3/driver.ts";
import { ESP3_FRAMES, packetOf } from "../../../devices/enocean-esp3/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Expected } from "../captures.ts";
import { settingsOf } from "../settings.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The profiles of the recordings' senders, which a telegram does not carry. */
const SENDERS = {
  "01:81:B7:44": "A5-02-05",
  "01:82:5D:AB": "D5-00-01",
  "00:29:89:79": "F6-02-02",
  "01:94:E3:B9": "D2-01-01",
};

const TYPES: Readonly<Record<number, string>> = {
  1: "RADIO_ERP1",
  2: "RESPONSE",
  4: "EVENT",
  5: "COMMON_COMMAND",
  7: "REMOTE_MAN",
};

for (const { name, bytes, expected } of capturesOf("enocean-esp3"))
  t.test(`enocean-esp3 ${name}`, async (t) => {
    const packets = packetsOf(expected, bytes);
    t.not(packets.length, 0);
    for (const packet of packets) {
      const hex = String(packet["hex"]);
      t.strictSame(packetIn(hex), wantedPacket(packet), hex);
      const [reading] = readings(push(Buffer.from(hex, "hex")));
      if (packet["packet_type"] === "RADIO_ERP1") t.strictSame(...compared(reading ?? {}, packet));
      else t.equal(reading, undefined, `${hex} is no reading`);
    }
    const radio = packets.filter(({ packet_type: type }) => type === "RADIO_ERP1");
    t.equal(readings(push(bytes)).length, radio.length, "readings of the whole recording");
    t.strictSame(...decoded(expected, readings(push(bytes))[0] ?? {}), "decoded values");
  });

/** A recording has one packet, or a list of them with their bytes. */
function packetsOf({ packet, packets }: Expected, bytes: Buffer): readonly Fields[] {
  if (packets) return packets as readonly Fields[];
  return [{ hex: bytes.toString("hex"), ...(packet as Fields) }];
}

function push(bytes: Uint8Array): readonly DriverEvent[] {
  return enoceanEsp3.open(settingsOf(enoceanEsp3, { senders: SENDERS })).push(bytes);
}

function readings(events: readonly DriverEvent[]): Values[] {
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

/** What our protocol makes of the first packet, or why there is none. */
function packetIn(hex: string): object {
  const bytes = Buffer.from(hex, "hex");
  const scanner = new FrameScanner(ESP3_FRAMES);
  const items = scanner.push(bytes);
  const frame = items.find((item) => item.type === "frame");
  if (!frame) {
    const reasons = items.map((item) => (item.type === "discard" ? item.reason : ""));
    return { refused: reasons.includes("checksum") ? "data crc" : refusalOf(scanner.pending, bytes) };
  }
  const { type, data, optional } = packetOf(frame.bytes);
  return {
    packet_type: TYPES[type],
    data: data.toString("hex"),
    optional: optional.toString("hex"),
    consumed: frame.bytes.length,
  };
}

/** All of it waits for its end, or it has been found to begin nothing. */
function refusalOf(pending: number, bytes: Buffer): string {
  const followed = new FrameScanner(ESP3_FRAMES).push(Buffer.concat([bytes, Buffer.alloc(600)]));
  const isBroken = followed.some((item) => item.type === "discard" && item.reason === "checksum");
  return pending === bytes.length && (isBroken || bytes.length < 6) ? "incomplete" : "header crc";
}

function wantedPacket(packet: Fields): object {
  const { status, packet_type, data, optional, consumed } = packet;
  return status === "ok" ? { packet_type, data, optional, consumed } : { refused: status };
}

/** What the expectation says of a telegram by our names, and what our reading says of it. */
function compared(reading: Values, packet: Fields): [found: Fields, wanted: Fields] {
  const theirs: Record<string, unknown> = {
    sender: packet["sender"],
    rorg: String(packet["rorg"]).slice(2),
    status: packet["status_byte"],
    repeater: packet["repeater"],
    subtelegrams: packet["sub_tel"],
    destination: String(packet["destination"]).toUpperCase().match(/../g)?.join(":"),
    // 255 stands in telegrams that were made to be sent, and is no strength.
    signal_strength: packet["dbm"] === -255 ? null : packet["dbm"],
    security: packet["security"],
    learn: packet["learn"],
    contact_closed: packet["contact_closed"],
    pressed: packet["pressed"],
    button: packet["rocker1"],
  };
  const wanted = Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== undefined));
  return [Object.fromEntries(Object.keys(wanted).map((name) => [name, reading[name]])), wanted];
}

/** The decoded values of a recording of one telegram, and what they must be. */
function decoded(
  { eep, temperature, values = {} }: Expected,
  reading: Values,
): [found: Fields, wanted: Fields] {
  const { contact, pressed } = values as Fields;
  const theirs: Fields = {
    profile: eep,
    temperature,
    contact_closed: contact === undefined ? undefined : contact === "closed",
    pressed,
  };
  const wanted = Object.fromEntries(Object.entries(theirs).filter(([, value]) => value !== undefined));
  return [Object.fromEntries(Object.keys(wanted).map((name) => [name, reading[name]])), wanted];
}
