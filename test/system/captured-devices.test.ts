import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver } from "../../src/device/index.ts";
import { capturesOf } from "../devices/captures.ts";
import { settingsOf } from "../devices/settings.ts";
import { Collector } from "../support/agent.ts";
import { startCliAgent, statusOf, type CliAgent } from "../support/cli-agent.ts";
import { openPty, type Pty } from "../support/pty.ts";

/** One recording of each device that speaks by itself. */
const CASES: readonly (readonly [driver: string, capture: string, settings?: object, protocol?: string])[] = [
  ["a02yyuw", "derived-stream"],
  ["dsmr-p1", "dsmrparser-v5_two_mbus"],
  ["enocean-esp3", "kipe-eep"],
  ["nmea0183", "tn204"],
  ["pms5003", "pypms-pmsx003"],
  ["sds011", "pypms-sds01x"],
  ["sml", "apollon-ttyusb0-2"],
  ["teleinfo", "enedis-checksum-standard", { mode: "standard" }],
  ["ubx", "gpsd-ublox-neo-m8n"],
  ["vedirect", "mppsolar-smartshunt-4"],
  ["json-lines", "json-lines", {}, "arduino-text"],
  ["maxbotix", "derived-stream"],
  ["resol-vbus", "resol-vbus-live"],
  ["rflink", "protocol-samples"],
];
/** What a port that is opened in the middle of something sees first. */
const NOISE = Buffer.from("00ff80a55a13", "hex");
/** As much of a recording as takes so long at its line's speed, s. */
const SECONDS = 6;
const TICK_MS = 20;

interface Played {
  readonly device: string;
  readonly driver: Driver<unknown>;
  readonly settings: unknown;
  readonly bytes: Buffer;
  readonly pty: Pty;
  /** What the driver makes of the same bytes, checked against the recording's own values by the conformance tests. */
  readonly wanted: readonly unknown[];
}

const played: Played[] = [];
for (const [name, capture, given = {}, protocol = name] of CASES) {
  const found = capturesOf(protocol).find((one) => one.name === capture);
  const load = DRIVERS[name];
  if (!found || !load) continue;
  const driver = (await load()) as unknown as Driver<unknown>;
  const settings = settingsOf(driver, given);
  const most = (driver.line.baudRate / 10) * SECONDS;
  const bytes = found.bytes.subarray(0, most);
  const session = driver.open(settings);
  const events = [...session.push(Buffer.concat([NOISE, bytes])), ...(session.wake?.() ?? [])];
  const wanted = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  played.push({ device: name, driver, settings: given, bytes, pty: openPty(name), wanted });
}

t.test(
  "recorded devices, through a terminal at their own speed, with noise before them",
  { timeout: 120_000 },
  async (t) => {
    if (played.length === 0) return t.comment("there are no recordings here");
    t.teardown(() => played.forEach(({ pty }) => pty.close()));
    const devices = played.map(
      ({ device, pty, settings }) =>
        `  ${device}: { driver: ${device}, port: "${pty.path}", settings: ${JSON.stringify(settings)} }`,
    );
    const agent = await startCliAgent(`clock: synced\ndevices:\n${devices.join("\n")}\n`);
    t.teardown(() => agent.close());
    const collector = new Collector(agent.client, ["telemetry/", "state/"]);
    await collector.subscribed();
    await Promise.all(played.map((one) => untilHeard(agent, one)));
    await Promise.all(played.map((one) => play(one)));
    for (const { device, wanted } of played) {
      t.ok(wanted.length > 0, `${device}: there are readings in it`);
      const enough = (): boolean => collector.telemetry(device).length >= wanted.length;
      await collector.first(`all of ${device}`, enough).catch(() => undefined);
      t.same(
        collector.telemetry(device).map(({ values }) => values),
        wanted,
        device,
      );
    }
  },
);

/** A port that is not open yet does not hear: noise again and again, until some has come. */
async function untilHeard(agent: CliAgent, { device, pty }: Played): Promise<void> {
  for (;;) {
    await pty.write(NOISE);
    const { devices } = await statusOf(agent);
    if ((devices[device]?.counters?.["bytes"] ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** At the line's pace: ten bits a byte. */
async function play({ driver, bytes, pty }: Played): Promise<void> {
  const piece = Math.max(1, Math.round((driver.line.baudRate / 10) * (TICK_MS / 1_000)));
  for (let at = 0; at < bytes.length; at += piece) {
    await pty.write(bytes.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}
