import type { Decoded, Field } from "./fields.ts";

/** Ids that not every subtype writes in the same bytes. RFXtrx user guide. */

const hex = (bytes: readonly number[]): string => Buffer.from(bytes).toString("hex");

/** Byron SX and MP001, SelectPlus, Byron BY, Envivo: three bytes, where there is room for them the melody too. */
export const chime: Field = {
  bytes: 3,
  read: (packet, at, subtype): Decoded => {
    const [first = 0, second = 0, third = 0] = packet.subarray(at, at + 3);
    if (subtype === 0) return { sender: hex([second]), sound: third };
    if (subtype === 1) return { sender: switchesOf(first, second) };
    if (subtype === 3) return { sender: hex([third >> 7, first, second]), sound: third & 0x7f };
    return { sender: hex([first, second, third]) };
  },
};

/** MP001: six switches, the lower of each pair of bits, 0 where it is on. */
function switchesOf(first: number, second: number): string {
  const bits = [first >> 6, first >> 4, first >> 2, first, second >> 6, second >> 4];
  return bits.map((bit) => 1 - (bit & 1)).join("");
}

/** Remote controls of fans have one, two or three bytes of id. */
const FAN_ID_BYTES: Readonly<Record<number, number>> = {
  0: 2,
  2: 1,
  4: 1,
  5: 1,
  6: 1,
  7: 2,
  8: 1,
  9: 1,
  11: 1,
};
export const fan: Field = {
  bytes: 3,
  read: (packet, at, subtype): Decoded => ({
    sender: packet.toString("hex", at + 3 - (FAN_ID_BYTES[subtype] ?? 3), at + 3),
  }),
};

const BLINDS_2_BYTES = [0x00, 0x01, 0x0c, 0x0d, 0x0f, 0x10];
/** Whose id goes on in the upper half of the byte that has the unit. */
const BLINDS_HALF_BYTE: Readonly<Record<number, number>> = { 0x06: 0, 0x07: 0, 0x09: 1 };
export const blinds: Field = {
  bytes: 4,
  accepts: (byte, index, subtype) => index < 3 || byte <= 16 || BLINDS_HALF_BYTE[subtype] !== undefined,
  read: (packet, at, subtype): Decoded => {
    const unit = packet[at + 3] ?? 0;
    const from = BLINDS_HALF_BYTE[subtype];
    if (from !== undefined)
      return { sender: packet.toString("hex", at + from, at + 4).slice(0, -1), unit: unit & 0x0f };
    const first = BLINDS_2_BYTES.includes(subtype) ? 1 : 0;
    return { sender: packet.toString("hex", at + first, at + 3), unit };
  },
};

/** X10: the second byte repeats the first; smoke detectors: two bytes; others: three. */
export const security: Field = {
  bytes: 3,
  read: (packet, at, subtype): Decoded => {
    const [first = 0, second = 0, third = 0] = packet.subarray(at, at + 3);
    if (subtype <= 2) return { sender: hex([first, third]) };
    if (subtype === 3 || subtype === 9) return { sender: hex([first, second]) };
    return { sender: hex([first, second, third]) };
  },
};

/** Koppla: a system from 0 to 15, and a bit for each of ten channels. */
const KOPPLA_MOST = [0x0f, 0xff, 0x03];
export const koppla: Field = {
  bytes: 3,
  accepts: (byte, index) => byte <= (KOPPLA_MOST[index] ?? 0),
  read: (packet, at): Decoded => ({ sender: packet.toString("hex", at, at + 3) }),
};
