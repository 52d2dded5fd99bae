import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { Network, noNetworks } from "../support/network.ts";
import { memoryByProcess, slopePerHour } from "../support/memory.ts";

const HOSE = join(import.meta.dirname, "../support/firehose.mjs");
const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");
const MINUTES = Number(process.env["DUNLIN_SOAK_MINUTES"] ?? 10);
const PER_SECOND = 2_000;
/** The link is up and silent in turn, each for a time between these. */
const FLAP_MS = { least: 3_000, most: 12_000 };
const SAMPLE_MS = 2_000;
/** Caches fill and the heap finds its size in the first part. */
const SETTLING_SHARE = 1 / 3;

/** A line of durable-subscriber.ts. */
interface Seen {
  readonly readings: number;
  readonly disorder: number;
  readonly unexplained: number;
  readonly lost: number;
  readonly epoch: number;
  readonly seq: number;
  readonly replayed: number;
  readonly rssBytes: number;
}

t.test(
  `${MINUTES} min at ${PER_SECOND} readings/s over a link that comes and goes`,
  { skip: noNetworks, timeout: (MINUTES + 5) * 60_000 },
  async (t) => {
    // Short: a socket's path may have 107 bytes.
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, "agent.yaml");
    writeFileSync(
      config,
      `name: pi
clock: synced
log: { level: error, format: text }
listen: { address: ${Network.near}, insecure: true }
components:
  hose: { command: [${process.execPath}, ${HOSE}, "${PER_SECOND}", ${join(folder, "ran")}] }
`,
    );
    const network = Network.open(t);
    const agent = network.node("near", [MAIN, "agent", "-c", config], {
      STATE_DIRECTORY: join(folder, "state"),
      RUNTIME_DIRECTORY: join(folder, "run"),
      // As the systemd unit and the binary have it.
      MALLOC_ARENA_MAX: "1",
      MALLOC_MMAP_THRESHOLD_: "32768",
      NODE_OPTIONS: "--max-semi-space-size=4",
    });
    const subscriber = network.node("far", [
      join(import.meta.dirname, "../support/durable-subscriber.ts"),
      `tcp://${Network.near}:5555`,
      "pi/hose",
    ]);
    let seen: Seen | undefined;
    createInterface(subscriber.stdout).on("line", (line) => {
      seen = JSON.parse(line) as Seen;
      if (process.env["DUNLIN_SOAK_VERBOSE"]) process.stderr.write(`${line}\n`);
    });
    while (!seen || seen.readings === 0) await wait(500);

    const startMs = performance.now();
    const endMs = startMs + MINUTES * 60_000;
    const memory = new Map<string, [seconds: number, bytes: number][]>();
    const sampler = setInterval(() => {
      const seconds = (performance.now() - startMs) / 1_000;
      for (const [title, bytes] of [
        ...memoryByProcess(agent.pid ?? 0),
        ["subscriber", seen?.rssBytes ?? 0],
      ] as const)
        memory.set(title, [...(memory.get(title) ?? []), [seconds, bytes]]);
      if (process.env["DUNLIN_SOAK_VERBOSE"])
        process.stderr.write(
          `${seconds.toFixed(0)} ${[...memory].map(([title, points]) => `${title.slice(-14)} ${((points.at(-1)?.[1] ?? 0) / 1e6).toFixed(1)}`).join(", ")}\n`,
        );
    }, SAMPLE_MS);
    let cuts = 0;
    for (; performance.now() < endMs; cuts++) {
      await wait(between(FLAP_MS));
      network.silence();
      await wait(between(FLAP_MS));
      network.restore();
    }
    clearInterval(sampler);

    // The last readings are durable a second after they came, and then it has caught up.
    const target = seen.seq;
    const perCut = PER_SECOND * (FLAP_MS.most / 1_000);
    while (seen.seq < target + 2 * perCut) await wait(1_000);
    const settled = (points: readonly [number, number][]): [number, number][] =>
      points.slice(Math.floor(points.length * SETTLING_SHARE));
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
    for (const [title, points] of memory)
      t.comment(
        `note: ${title}: ${megabytes(points.at(-1)?.[1] ?? 0)} MB, ${megabytes(slopePerHour(settled(points)))} MB/h after the first third`,
      );
    t.comment(
      `note: ${seen.readings} readings, ${seen.replayed} by replay, ${cuts} cuts, ${seen.lost} reported lost`,
    );
    t.equal(seen.disorder, 0, "in order, none twice");
    t.equal(seen.unexplained, 0, "no gap that was not explained");
    t.equal(seen.lost, 0, "and nothing lost at all");
    const most = (points: readonly [number, number][]): number =>
      Math.max(...points.map(([, bytes]) => bytes));
    for (const [title, points] of memory) {
      const half = Math.floor(points.length / 2);
      t.ok(most(points.slice(half)) < most(points.slice(0, half)) * 1.25 + 20e6, `${title} does not grow`);
    }
  },
);

function between({ least, most }: { readonly least: number; readonly most: number }): number {
  return least + Math.random() * (most - least);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
