import { SENTENCES } from "../../../devices/nmea0183/sentences.table.ts";
import { nmea0183 } from "../../../devices/nmea0183/driver.ts";
import {
  MarkedLineSplitter,
  MAX_SENTENCE_BYTES,
  readSentence,
  SENTENCE_MARKS,
} from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import type { Capture } from "../captures.ts";

const TYPES = [...Object.keys(SENTENCES), "XDR"];

interface Counts {
  readonly ok: number;
  readonly bad_checksum: number;
  readonly no_checksum: number;
  readonly other_lines: number;
}
type Expectation = Readonly<Record<string, unknown>>;
interface ExpectedSentence {
  readonly address: string;
  readonly fields?: Expectation;
}

/** Sentences of the whole recording: how many of each address, and how many lines are none, by reason. */
export function count({ bytes }: Capture): {
  readonly addresses: Readonly<Record<string, number>>;
  readonly counts: Counts;
} {
  const lines = new MarkedLineSplitter(SENTENCE_MARKS, MAX_SENTENCE_BYTES);
  const addresses: Record<string, number> = {};
  const counts = { ok: 0, checksum: 0, unparsable: 0, noise: 0 };
  // The end of a recording ends its last line.
  for (const item of [...lines.push(bytes), ...lines.push(Buffer.from("\n"))]) {
    if (item.type === "discard") {
      if (item.reason === "noise") counts.noise++;
      continue;
    }
    const sentence = readSentence(item.bytes, true);
    if ("fault" in sentence) counts[sentence.fault]++;
    else {
      const [address = ""] = sentence.text.split(",");
      addresses[address] = (addresses[address] ?? 0) + 1;
      counts.ok++;
    }
  }
  const { ok, checksum, unparsable, noise } = counts;
  return { addresses, counts: { ok, bad_checksum: checksum, no_checksum: unparsable, other_lines: noise } };
}

/** Each sentence of the expectation that gives a reading, with what the reading must be and what it is. */
export function readings({
  bytes,
  expected,
}: Capture): readonly [what: string, wanted: Values, found: Values][] {
  const session = nmea0183.open({
    chipset: "generic",
    sentences: TYPES,
    requireChecksum: true,
  });
  const found = session.push(bytes).flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const sentences = expected["first_sentences"] as readonly ExpectedSentence[];
  return sentences.filter(givesReading).map(({ address, fields = {} }, index) => {
    const values = found[index] ?? {};
    const wanted = { sentence: address, ...WANTED[address.slice(-3)]?.(fields) };
    return [`reading ${index}, ${address}`, wanted, pick(values, wanted)];
  });
}

function givesReading({ address, fields }: ExpectedSentence): boolean {
  const type = address.slice(-3);
  if (address.startsWith("P") || !TYPES.includes(type) || (fields && "_error" in fields)) return false;
  return type !== "GSV" || fields?.["index"] === 1;
}

function pick(values: Values, like: Values): Values {
  return Object.fromEntries(Object.keys(like).map((name) => [name, values[name] ?? null]));
}

const KNOT = 1852 / 3600;
const number = (value: unknown): number | null => value as number | null;
const text = (value: unknown): string | null => value as string | null;
const times = (value: unknown, factor: number): number | null =>
  typeof value === "number" ? Math.round(value * factor * 1e6) / 1e6 : null;
const dateTime = (date: unknown, time: unknown): string | null =>
  typeof date === "string" && typeof time === "string" ? `${date}T${time}Z` : null;
const two = (value: unknown): string => String(value).padStart(2, "0");

