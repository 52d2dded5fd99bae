import { spawnSync } from "node:child_process";
import t from "tap";
import { nmea0183 } from "../../devices/nmea0183/driver.ts";
import { NmeaSimulator } from "../../devices/nmea0183/simulator.ts";
import { ubx } from "../../devices/ubx/driver.ts";
import { UbxSimulator } from "../../devices/ubx/simulator.ts";
import type { Driver, Simulator } from "../../src/device/index.ts";
import type { Value, Values } from "../../src/message/index.ts";
import { capturesOf } from "../devices/captures.ts";
import { settingsOf } from "../devices/settings.ts";
import { seeded } from "../support/random.ts";

/**
 * Debian's gpsd reads the same logs as our drivers, by `gpsdecode`: gpsd's own decoders as a filter, without the daemon, a
 * port or its pace. Every fix that it tells must be one of ours, to the last digit that it prints.
 */

/** Time, position and velocity of one fix. gpsd_json(5), "TPV". */
interface Tpv {
  readonly class: string;
  readonly time?: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly altHAE?: number;
  readonly altMSL?: number;
  readonly speed?: number;
  readonly track?: number;
}
type Fix = Tpv & { readonly lat: number; readonly lon: number };

function fixesOfGpsd(log: Buffer): readonly Fix[] {
  const { stdout, status, error } = spawnSync("gpsdecode", ["--json"], {
    input: log,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`gpsdecode ended with ${status}`);
  return stdout
    .toString("latin1")
    .split("\n")
    .filter((line) => line.startsWith('{"class":"TPV"'))
    .map((line) => JSON.parse(line) as Tpv)
    .filter((tpv): tpv is Fix => tpv.lat !== undefined && tpv.lon !== undefined);
}

function readingsOf<Settings>(driver: Driver<Settings>, settings: object, log: Buffer): readonly Values[] {
  const events = driver.open(settingsOf(driver, settings)).push(log);
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

/** Half of gpsd's last digit, and of ours where we have one less. */
const TOLERANCE = { degrees: 2e-9, metres: 6e-5, metresPerSecond: 5.5e-4, course: 6e-5, ms: 1 } as const;

function near(ours: Value | undefined, theirs: number | undefined, tolerance: number): boolean {
  return theirs === undefined || (typeof ours === "number" && Math.abs(ours - theirs) <= tolerance);
}

const isAt = (values: Values, fix: Fix): boolean =>
  near(values["latitude"], fix.lat, TOLERANCE.degrees) &&
  near(values["longitude"], fix.lon, TOLERANCE.degrees);

/** Time of day, ms. gpsd shifts the date of receivers that have not survived the GPS week's rollover; we do not. */
function clockOf(time: Value | undefined): number | undefined {
  if (typeof time !== "string") return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = time
    .replace(/^.*T|Z$/g, "")
    .split(":")
    .map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1_000);
}

/** The readings of the instant of a fix; those without a time of their own belong to that of the same `time_of_week`. */
function atInstant(readings: readonly Values[], fix: Fix): readonly Values[] {
  const clock = clockOf(fix.time) ?? NaN;
  const timed = readings.filter((values) => {
    const ours = clockOf(values["utc"] ?? values["utc_time"]);
    return ours !== undefined && Math.abs(ours - clock) <= TOLERANCE.ms;
  });
  const weekTimes = new Set(timed.flatMap(({ time_of_week }) => time_of_week ?? []));
  return [
    ...timed,
    ...readings.filter((values) => !timed.includes(values) && weekTimes.has(values["time_of_week"] ?? NaN)),
  ];
}

/** What of a fix no reading of its instant agrees with. */
function disagreements(readings: readonly Values[], fix: Fix): readonly string[] {
  const instant = atInstant(readings, fix);
  const some = (is: (values: Values) => boolean): boolean => instant.some(is);
  const checks = {
    time: instant.length > 0,
    position: some((values) => isAt(values, fix)),
    altitude: some((values) => near(values["altitude"], fix.altMSL, TOLERANCE.metres)),
    speed: some((values) => near(values["speed"], fix.speed, TOLERANCE.metresPerSecond)),
  };
  return Object.entries(checks).flatMap(([what, agrees]) => (agrees ? [] : [what]));
}

function compare(t: Tap, readings: readonly Values[], fixes: readonly Fix[]): void {
  const amiss = fixes.flatMap((fix) => {
    const what = disagreements(readings, fix);
    return what.length > 0 ? [{ what, fix }] : [];
  });
  t.same(amiss, [], `${fixes.length} fixes`);
}

type Tap = Pick<typeof t, "same">;

function recorded(simulator: Simulator, cycles: number): Buffer {
  return Buffer.concat(Array.from({ length: cycles }, () => simulator.step().bytes));
}

t.test("the simulators' own logs: time, position, altitude and speed of every fix", async (t) => {
  for (const [driver, simulator] of [
    [nmea0183, new NmeaSimulator(seeded(3))],
    [ubx, new UbxSimulator(seeded(3))],
  ] as const) {
    const log = recorded(simulator, 30);
    const fixes = fixesOfGpsd(log);
    t.ok(new Set(fixes.map(({ time }) => time)).size >= 28, `${driver.name}: ${fixes.length} fixes`);
    compare(t, readingsOf(driver as Driver<unknown>, {}, log), fixes);
  }
});

/** Recordings of whole cycles: each fix of gpsd is of one instant. */
const WHOLE = {
  nmea0183: ["bt-q818", "cat-ms352", "gpsdf", "st-teseo-liv4f", "ublox-f9p-hpnmea", "ublox-zed-f9p-nmea"],
  ubx: ["gpsd-ublox-neo-m8l", "gpsd-ublox-neo-m8n", "gpsd-ublox-neo-m8p", "gpsd-ublox-zed-f9p-hp"],
} as const;

for (const driver of [nmea0183, ubx] as unknown as readonly Driver<unknown>[])
  for (const { name, bytes } of capturesOf(driver.name)) {
    if (!(WHOLE[driver.name as keyof typeof WHOLE] as readonly string[]).includes(name)) continue;
    t.test(`${name}: time, position, altitude and speed of every fix`, async (t) => {
      const fixes = fixesOfGpsd(bytes);
      t.ok(fixes.length > 5, `${fixes.length} fixes`);
      compare(t, readingsOf(driver, {}, bytes), fixes);
    });
  }

/** Sync, NAV class: recordings of receivers that mix UBX into their sentences, which gpsd takes and nmea0183 does not. */
const UBX_NAV = Buffer.from("b56201", "hex");

t.test("every recording of sentences: the position of every fix", async (t) => {
  let count = 0;
  for (const { name, bytes } of capturesOf("nmea0183")) {
    if (bytes.includes(UBX_NAV)) continue;
    const readings = readingsOf(nmea0183, {}, bytes).filter(({ latitude }) => typeof latitude === "number");
    // Before it has a time gpsd takes a position from sentences that say that there is no fix.
    const fixes = fixesOfGpsd(bytes).filter(({ time }) => time !== undefined);
    count += fixes.length;
    const astray = fixes.filter((fix) => !readings.some((values) => isAt(values, fix)));
    t.same(astray, [], name);
  }
  t.comment(`${count} fixes, all found among our readings`);
});

/** WGS 84, NIMA TR8350.2: semi-major axis in m, flattening. */
const ELLIPSOID = { a: 6_378_137, f: 1 / 298.257223563 } as const;

/** Where a fix is from the earth's centre, m. */
function cartesian({ lat, lon, altHAE = 0 }: Fix): readonly [number, number, number] {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  const e2 = ELLIPSOID.f * (2 - ELLIPSOID.f);
  const n = ELLIPSOID.a / Math.sqrt(1 - e2 * Math.sin(phi) ** 2);
  return [
    (n + altHAE) * Math.cos(phi) * Math.cos(lambda),
    (n + altHAE) * Math.cos(phi) * Math.sin(lambda),
    (n * (1 - e2) + altHAE) * Math.sin(phi),
  ];
}

t.test("NAV-SOL: gpsd's degrees are our coordinates from the earth's centre, to 1 cm", async (t) => {
  for (const { name, bytes } of capturesOf("ubx")) {
    if (!["gpsd-ublox-8-time", "gpsd-ublox-neo-m8t-s"].includes(name)) continue;
    const solutions = readingsOf(ubx, { messages: ["NAV-SOL"] }, bytes);
    const fixes = fixesOfGpsd(bytes);
    t.ok(fixes.length > 20, `${name}: ${fixes.length} fixes`);
    for (const fix of fixes) {
      const [x, y, z] = cartesian(fix);
      const isOurs = solutions.some(
        (values) =>
          near(values["ecef_x"], x, 0.01) &&
          near(values["ecef_y"], y, 0.01) &&
          near(values["ecef_z"], z, 0.01),
      );
      if (!isOurs) t.fail(`${name}: ${JSON.stringify(fix)}`);
    }
  }
});
