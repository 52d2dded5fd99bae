import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { replayCommand } from "../../src/cli/replay-command.ts";
import { dunlin, type Ended } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const hex = (text: string): string => Buffer.from(text).toString("hex");

function written(header: object, lines: readonly string[]): string {
  const file = join(folder, "a.rec");
  writeFileSync(file, [`dunlin-recording 1 ${JSON.stringify(header)}`, ...lines, ""].join("\n"));
  return file;
}

function replay(header: object, lines: readonly string[], ...options: readonly string[]): Promise<Ended> {
  return dunlin(["replay", written(header, lines), ...options]);
}

const CSV = { driver: "json-lines", settings: { format: "csv", columns: ["temperature", "humidity"] } };
const ROWS = [`100 < ${hex("21.5,4")}`, `250 < ${hex("8\n22,49\nwet,\n")}`, `300 > ${hex("23,50\n")}`];

t.test("readings with their time, for people, and what was discarded", async (t) => {
  const { code, stdout, stderr } = await replay(CSV, ROWS);
  t.equal(code, 0);
  t.same(stdout.split("\n").slice(0, 2), [
    "     0.250 s  temperature=21.5 humidity=48",
    "     0.250 s  temperature=22 humidity=49",
  ]);
  t.match(stderr, /readings? of 19 bytes in 0\.3 s; discarded: /);
});

t.test("one JSON object a line, the last one a summary", async (t) => {
  const { stdout } = await replay(
    CSV,
    ROWS.slice(0, 1).concat(`250 < ${hex("8\n")}`, `250 < ${hex("}{\n")}`),
    "--json",
  );
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  t.same(lines[0], { kind: "reading", ms: 250, values: { temperature: 21.5, humidity: 48 } });
  t.match(lines.at(-1), { kind: "summary", ms: 250, bytes: 11 });
});

t.test("another driver and settings by option; the recording's settings are its own driver's", async (t) => {
  const set = ["--set", "format=csv", "--set", 'columns=["t","h"]'];
  t.match(await replay({ driver: "json-lines" }, ROWS, ...set), { code: 0, stdout: /t=21\.5 h=48/ });
  t.match(await replay({}, ROWS, "--driver", "json-lines", ...set), { code: 0, stdout: /t=21\.5 h=48/ });
  t.match(await replay(CSV, ROWS, "--set", 'columns=["a","b"]'), { code: 0, stdout: /a=21\.5 b=48/ });
  t.match(await replay(CSV, ROWS, "--driver", "pms5003"), { code: 1, stderr: /^0 readings of 19 bytes/ });
});

t.test("a gap is not joined over: what was half received before does not go on after", async (t) => {
  const lines = [ROWS[0] ?? "", "110 ! unplugged", "120 ! open again", `250 < ${hex("8\n22,49\n")}`];
  const { stdout } = await replay(CSV, lines, "--json");
  t.notMatch(stdout, "21.5");
  t.match(stdout, /"temperature":22,/);
});

t.test("nothing decoded is exit code 1, with the reasons", async (t) => {
  const { code, stdout, stderr } = await replay({ driver: "nmea0183" }, [`0 < ${hex("$GPZDA,1*00\r\n")}`]);
  t.equal(code, 1);
  t.equal(stdout, "");
  t.match(stderr, /0 readings of 13 bytes in 0 s; discarded: 1 checksum \(11 bytes\)/);
  t.match(stderr, /nmea0183 makes no reading of it: is it the right driver/);
});

t.test("what cannot be replayed is told, with file and line", async (t) => {
  const faulty = await replay(CSV, [`0 < ${hex("1,2\n")}`, "5 < 2"]);
  t.match(faulty, {
    code: 1,
    stderr: /a\.rec:3: expected bytes as pairs/,
    stdout: /temperature=1 humidity=2/,
  });
  const wrong = (header: object, options: { driver?: string; set?: string[] } = {}): Promise<unknown> =>
    replayCommand(written(header, ROWS), { set: [], ...options });
  await t.rejects(wrong({}), { code: "usage", message: /does not say for which driver it is: .*--driver/ });
  await t.rejects(wrong({ driver: "pms" }), {
    code: "driver-unknown",
    message: /no driver "pms": there are/,
  });
  await t.rejects(wrong(CSV, { set: ["format"] }), { code: "usage", message: /is not key=value/ });
  await t.rejects(wrong(CSV, { set: ["format=xml"] }), { code: "arguments-invalid", message: /"xml"/ });
  await t.rejects(wrong(CSV, { set: ["fromat=csv"] }), { code: "arguments-invalid", message: /fromat/ });
  const absent = replayCommand(join(folder, "absent.rec"), { set: [] });
  await t.rejects(absent, { code: "port-missing", message: /there is no recording/ });
  await t.rejects(replayCommand(folder, { set: [] }), { code: "port-failed", message: /is not a file/ });
  const known = join(import.meta.dirname, "../recordings/nmea0183-boat.rec");
  t.match(await dunlin(["replay", known, "--driver", "nmea"]), {
    code: 1,
    stderr: /no driver "nmea": there are .*nmea0183/,
  });
});