/** The expectation's own fields as our metrics. Without a fix we give no position, whatever the sentence says. */
const WANTED: Readonly<Record<string, (fields: Expectation) => Values>> = {
  GGA: (f) => {
    const valid = Number(f["quality"]) > 0 && f["lat"] !== null;
    return {
      valid,
      utc_time: text(f["time"]),
      latitude: valid ? number(f["lat"]) : null,
      longitude: valid ? number(f["lon"]) : null,
      altitude: valid ? number(f["alt_m"]) : null,
      geoid_separation: valid ? number(f["geoid_sep_m"]) : null,
      quality: number(f["quality"]),
      satellites: number(f["sats"]),
      hdop: number(f["hdop"]),
      dgps_age: number(f["dgps_age_s"]),
    };
  },
  RMC: (f) => {
    const valid = f["status"] === "A" && f["lat"] !== null;
    return {
      valid,
      utc: dateTime(f["date"], f["time"]),
      latitude: valid ? number(f["lat"]) : null,
      longitude: valid ? number(f["lon"]) : null,
      speed: valid ? times(f["speed_kn"], KNOT) : null,
      course: valid ? number(f["course_deg"]) : null,
      magnetic_variation: number(f["magvar_deg"]),
    };
  },
  GLL: (f) => {
    const valid = (f["status"] === "A" || f["status"] === null) && f["lat"] !== null;
    return {
      valid,
      utc_time: text(f["time"]),
      latitude: valid ? number(f["lat"]) : null,
      longitude: valid ? number(f["lon"]) : null,
    };
  },
  GNS: (f) => {
    const valid = /[^N]/.test(text(f["modes"]) ?? "") && f["lat"] !== null;
    return {
      valid,
      utc_time: text(f["time"]),
      latitude: valid ? number(f["lat"]) : null,
      longitude: valid ? number(f["lon"]) : null,
      altitude: valid ? number(f["alt_m"]) : null,
      geoid_separation: valid ? number(f["geoid_sep_m"]) : null,
      satellites: number(f["sats"]),
      hdop: number(f["hdop"]),
    };
  },
  VTG: (f) => {
    const valid = f["mode"] !== "N";
    return {
      course: valid ? number(f["course_true_deg"]) : null,
      course_magnetic: valid ? number(f["course_mag_deg"]) : null,
      speed: valid ? (times(f["speed_kn"], KNOT) ?? times(f["speed_kmh"], 1 / 3.6)) : null,
    };
  },
  GSA: (f) => ({
    fix_type: number(f["fix"]),
    pdop: number(f["pdop"]),
    hdop: number(f["hdop"]),
    vdop: number(f["vdop"]),
  }),
  GSV: (f) => ({ satellites_in_view: number(f["in_view"]) }),
  ZDA: ({ year, month, day, time }) => ({
    utc: dateTime(year === null ? null : `${number(year)}-${two(month)}-${two(day)}`, time),
  }),
  HDT: (f) => ({ heading: number(f["heading_true_deg"]) }),
  HDM: (f) => ({ heading_magnetic: number(f["heading_mag_deg"]) }),
  HDG: (f) => ({
    heading_magnetic: number(f["heading_mag_deg"]),
    magnetic_deviation: number(f["dev_deg"]),
    magnetic_variation: number(f["var_deg"]),
  }),
  ROT: (f) => ({ rate_of_turn: f["status"] === "A" ? number(f["rate_deg_min"]) : null }),
  DPT: (f) => ({ depth: number(f["depth_m"]), depth_offset: number(f["offset_m"]) }),
  DBT: (f) => ({ depth: number(f["depth_m"]) ?? times(f["depth_ft"], 0.3048) }),
  MTW: (f) => ({ water_temperature: number(f["water_temp_c"]) }),
  VHW: (f) => ({
    heading: number(f["heading_true_deg"]),
    heading_magnetic: number(f["heading_mag_deg"]),
    water_speed: times(f["speed_kn"], KNOT) ?? times(f["speed_kmh"], 1 / 3.6),
  }),
  MWV: (f) => {
    const valid = f["status"] === "A";
    const unit = { K: 1 / 3.6, M: 1, N: KNOT, S: 1609.344 / 3600 }[String(f["speed_unit"])];
    const angle = valid ? number(f["angle_deg"]) : null;
    const speed = valid && unit !== undefined ? times(f["speed"], unit) : null;
    return f["ref"] === "T"
      ? { valid, wind_angle_true: angle, wind_speed_true: speed }
      : { valid, wind_angle: angle, wind_speed: speed };
  },
  MWD: (f) => ({
    wind_direction: number(f["dir_true_deg"]),
    wind_direction_magnetic: number(f["dir_mag_deg"]),
    wind_speed_true: number(f["speed_ms"]) ?? times(f["speed_kn"], KNOT),
  }),
  GST: (f) => ({
    utc_time: text(f["time"]),
    range_residual: number(f["rms"]),
    ellipse_major: number(f["sd_major_m"]),
    ellipse_minor: number(f["sd_minor_m"]),
    ellipse_orientation: number(f["orient_deg"]),
    latitude_error: number(f["sd_lat_m"]),
    longitude_error: number(f["sd_lon_m"]),
    altitude_error: number(f["sd_alt_m"]),
  }),
  GBS: (f) => ({
    utc_time: text(f["time"]),
    latitude_error: number(f["err_lat_m"]),
    longitude_error: number(f["err_lon_m"]),
    altitude_error: number(f["err_alt_m"]),
    failed_satellite: number(f["sat"]),
  }),
  XDR: (f) => {
    const raw = f["raw"] as readonly string[];
    const values: Record<string, number | null> = {};
    for (let at = 0; at + 4 <= raw.length; at += 4)
      values[`transducer_${raw[at + 3]?.toLowerCase()}`] = raw[at + 1] === "" ? null : Number(raw[at + 1]);
    return values;
  },
};
