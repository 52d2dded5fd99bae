import { signed, type Decoded, type Field } from "./fields.ts";

/** Weather sensors whose fields differ by subtype. RFXtrx SDK. */

/** Millimetres of rain that one tip of the bucket stands for. */
const RAIN_TIP_MM: Readonly<Record<number, number>> = { 6: 0.266, 8: 0.2, 9: 0.254 };
const THOUSANDTHS = 1_000;
const inMm = (tips: number, tipMm: number): number => Math.round(tips * tipMm * THOUSANDTHS) / THOUSANDTHS;

/** Rate u16, total u24. Only the first two makes tell a rate, and some tell tips of a bucket. */
export const rain: Field = {
  bytes: 5,
  read: (packet, at, subtype): Decoded => {
    const rate = packet.readUInt16BE(at);
    const tipMm = RAIN_TIP_MM[subtype];
    if (tipMm !== undefined) return { rain_counter: inMm(tipsOf(packet, at + 2, subtype), tipMm) };
    const total = { rain_total: packet.readUIntBE(at + 2, 3) / 10 };
    if (subtype === 1) return { rain_rate: rate, ...total };
    return subtype === 2 ? { rain_rate: rate / 100, ...total } : total;
  },
};

function tipsOf(packet: Buffer, at: number, subtype: number): number {
  const low = packet[at + 2] ?? 0;
  if (subtype === 6) return low & 0x0f;
  return subtype === 8 ? low : packet.readUInt16BE(at + 1);
}

/** 128 m/s at most, and directions up to 511. */
const WIND_MOST = [0x01, 0xff, 0x04, 0xff, 0x04, 0xff];

/** Direction, mean and gust u16 each, temperature and chill. Only the TFA has them all. */
export const wind: Field = {
  bytes: 10,
  accepts: (byte, index) => byte <= (WIND_MOST[index] ?? 0xff) && (index !== 6 || (byte & 0x7f) <= 4),
  read: (packet, at, subtype): Decoded => ({
    ...(subtype === 8 ? {} : { wind_direction: packet.readUInt16BE(at) }),
    ...(subtype === 5 ? {} : { wind_speed: packet.readUInt16BE(at + 2) / 10 }),
    wind_gust: packet.readUInt16BE(at + 4) / 10,
    ...(subtype === 4 || subtype === 8 ? { temperature: signed(packet, at + 6, 10) } : {}),
    ...(subtype === 4 ? { wind_chill: signed(packet, at + 8, 10) } : {}),
  }),
};

/** Only the TFA has a thermometer. */
export const uv: Field = {
  bytes: 3,
  accepts: (byte, index) => index > 0 || byte <= 250,
  read: (packet, at, subtype): Decoded => ({
    uv_index: (packet[at] ?? 0) / 10,
    ...(subtype === 3 ? { temperature: signed(packet, at + 1, 10) } : {}),
  }),
};

const STATION_TIP_MM: Readonly<Record<number, number>> = { 0: 0.1, 1: 0.3, 2: 0.254 };
/** Where the whole station's fields begin, bytes into what follows its id. */
const STATION = { temperature: 6, humidity: 10, rain: 14, uv: 17, sun: 18 };

/** A whole weather station; the ACH2010 fills few of the fields. */
export const station: Field = {
  bytes: 25,
  accepts: (byte, index) => {
    if (index === STATION.humidity) return byte <= 100;
    return byte <= (WIND_MOST[index] ?? 0xff) && (index !== STATION.temperature || (byte & 0x7f) <= 4);
  },
  read: (packet, at, subtype): Decoded => ({
    wind_speed: packet.readUInt16BE(at + 2) / 10,
    wind_gust: packet.readUInt16BE(at + 4) / 10,
    temperature: signed(packet, at + STATION.temperature, 10),
    rain_counter: inMm(packet.readUIntBE(at + STATION.rain, 3), STATION_TIP_MM[subtype] ?? 0.1),
    ...(subtype === 1
      ? {}
      : {
          wind_direction: packet.readUInt16BE(at),
          humidity: packet[at + STATION.humidity] ?? 0,
          uv_index: (packet[at + STATION.uv] ?? 0) / 10,
          irradiance: packet.readUInt16BE(at + STATION.sun),
        }),
  }),
};

/** Year, month, day, day of the week, hour, minute, second, as a radio clock tells them. */
const CLOCK_MOST = [99, 12, 31, 7, 23, 59, 59];
export const clock: Field = {
  bytes: 7,
  accepts: (byte, index) => byte <= (CLOCK_MOST[index] ?? 0),
  read: (packet, at): Decoded => {
    const [year = 0, month, day, , hour, minute, second] = [...packet.subarray(at, at + 7)].map((part) =>
      String(part).padStart(2, "0"),
    );
    return { clock: `20${year}-${month}-${day}T${hour}:${minute}:${second}` };
  },
};
