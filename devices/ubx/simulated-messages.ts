import { writeUbx } from "../../src/codec/index.ts";
import { MESSAGE } from "./protocol.ts";

/** What a simulated receiver knows at one fix. */
export interface Epoch {
  readonly timeMs: number;
  readonly uptimeMs: number;
  readonly hasFix: boolean;
  readonly random: () => number;
}

/** A roof in Friedrichskoog, near the mud flats where dunlins rest on their way; degrees times 1e7 and mm. */
const ROOF = { latitude: 540_187_340, longitude: 89_025_110, altitude: 9_400, geoid: 39_800 } as const;
const GPS_EPOCH_MS = Date.UTC(1980, 0, 6);
const WEEK_MS = 7 * 86_400_000;
const LEAP_SECONDS = 18;
const UNKNOWN = 0xffff_ffff;
const FIX_3D = 3;
const SATELLITES = [
  // GNSS (0 GPS, 2 Galileo, 6 GLONASS), number, C/N0, elevation, azimuth, used.
  [0, 5, 41, 67, 190, 1],
  [0, 13, 38, 41, 61, 1],
  [0, 15, 33, 22, 300, 1],
  [0, 29, 0, 6, 5, 0],
  [2, 7, 36, 35, 102, 1],
  [2, 8, 40, 58, 250, 1],
  [6, 73, 27, 12, 45, 0],
  [6, 74, 44, 73, 5, 1],
] as const;
const USED = SATELLITES.filter(([, , , , , used]) => used === 1).length;

function timeOfWeek(timeMs: number): number {
  return (timeMs - GPS_EPOCH_MS + LEAP_SECONDS * 1_000) % WEEK_MS;
}

/** A payload that begins with the time of the week. */
function payloadOf(bytes: number, { timeMs }: Epoch): Buffer {
  const payload = Buffer.alloc(bytes);
  payload.writeUInt32LE(timeOfWeek(timeMs), 0);
  return payload;
}

/** Year, month, day, hour, minute and second. */
function writeCalendar(payload: Buffer, at: number, timeMs: number): void {
  const time = new Date(timeMs);
  payload.writeUInt16LE(time.getUTCFullYear(), at);
  const fields = [
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ];
  payload.set(fields, at + 2);
}

/** Longitude, latitude and the two heights; they wander by some decimetres. */
function writePosition(payload: Buffer, at: number, random: () => number): void {
  const wander = (metres: number): number => Math.round((random() - 0.5) * metres);
  payload.writeInt32LE(ROOF.longitude + wander(100), at);
  payload.writeInt32LE(ROOF.latitude + wander(60), at + 4);
  const altitude = ROOF.altitude + wander(1_500);
  payload.writeInt32LE(altitude + ROOF.geoid, at + 8);
  payload.writeInt32LE(altitude, at + 12);
}

export function pvt(epoch: Epoch): Buffer {
  const payload = payloadOf(92, epoch);
  const { timeMs, hasFix, random } = epoch;
  writeCalendar(payload, 4, timeMs);
  // The date, the time, and that their seconds are known for sure.
  payload[11] = 0b111;
  payload.writeUInt32LE(25, 12);
  payload.writeInt32LE((timeMs % 1_000) * 1_000_000, 16);
  if (hasFix) {
    payload.set([FIX_3D, 0b1, 0, USED], 20);
    writePosition(payload, 24, random);
    payload.writeInt32LE(Math.round(random() * 30), 60);
  }
  const accuracies = hasFix ? [1_200, 1_900] : [UNKNOWN, UNKNOWN];
  for (const [index, accuracy] of accuracies.entries()) payload.writeUInt32LE(accuracy, 40 + 4 * index);
  payload.writeUInt32LE(150, 68);
  payload.writeUInt32LE(18_000_000, 72);
  payload.writeUInt16LE(hasFix ? 130 + Math.round(random() * 20) : 9_999, 76);
  return writeUbx(0x0107, payload);
}

export function posllh(epoch: Epoch): Buffer {
  const payload = payloadOf(28, epoch);
  if (epoch.hasFix) writePosition(payload, 4, epoch.random);
  payload.writeUInt32LE(epoch.hasFix ? 1_200 : UNKNOWN, 20);
  payload.writeUInt32LE(epoch.hasFix ? 1_900 : UNKNOWN, 24);
  return writeUbx(0x0102, payload);
}

export function status(epoch: Epoch): Buffer {
  const payload = payloadOf(16, epoch);
  payload.set([epoch.hasFix ? FIX_3D : 0, epoch.hasFix ? 0b1101 : 0b1100, 0, 0b1000], 4);
  payload.writeUInt32LE(epoch.hasFix ? 2_900 : 0, 8);
  payload.writeUInt32LE(epoch.uptimeMs, 12);
  return writeUbx(0x0103, payload);
}

export function dop(epoch: Epoch): Buffer {
  const payload = payloadOf(18, epoch);
  const values = epoch.hasFix ? [155, 136, 75, 115, 73, 55, 48] : Array.from({ length: 7 }, () => 9_999);
  for (const [index, value] of values.entries()) payload.writeUInt16LE(value, 4 + 2 * index);
  return writeUbx(0x0104, payload);
}

export function velned(epoch: Epoch): Buffer {
  const payload = payloadOf(36, epoch);
  payload.writeUInt32LE(Math.round(epoch.random() * 3), 20);
  payload.writeUInt32LE(15, 28);
  payload.writeUInt32LE(18_000_000, 32);
  return writeUbx(0x0112, payload);
}

export function timeUtc(epoch: Epoch): Buffer {
  const payload = payloadOf(20, epoch);
  payload.writeUInt32LE(25, 4);
  payload.writeInt32LE((epoch.timeMs % 1_000) * 1_000_000, 8);
  writeCalendar(payload, 12, epoch.timeMs);
  payload[19] = 0b111;
  return writeUbx(0x0121, payload);
}

export function sat(epoch: Epoch): Buffer {
  const payload = payloadOf(8 + 12 * SATELLITES.length, epoch);
  payload.set([1, SATELLITES.length], 4);
  for (const [index, [gnss, number, cno, elevation, azimuth, used]] of SATELLITES.entries()) {
    const at = 8 + 12 * index;
    const signal = cno === 0 ? 0 : cno + Math.round(epoch.random() * 2);
    payload.set([gnss, number, signal, elevation], at);
    payload.writeInt16LE(azimuth, at + 4);
    payload[at + 8] = used && epoch.hasFix ? 0x0f : 0x04;
  }
  return writeUbx(0x0135, payload);
}

export function monVer(protocol: string): Buffer {
  const lines = ["ROM BASE 0x118B2060", "FWVER=HPG 1.32", `PROTVER=${protocol}`, "MOD=SIM", "GPS;GLO;GAL"];
  const payload = Buffer.alloc(40 + 30 * lines.length);
  payload.write("EXT CORE 1.00 (simulated)", 0, "latin1");
  payload.write("00190000", 30, "latin1");
  for (const [index, line] of lines.entries()) payload.write(line, 40 + 30 * index, "latin1");
  return writeUbx(MESSAGE.monVer, payload);
}
