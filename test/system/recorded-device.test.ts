import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Collector } from "../support/agent.ts";
import { startCliAgent, untilStatus } from "../support/cli-agent.ts";

const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
t.teardown(() => rmSync(folder, { recursive: true }));

function record(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const chunks = lines.map((line, i) => `${i * 200} < ${Buffer.from(`${line}\r\n`).toString("hex")}`);
  writeFileSync(path, ["dunlin-recording 1 {}", ...chunks, ""].join("\n"));
  return path;
}

/** NMEA 0183, worked out by hand. */
const FIXES = [
  "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
  "$GPGGA,123520,4807.040,N,01131.010,E,1,08,0.9,545.5,M,46.9,M,,*42",
];

t.test("a recording stands for a device; several devices may have the same", async (t) => {
  const path = record("gps.rec", FIXES);
  const faulty = join(folder, "faulty.rec");
  writeFileSync(faulty, "$GPGGA,123519\n");
  const test = await startCliAgent(`devices:
  gps: { driver: nmea0183, port: "file://${path}?loop" }
  twin: { driver: nmea0183, port: "file://${path}?loop" }
  once: { driver: nmea0183, port: "file://${path}?speed=0" }
  absent: { driver: nmea0183, port: "file://${folder}/absent.rec" }
  faulty: { driver: nmea0183, port: "file://${faulty}" }
`);
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/pi/"]);
  for (const device of ["gps", "twin"])
    for (const time of ["12:35:19", "12:35:20", "12:35:19"])
      t.match(
        await seen.next(
          `${device} at ${time}`,
          (message) =>
            message.kind === "telemetry" &&
            message.device === device &&
            String(message.values["utc_time"]).startsWith(time),
        ),
        { values: { sentence: "GPGGA", valid: true } },
      );
  const { devices } = await untilStatus(test, "the end of the recording", (status) =>
    ["once", "absent"].every((name) => status.devices[name]?.state === "unplugged"),
  );
  t.match(devices["once"]?.reason, /gps\.rec is at its end, after 134 bytes; with \?loop it begins again/);
  t.equal(devices["once"]?.counters["readings"], (devices["once"]?.counters["bytes"] ?? 0) / 67);
  t.match(devices["faulty"], { state: "failed", reason: /faulty\.rec:1: this is no recording/ });
  t.match(devices["absent"]?.reason, /there is no recording .*absent\.rec/);
});
