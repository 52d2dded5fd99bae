import type { Value } from "../../src/message/index.ts";
import type { MetricName } from "./metrics.table.ts";

export type Decoded = Partial<Record<MetricName, Value>>;

/** One place in a packet's payload. */
export interface Field {
  readonly bytes: number;
  /**
   * Whether a byte can stand there. A packet has no checksum: this is all that tells it from noise. Default: any can.
   * @param index within the field
   * @param subtype of the packet
   */
  accepts?(byte: number, index: number, subtype: number): boolean;
  /** @param subtype of the packet, by which some fields differ */
  read?(packet: Buffer, at: number, subtype: number): Decoded;
}

/** Least to greatest number that the byte may be. */
const within =
  (least: number, most: number) =>
  (byte: number): boolean =>
    byte >= least && byte <= most;
const lowNibbleWithin =
  (most: number) =>
  (byte: number): boolean =>
    (byte & 0x0f) <= most;

export const skip = (bytes: number): Field => ({ bytes });

/** @param mostFirst greatest first byte of an id that has not all the bits */
export const id = (bytes: number, mostFirst = 0xff): Field => ({
  bytes,
  accepts: (byte, index) => index > 0 || byte <= mostFirst,
  read: (packet, at) => ({ sender: packet.toString("hex", at, at + bytes) }),
});

/** House codes are letters; nothing else tells a packet from noise so well. */
export const house = (metric: "house" | "sender", last: string): Field => ({
  bytes: 1,
  accepts: (byte) => within(0x41, last.charCodeAt(0))(byte & 0xdf) && (byte & 0x40) !== 0,
  read: (packet, at) => ({ [metric]: String.fromCharCode((packet[at] ?? 0) & 0xdf) }),
});

export const byte = (metric: MetricName, most = 0xff, least = 0): Field => ({
  bytes: 1,
  accepts: within(least, most),
  read: (packet, at) => ({ [metric]: packet[at] ?? 0 }),
});

/** Unsigned, most significant byte first. @param mostFirst greatest first byte that makes sense */
export const scaled = (metric: MetricName, bytes: number, divisor: number, mostFirst = 0xff): Field => ({
  bytes,
  accepts: (byte, index) => index > 0 || byte <= mostFirst,
  read: (packet, at) => ({ [metric]: packet.readUIntBE(at, bytes) / divisor }),
});

/** A sign and 15 bits of magnitude. */
export function signed(packet: Buffer, at: number, divisor: number): number {
  const magnitude = packet.readUInt16BE(at) & 0x7fff;
  // Adding 0 makes 0 of -0.
  return ((packet[at] ?? 0) & 0x80 ? -magnitude : magnitude) / divisor + 0;
}

/** Tenths of a degree, up to 127.9. */
export const temperature = (metric: MetricName = "temperature", divisor = 10): Field => ({
  bytes: 2,
  accepts: (byte, index) => index > 0 || divisor > 10 || (byte & 0x7f) <= 4,
  read: (packet, at) => ({ [metric]: signed(packet, at, divisor) }),
});

const HUMIDITY_STATUS = ["normal", "comfort", "dry", "wet"] as const;
const FORECAST = ["none", "sunny", "partly_cloudy", "cloudy", "rain"] as const;

export const humidity: readonly Field[] = [byte("humidity", 100), choice("humidity_status", HUMIDITY_STATUS)];
export const pressure: readonly Field[] = [
  scaled("pressure", 2, 1, 0x04),
  { ...choice("forecast", FORECAST), accepts: within(0, 15) },
];

/** Signal and battery, four bits each. */
export const signalAndBattery: Field = {
  bytes: 1,
  accepts: lowNibbleWithin(9),
  read: (packet, at) => ({ rssi: (packet[at] ?? 0) >> 4, battery_level: (packet[at] ?? 0) & 0x0f }),
};

/** The signal, and four bits that mean nothing. @param mostFiller 0 where they are known to be 0 */
export const signal = (mostFiller: 0 | 15): Field => ({
  bytes: 1,
  accepts: lowNibbleWithin(mostFiller),
  read: (packet, at) => ({ rssi: (packet[at] ?? 0) >> 4 }),
});

/** Of few texts by their number. */
export function choice(metric: MetricName, names: readonly string[]): Field {
  return {
    bytes: 1,
    accepts: within(0, names.length - 1),
    read: (packet, at) => ({ [metric]: names[packet[at] ?? 0] ?? null }),
  };
}

export type Names = Readonly<Record<number, string>>;
/** What is sent though no table has it: none, and FF, which the transceiver calls illegal. */
const NEVER_NAMED = [0, 0xff];

/** @param mostUnnamed greatest number of those subtypes of which no names are known */
export const command = (namesOf: (subtype: number) => Names, mostUnnamed = 0): Field => ({
  bytes: 1,
  accepts: (byte, _, subtype) => {
    const names = namesOf(subtype);
    if (Object.hasOwn(names, byte) || NEVER_NAMED.includes(byte)) return true;
    return byte <= mostUnnamed && Object.keys(names).length === 0;
  },
  read: (packet, at, subtype) => commandOf(packet[at] ?? 0, namesOf(subtype)),
});

export function commandOf(number: number, names: Names): Decoded {
  return { command: names[number] ?? null, command_number: number };
}
