import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { DRIVERS } from "../../devices/index.ts";
import type { Driver, DriverEvent } from "../../src/device/index.ts";
import { parsePortAddress } from "../../src/message/index.ts";
import { openPort } from "../../src/serial/index.ts";
import { settingsOf } from "../devices/settings.ts";
import { chunked } from "../support/chunks.ts";
import { dunlin } from "../support/cli.ts";
import { LINE } from "../support/line.ts";
import { openPty } from "../support/pty.ts";
import { seeded } from "../support/random.ts";
import { RecordingRun } from "../support/recording-run.ts";
import { SerialServer } from "../support/serial-server.ts";

/** Drivers of devices that speak by themselves, with frames that have a check, and without. */
const SPEAKING = ["json-lines", "nmea0183", "pms5003"];

const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
t.teardown(() => rmSync(folder, { recursive: true }));

for (const [name, load] of Object.entries(DRIVERS).filter(([each]) => SPEAKING.includes(each)))
  t.test(`${name}: what is recorded from a port gives the same readings as the port did`, async (t) => {
    const driver = (await load()) as unknown as Driver<unknown>;
    const settings = settingsOf(driver);
    const simulator = driver.simulate(settings, seeded(5));
    const session = driver.open(settings);
    const pty = openPty();
    t.teardown(() => pty.close());
    const run = await RecordingRun.start(t, pty.path, "--driver", name);
    const readings: unknown[] = [];
    let sent = 0;
    for (let i = 0; i < 6; i++) {
      const { bytes } = simulator.step();
      // As a UART gives it: in pieces, with time between them.
      for (const piece of chunked(bytes, [48])) {
        await pty.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 10));
        readings.push(...readingsOf(session.push(piece)));
        sent += piece.length;
      }
    }
    t.ok(readings.length >= 5, `${readings.length} readings`);
    await run.until("all bytes", () => run.bytes().length === sent);
    t.equal(await run.cli.stop("SIGINT"), 0);
    t.match(run.cli.stderr, new RegExp(`a\\.rec: ${run.bytes().length} bytes in [\\d.]+ s`));
    const { line } = driver;
    t.match(JSON.parse(/\{.*/.exec(readFileSync(run.file, "utf8"))?.[0] ?? ""), {
      port: pty.path,
      driver: name,
      line,
    });

    const replayed = await dunlin(["replay", run.file, "--json"]);
    t.equal(replayed.code, 0);
    const lines = replayed.stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    t.same(
      lines.flatMap(({ values }) => (values === undefined ? [] : [values])),
      readings,
    );

    const again = driver.open(settings);
    const played: unknown[] = [];
    const lost = Promise.withResolvers<unknown>();
    await openPort(
      parsePortAddress(`file://${run.file}?speed=0`),
      { line: LINE },
      {
        onChunk: (chunk) => {
          played.push(...readingsOf(again.push(chunk)));
        },
        onLost: lost.resolve,
      },
    );
    await lost.promise;
    t.same(played, readings, "as a port, too");
  });

function readingsOf(events: readonly DriverEvent[]): unknown[] {
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

t.test("a port that is lost is waited for, and the gap is in the file", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const run = await RecordingRun.start(t, pty.path, "--baud", "9600");
  await pty.write("before");
  await run.until("the first bytes", () => run.bytes().length === 6);
  pty.unplug();
  await run.until("the loss", () => run.cli.stderr.includes("was unplugged; waiting for it"));
  pty.replug();
  await run.until("the return", () => run.cli.stderr.includes("open again"));
  await pty.write("after");
  await run.until("the last bytes", () => run.bytes().length === 11);
  t.equal(await run.cli.stop(), 0);
  t.equal(run.bytes().toString(), "beforeafter");
  t.same(run.gaps(), [`${pty.path} was unplugged`, "open again"]);
  t.match(run.cli.stderr, /11 bytes in .*; the port was lost once/);
});

t.test("what was flushed is whole after kill -9", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  for (let i = 0; i < 3; i++) {
    const run = await RecordingRun.start(t, pty.path, "--baud", "115200");
    let sent = "";
    for (let line = 0; line < 200; line++) sent += `${i} ${line} abcdefghijklmnopqrstuvwxyz\n`;
    await pty.write(sent.slice(0, 3_000));
    await run.until("a flush", () => run.bytes().length === 3_000);
    await pty.write(sent.slice(3_000));
    await run.cli.stop("SIGKILL");
    const kept = run.bytes().toString();
    t.ok(sent.startsWith(kept) && kept.length >= 3_000, `${kept.length} of ${sent.length} bytes, in order`);
  }
});

t.test("it ends after so many bytes, exactly, or after so long", async (t) => {
  const server = await SerialServer.listen();
  t.teardown(() => server.die());
  const client = server.client();
  const run = await RecordingRun.start(t, `tcp://127.0.0.1:${server.port}`, "--bytes", "10");
  (await client).write("0123456789abcdef");
  t.equal(await run.cli.ended, 0);
  t.equal(run.bytes().toString(), "0123456789");
  const timed = await dunlin([
    "record",
    "sim://",
    join(folder, "timed.rec"),
    "--driver",
    "pms5003",
    "--duration",
    "1s",
  ]);
  t.match(timed, { code: 0, stderr: /timed\.rec: \d+ bytes in 1\.\d s/ });
});
