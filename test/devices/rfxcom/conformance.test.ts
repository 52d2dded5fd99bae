import t from "tap";
import { rfxcom } from "../../../devices/rfxcom/driver.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import { capturesOf, type Expected } from "../captures.ts";
import { settingsOf } from "../settings.ts";

/** A packet as it was recorded, its fields, and what the recording's own tests say of it, as texts. */
interface Case {
  readonly hex: string;
  readonly fields: Readonly<Record<string, Value>>;
  readonly fixture: Readonly<Record<string, string>>;
  readonly title: string;
}

const TRANSMITTER_MESSAGE = "02";

for (const { name, bytes, expected } of capturesOf("rfxcom"))
  t.test(`rfxcom ${name}`, async (t) => {
    const cases = casesOf(expected);
    t.not(cases.length, 0);
    for (const one of cases) {
      const found = readingsOf(Buffer.from(one.hex, "hex"));
      const isReading = one.hex.slice(2, 4) !== TRANSMITTER_MESSAGE;
      t.equal(found.length, isReading ? 1 : 0, one.hex);
      const [values] = found;
      if (!values) continue;
      const wanted = wantedOf(one);
      const names = Object.keys(wanted);
      t.strictSame(rounded(values, names), rounded(wanted, names), `${one.hex}: ${one.title}`);
      t.equal(Object.values(values).includes(undefined as never), false);
    }
    const all = cases.filter(({ hex }) => hex.slice(2, 4) !== TRANSMITTER_MESSAGE);
    t.equal(
      readingsOf(Buffer.from(bytes.toString("latin1").replaceAll(/\s/g, ""), "hex")).length,
      all.length,
    );
  });

function casesOf({ cases }: Expected): readonly Case[] {
  return cases as readonly Case[];
}

/** All that comes of the bytes, and of the pause after them. */
function readingsOf(bytes: Buffer): readonly Values[] {
  const session = rfxcom.open(settingsOf(rfxcom));
  const events: DriverEvent[] = [...session.push(bytes)];
  for (let tick = 0; tick < 2; tick++) events.push(...(session.wake?.() ?? []));
  const discarded = events.filter(({ type }) => type === "discard");
  const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  t.equal(readings.length === 0 || discarded.length === 0, true, "nothing is discarded beside a reading");
  return readings;
}

const STATUSES = ["normal", "comfort", "dry", "wet"];

/** Their names of the fields, and ours. What is not here has no value of its own in a reading, or is below. */
const NAMES: Readonly<Record<string, string>> = {
  unitCode: "unit",
  commandNumber: "command_number",
  level: "level",
  rssi: "rssi",
  battery: "battery_level",
  temperature: "temperature",
  humidity: "humidity",
  direction: "wind_direction",
  averageSpeed: "wind_speed",
  gustSpeed: "wind_gust",
  count: "count",
  power: "power",
};

const sameId = (id: Value): string => String(id).replace(/^0x/, "").toLowerCase();

function wantedOf({ hex, fields, fixture }: Case): Record<string, Value> {
  const subtype = Number(fields["subtype"]);
  const wanted: Record<string, Value> = { sequence: Number(fields["seq"]) };
  for (const [theirs, value] of Object.entries(fields)) {
    const name = NAMES[theirs];
    if (name !== undefined) wanted[name] = value;
    if (theirs === "id") wanted["sender"] = sameId(value);
    if (theirs === "houseCode") wanted["sender"] = value;
    if (theirs === "humidityStatus") wanted["humidity_status"] = STATUSES[Number(value)] ?? null;
    if (theirs === "energy_raw" && Number(fields["count"]) === 0) wanted["energy"] = Number(value) / 223.666;
  }
  const type = hex.slice(2, 4);
  // Without the fields that these makes do not have, though there is a place for them.
  if (type === "56" && subtype === 5) delete wanted["wind_speed"];
  if (type === "56" && subtype === 8) delete wanted["wind_direction"];
  if (type === "55") Object.assign(wanted, rainOf(subtype, fields));
  return { ...wanted, ...fixtureOf(type, fixture) };
}

/** Rain as the recording has it, before it is scaled. */
function rainOf(subtype: number, fields: Case["fields"]): Record<string, Value> {
  const rate = Number(fields["rainfallRate_raw"]);
  const total = [6, 8, 9].includes(subtype) ? {} : { rain_total: Number(fields["rainfall_raw"]) / 10 };
  if (subtype === 1) return { ...total, rain_rate: rate };
  return subtype === 2 ? { ...total, rain_rate: rate / 100 } : total;
}

/** What the recording's own tests expect: texts of numbers, some of them followed by their decimals. */
const FIXTURES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  chillfactor: "wind_chill",
  gustSpeed: "wind_gust",
  rainfallRate: "rain_rate",
  rainfallIncrement: "rain_counter",
  batteryLevel: "battery_level",
  rssi: "rssi",
  commandNumber: "command_number",
  unitCode: "unit",
  level: "level",
  repeatCount: "repeat",
  batteryVoltage: "supply_voltage",
  count: "count",
  power: "power",
  energy: "energy",
  weight: "weight",
  puissanceApparente: "apparent_power",
  tensionMoyenne: "voltage",
  indexTariffaireEnCours: "tariff",
  insolation: "irradiance",
  alert: "alert",
};
/** Byron's melodies are numbers of commands there. */
const CHIME: Readonly<Record<string, string>> = { ...FIXTURES, commandNumber: "sound" };
const TEXTS: Readonly<Record<string, string>> = { identifiantCompteur: "meter", groupCode: "house" };
/** They write these in another way, or as two of our values. */
const OTHER_IDS = new Set(["10"]);

function fixtureOf(type: string, fixture: Case["fixture"]): Record<string, Value> {
  const wanted: Record<string, Value> = {};
  const names = type === "16" ? CHIME : FIXTURES;
  for (const [theirs, value] of Object.entries(fixture)) {
    const name = names[theirs];
    const [number = ""] = value.split(", ");
    if (name !== undefined) wanted[name] = Number(number);
    if (TEXTS[theirs] !== undefined) wanted[TEXTS[theirs]] = value;
  }
  const { id, subtype, message } = fixture;
  if (id !== undefined && !OTHER_IDS.has(type) && !(type === "17" && subtype === "3"))
    wanted["sender"] = sameId(id);
  if (type === "70" && message !== undefined)
    wanted[subtype?.endsWith("TEMP") ? "temperature" : "raw_value"] = Number(message);
  return wanted;
}

const MILLIONTHS = 1_000_000;

function rounded(values: Values, names: readonly string[]): Record<string, Value | undefined> {
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name];
      return [name, typeof value === "number" ? Math.round(value * MILLIONTHS) / MILLIONTHS + 0 : value];
    }),
  );
}
