import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { RunningCli } from "../support/cli.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { openPty } from "../support/pty.ts";

const CAPTURES = process.env["DUNLIN_CAPTURES"] ?? join(import.meta.dirname, "../../../shared/captures");
const LOG = join(CAPTURES, "nmea0183/neo-m8n.bin");

/** Three fixes of our own, for a machine without the recordings: NMEA 0183, worked out by hand. */
const OWN_LOG = [
  "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
  "$GPGGA,123520,4807.040,N,01131.010,E,1,08,0.9,545.5,M,46.9,M,,*42",
  "$GPGGA,123521,3348.456,S,15112.345,W,1,08,0.9,12.0,M,46.9,M,,*7D",
];

/** Latitude and longitude of every GGA sentence, worked out here and not by the driver. */
function positions(log: string): [number, number][] {
  return log.split(/\r?\n/).flatMap((line): [number, number][] => {
    const [address = "", , lat = "", ns, lon = "", ew] = line.split(",");
    if (!/^\$..GGA$/.test(address) || lat === "") return [];
    const degrees = (text: string, digits: number): number =>
      Number(text.slice(0, digits)) + Number(text.slice(digits)) / 60;
    return [[degrees(lat, 2) * (ns === "S" ? -1 : 1), degrees(lon, 3) * (ew === "W" ? -1 : 1)]];
  });
}

t.test(
  "a recorded NMEA log through a pty gives the log's own positions through `dunlin sub --json`",
  async (t) => {
    const recorded = existsSync(LOG);
    if (!recorded) t.comment(`captures not found at ${CAPTURES}: three fixes of our own instead`);
    const log = recorded ? readFileSync(LOG, "latin1") : `${OWN_LOG.join("\r\n")}\r\n`;
    const expected = positions(log);
    t.ok(expected.length >= 3);

    const pty = openPty();
    t.teardown(() => pty.close());
    const test = await startCliAgent(`devices:\n  gps:\n    driver: nmea0183\n    port: ${pty.path}\n`);
    t.teardown(() => test.close());
    const sub = new RunningCli(["sub", "-a", test.address, "pi/gps", "--json", "--timeout", "60"]);
    t.teardown(() => sub.stop());
    const settled = lineThat(sub, (values) => values["sentence"] === "GPZDA");
    await untilSeen(settled, () => pty.write("$GPZDA,201530.00,04,07,2002,00,00*60\r\n"));

    await pty.write(Buffer.from(log, "latin1"));
    await pty.write("$GPHDT,123.4,T*31\r\n");
    await lineThat(sub, (values) => values["sentence"] === "GPHDT");
    const seen = valuesIn(sub.stdout).filter(({ sentence }) => String(sentence).endsWith("GGA"));
    t.equal(seen.length, expected.length);
    for (const [at, [latitude, longitude]] of expected.entries()) {
      t.ok(Math.abs(Number(seen[at]?.["latitude"]) - latitude) < 1e-9, `latitude ${latitude}`);
      t.ok(Math.abs(Number(seen[at]?.["longitude"]) - longitude) < 1e-9, `longitude ${longitude}`);
    }
  },
);

type Values = Record<string, unknown>;

function valuesIn(stdout: string): Values[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { values: Values }).values);
}

function lineThat(sub: RunningCli, fits: (values: Values) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (valuesIn(sub.stdout).some(fits)) resolve();
    };
    sub.child.stdout?.on("data", look);
    void sub.ended.then((code) => reject(new Error(`sub ended with ${code}: ${sub.stderr}`)));
    look();
  });
}

/** Neither the port nor the subscription tells when it is up: says the same again until it comes out at the other end. */
async function untilSeen(seen: Promise<void>, say: () => Promise<void>): Promise<void> {
  let done = false;
  void seen.then(() => (done = true));
  while (!done) {
    await say();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
