import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";
import { openPty } from "../support/pty.ts";

/** Half a second each, for that is how often an absent node is looked for; `npm run test:unplug` is the long form, of 100. */
const UNPLUGS = Number(process.env["DUNLIN_UNPLUGS"] ?? 30);
/** By then the code is compiled and the caches are filled. */
const WARM = Math.min(20, Math.floor(UNPLUGS / 2));
/** The smallest nursery that V8 has: with the usual one the memory rises and falls by 10 MB. */
const STEADY_HEAP = { NODE_OPTIONS: "--max-semi-space-size=1" };
/** A port that is not let go holds at least its read buffer of 64 KiB. */
const PORT_BYTES = 64 * 1024;
const PAGE_BYTES = 4096;
/** The device prints this often, ms. */
const PRINT_MS = 20;

t.setTimeout(120_000);

/** An adapter under /dev/serial/by-id: the name stays, the node behind it is another one each time. */
class Adapter {
  readonly path: string;
  #pty = openPty();
  readonly #printing: NodeJS.Timeout;

  constructor(folder: string) {
    this.path = join(folder, "usb-Arduino_Uno_1-if00");
    symlinkSync(this.#pty.node, this.path);
    this.#printing = setInterval(() => void this.#pty.write('{"t":20}\n'), PRINT_MS);
  }

  get node(): string {
    return this.#pty.node;
  }

  /** @returns plugs it in again */
  unplug(): () => void {
    const old = this.#pty;
    // Made before the old one is gone, so that it cannot have its number.
    this.#pty = openPty();
    rmSync(this.path);
    old.close();
    return () => symlinkSync(this.#pty.node, this.path);
  }

  close(): void {
    clearInterval(this.#printing);
    this.#pty.close();
  }
}

function openFilesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentBytesOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]) * PAGE_BYTES;
}

t.test(`unplugged ${UNPLUGS} times and back under another name: online each time, and no leak`, async (t) => {
  const adapter = new Adapter(t.testdir());
  t.teardown(() => adapter.close());
  const test = await startCliAgent(`devices:\n  arduino: { driver: json-lines, port: ${adapter.path} }\n`, {
    env: STEADY_HEAP,
  });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a reading", isReading("arduino"));
  const { pid } = (await statusOf(test)).components["bridge"] ?? { pid: 0 };

  const files: number[] = [];
  const residentBytes: number[] = [];
  const backMs: number[] = [];
  for (let round = 1; round <= UNPLUGS; round++) {
    const { node } = adapter;
    const unplugged = seen.next("unplugged", isState("arduino", "unplugged"));
    const replug = adapter.unplug();
    await unplugged;
    t.not(adapter.node, node, `round ${round}`);
    const online = seen.next("online again", isState("arduino", "online"));
    const pluggedMs = performance.now();
    replug();
    await online;
    backMs.push(performance.now() - pluggedMs);
    files.push(openFilesOf(pid));
    residentBytes.push(residentBytesOf(pid));
  }

  t.equal(files.at(-1), files[WARM - 1], `${files.at(-1)} open files, as after ${WARM} rounds`);
  const grownBytes = (residentBytes.at(-1) ?? 0) - (residentBytes[WARM - 1] ?? 0);
  t.ok(grownBytes < (UNPLUGS - WARM) * PORT_BYTES, `${(grownBytes / 1e6).toFixed(1)} MB of memory more`);
  t.match(await statusOf(test), { components: { bridge: { starts: 1, pid } } });
  backMs.sort((one, other) => one - other);
  const [median, slowest] = [backMs[backMs.length >> 1], backMs.at(-1)];
  t.comment(
    `note: online ${median?.toFixed(0)} ms after it was plugged in, ${slowest?.toFixed(0)} at most; ${(grownBytes / 1e6).toFixed(1)} MB of memory more`,
  );
});
