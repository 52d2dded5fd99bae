import type { Decoded, Field } from "./fields.ts";

/** Electricity sensors. RFXtrx SDK, ELEC1 to ELEC5 and Cartelectronic. */

/** What the OWL's counter has to be divided by to get watt-hours. RFXtrx SDK, ELEC2. */
const OWL_COUNTS_PER_WH = 223.666;
const MILLIONTHS = 1_000_000;

/** Of its packets, counted from 0 to 9, the CM180 and CM180i tell the energy in the first only. */
const owlEnergy = (packet: Buffer, at: number, isTold: boolean): Decoded => ({
  energy: isTold
    ? Math.round((packet.readUIntBE(at, 6) / OWL_COUNTS_PER_WH) * MILLIONTHS) / MILLIONTHS
    : null,
});

/** Count, power u32, energy u48. */
export const owlPower: Field = {
  bytes: 11,
  read: (packet, at, subtype): Decoded => {
    const count = packet[at] ?? 0;
    return {
      count,
      power: packet.readUInt32BE(at + 1),
      ...owlEnergy(packet, at + 5, subtype === 1 || count === 0),
    };
  },
};

/** Count, and the current of three phases, tenths of an ampere. */
export const owlCurrents: Field = {
  bytes: 7,
  // 410 A at most: the sensors are made for 100 A.
  accepts: (byte, index) => index % 2 === 0 || byte <= 0x0f,
  read: (packet, at): Decoded => ({
    count: packet[at] ?? 0,
    current: packet.readUInt16BE(at + 1) / 10,
    current_2: packet.readUInt16BE(at + 3) / 10,
    current_3: packet.readUInt16BE(at + 5) / 10,
  }),
};

export const owlCurrentsAndEnergy: Field = {
  bytes: 13,
  accepts: (byte, index, subtype) => index > 6 || owlCurrents.accepts?.(byte, index, subtype) !== false,
  read: (packet, at, subtype): Decoded => ({
    ...owlCurrents.read?.(packet, at, subtype),
    ...owlEnergy(packet, at + 7, packet[at] === 0),
  }),
};

/** Plug with a meter: voltage, current u16 / 100, power u16 / 10, energy u16 in 10 Wh, cos phi, frequency. */
export const revolt: Field = {
  bytes: 9,
  accepts: (byte, index) => index !== 7 || byte <= 100,
  read: (packet, at): Decoded => ({
    voltage: packet[at] ?? 0,
    current: packet.readUInt16BE(at + 1) / 100,
    power: packet.readUInt16BE(at + 3) / 10,
    energy: packet.readUInt16BE(at + 5) * 10,
    power_factor: (packet[at + 7] ?? 0) / 100,
    frequency: packet[at + 8] ?? 0,
  }),
};

const CONTRACTS = [null, "base", "off_peak", "ejp", "tempo"] as const;
const DAYS = [null, "blue", "white", "red"] as const;
const TEMPO = 4;

/** French meters of the older kind: number, contract and period, two registers, apparent power, state. */
export const teleinfo: Field = {
  bytes: 5 + 1 + 4 + 4 + 2 + 1,
  accepts: (byte, index) => index !== 5 || (byte >> 4 <= TEMPO && (byte & 0x0f) <= 11),
  read: (packet, at): Decoded => {
    const contract = (packet[at + 5] ?? 0) >> 4;
    const state = packet[at + 16] ?? 0;
    return {
      sender: packet.toString("hex", at, at + 5),
      meter: String(packet.readUIntBE(at, 5)).padStart(12, "0"),
      contract: CONTRACTS[contract] ?? null,
      tariff: (packet[at + 5] ?? 0) & 0x0f,
      energy: packet.readUInt32BE(at + 6),
      energy_2: packet.readUInt32BE(at + 10),
      // Some meters tell a current only: bit 1 says that there is a power.
      apparent_power: state & 0x02 ? packet.readUInt16BE(at + 14) : null,
      ...(contract === TEMPO ? { color_tomorrow: DAYS[(state >> 3) & 3] ?? null } : {}),
    };
  },
};

/** Two pulse counters. */
export const encoder: Field = {
  bytes: 4 + 4 + 4 + 1,
  read: (packet, at): Decoded => ({
    sender: packet.toString("hex", at, at + 4),
    count: packet.readUInt32BE(at + 4),
    count_2: packet.readUInt32BE(at + 8),
  }),
};

/** French Linky meters: number, two registers, tariff, voltage above 200 V, apparent power, state. */
export const linky: Field = {
  bytes: 4 + 4 + 4 + 1 + 1 + 2 + 1,
  read: (packet, at): Decoded => {
    const state = packet[at + 16] ?? 0;
    return {
      sender: packet.toString("hex", at, at + 4),
      meter: linkyNumber(packet.readUInt32BE(at)),
      energy: packet.readUInt32BE(at + 4),
      energy_2: state & 0x02 ? packet.readUInt32BE(at + 8) : null,
      tariff: (packet[at + 12] ?? 0) & 0x0f,
      voltage: 200 + (packet[at + 13] ?? 0),
      apparent_power: packet.readUInt16BE(at + 14),
      color_today: DAYS[(state >> 3) & 3] ?? null,
      color_tomorrow: DAYS[(state >> 5) & 3] ?? null,
    };
  },
};

const LINKY_TYPES = ["61", "62", "64", "67", "70", "75"] as const;

/** Maker, year, type and serial number, packed into 32 bits. */
function linkyNumber(packed: number): string {
  const digits = (value: number, width: number): string => String(value).padStart(width, "0");
  const type = LINKY_TYPES[(packed >>> 20) & 0x07] ?? "00";
  return digits(packed >>> 28, 2) + digits((packed >>> 23) & 0x1f, 2) + type + digits(packed & 0xfffff, 6);
}
