import t from "tap";
import { Collector, isReading } from "../support/agent.ts";
import { startCliAgent, statusOf, untilStatus } from "../support/cli-agent.ts";
import { openPty } from "../support/pty.ts";

const GOOD = "$GPHDT,123.4,T*31\r\n";

t.test(
  "broken checksums, half frames, wrong baud and 10 MB without an end: counted, and the next good line counts",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    const test = await startCliAgent(`
devices:
  gps: { driver: nmea0183, port: ${pty.path} }
  other: { driver: json-lines, port: sim:// }
`);
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    while (seen.telemetry("gps").length === 0) {
      await pty.write(GOOD);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const start = seen.telemetry("gps").length;
    await pty.write("$GPHDT,123.4,T*33\r\n$GPHDT,12");
    await pty.write(GOOD);
    await pty.write(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 89) & 0xff)));
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    for (let i = 0; i < 10; i++) await pty.write(megabyte);
    await pty.write(`\r\n${GOOD}`);
    await seen.first("the good lines after it all", () => seen.telemetry("gps").length >= start + 2, 60_000);
    const last = seen.telemetry("other").at(-1)?.seq ?? 0;
    await seen.first("the other device", isReading("other", last + 2));

    // Counters come once a second.
    const { devices } = await untilStatus(
      test,
      "the count of what was discarded",
      ({ devices }) => (devices["gps"]?.counters?.["discardedBytes"] ?? 0) > 10 * 1024 * 1024,
    );
    t.ok((devices["gps"]?.counters?.["discarded-checksum"] ?? 0) >= 1, "the wrong checksum");
    t.match(
      seen.telemetry("gps").every(({ values }) => values["heading"] === 123.4),
      true,
      "no wrong value came through",
    );
    t.equal((await statusOf(test)).components["bridge"]?.starts, 1, "the bridge was never lost");
  },
);
