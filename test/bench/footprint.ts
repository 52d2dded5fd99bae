/**
 * npm run bench:footprint [-- --short] [-- --json]
 *
 * What the packed agent takes: of the disk, of time until its first reading, and of memory. Fails if an aim is missed, but for
 * that of time, which says as much of the machine.
 *
 * Memory is the proportional set size of all its processes: a page that they share counts once, one that belongs to nobody but
 * them is `anonymous`. Before each start the binary is put out of the page cache: one that was just written lies there in larger
 * pieces than one that a booting host has read, and larger pieces are counted whole.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Subscriber } from "zeromq";
import { median } from "./rows.ts";
import { memoryMb, type Memory } from "./process-tree.ts";

const ROOT = join(import.meta.dirname, "../..");
const BINARY = join(ROOT, `dist/dunlin-linux-${process.arch}`);
const RECORDING = join(ROOT, "test/recordings/nmea0183-boat.rec");
const DRIVERS = ["nmea0183", "pms5003", "json-lines"];

const { values } = parseArgs({ options: { short: { type: "boolean" }, json: { type: "boolean" } } });
const STARTS = values.short ? 5 : 15;
/** An agent gives back what its start needed after five seconds, and after a minute. */
const IDLE_MS = values.short ? 20_000 : 90_000;
const COUNTS = values.short ? [1, 32] : [1, 8, 32];
/** A recording of 4 readings a second, played this much faster. */
const SPEED = 5;

const FIRST_READING = "first reading after, ms";

/** What it may be at most, on x64. */
const AIMS: Readonly<Record<string, number>> = {
  ".deb, MB": 36,
  [FIRST_READING]: 500,
  "1 device, idle, PSS MB": 85,
  "1 device, idle, anonymous MB": 45,
  "32 devices, idle, PSS MB": 110,
};

if (!existsSync(BINARY)) throw new Error(`there is no ${BINARY}: npm run package`);
process.env["DUNLIN_BINARY"] = BINARY;
const { startCliAgent } = await import("../support/cli-agent.ts");

const figures = new Map<string, number>();
for (const [name, file] of files()) figures.set(name, statSync(file).size / 1e6);
figures.set(FIRST_READING, median(await repeat(STARTS, firstReadingMs)));
for (const load of ["idle", "loaded"] as const)
  for (const count of COUNTS) {
    const { pss, anonymous } = await memoryOf(count, load);
    const what = `${count} device${count === 1 ? "" : "s"}, ${load}`;
    figures.set(`${what}, PSS MB`, pss).set(`${what}, anonymous MB`, anonymous);
  }
tell();

function files(): [name: string, file: string][] {
  const debian = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  return [
    ["binary, MB", BINARY],
    [".deb, MB", join(ROOT, `dist/dunlin_${version}-1_${debian}.deb`)],
  ];
}

/** From the start of the process to the first reading at a subscriber that was there before. */
async function firstReadingMs(): Promise<number> {
  forget();
  const subscriber = new Subscriber({ reconnectInterval: 2, linger: 0 });
  subscriber.subscribe("telemetry/");
  const startMs = performance.now();
  const agent = await startCliAgent(configOf(1, "idle"));
  subscriber.connect(agent.client.endpoints.telemetry);
  await subscriber.receive();
  const tookMs = performance.now() - startMs;
  subscriber.close();
  await agent.close();
  return tookMs;
}

async function memoryOf(count: number, load: "idle" | "loaded"): Promise<Memory> {
  forget();
  const agent = await startCliAgent(configOf(count, load), { env: unitEnvironment() });
  const reading = load === "loaded" ? readAll(agent.client.endpoints.telemetry) : undefined;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const memory = memoryMb([agent.cli.child.pid ?? 0]);
  reading?.close();
  await agent.close();
  return memory;
}

function readAll(endpoint: string): Subscriber {
  const subscriber = new Subscriber({ linger: 0 });
  subscriber.subscribe("");
  subscriber.connect(endpoint);
  void (async () => {
    for await (const _ of subscriber);
  })();
  return subscriber;
}

/** As the service has it: it is what keeps malloc frugal. */
function unitEnvironment(): Record<string, string> {
  const unit = readFileSync(join(ROOT, "systemd/dunlin.service"), "utf8");
  const [, line = ""] = /^Environment=(MALLOC.*)$/m.exec(unit) ?? [];
  return Object.fromEntries(line.split(" ").map((pair) => pair.split("=")) as [string, string][]);
}

/** Idle: simulated devices, which send about once a second. Loaded: a GPS, 20 readings a second each. */
function configOf(count: number, load: "idle" | "loaded"): string {
  const devices = Array.from({ length: count }, (_, at) =>
    load === "idle"
      ? `  d${at}: { driver: ${DRIVERS[at % DRIVERS.length]}, port: "sim://" }`
      : `  d${at}: { driver: nmea0183, port: "file://${RECORDING}?speed=${SPEED}&loop" }`,
  );
  return `devices:\n${devices.join("\n")}\n`;
}

/** Puts the binary out of the page cache (coreutils' dd: posix_fadvise(2), POSIX_FADV_DONTNEED). */
function forget(): void {
  execFileSync("dd", [`if=${BINARY}`, "iflag=nocache", "count=0", "status=none"]);
}

async function repeat(times: number, work: () => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let at = 0; at < times; at++) results.push(await work());
  return results;
}

function tell(): void {
  if (values.json) console.log(JSON.stringify(Object.fromEntries(figures)));
  for (const [name, value] of figures) {
    const aim = AIMS[name];
    const verdict = aim === undefined ? "" : `   aim ${aim}${value > aim ? ", MISSED" : ""}`;
    if (!values.json) console.log(`${name.padEnd(34)} ${value.toFixed(1).padStart(7)}${verdict}`);
    if (aim !== undefined && value > aim && name !== FIRST_READING) process.exitCode = 1;
  }
}
