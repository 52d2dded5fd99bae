import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ChildProcess } from "node:child_process";
import t, { type Test } from "tap";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";
import { treeBytes } from "../support/memory.ts";
import { kill, start } from "../support/program.ts";

const HOSE = join(import.meta.dirname, "../support/firehose.mjs");
const SUBSCRIBER = join(import.meta.dirname, "../support/durable-subscriber.ts");
/** In 15 s this is several times what all queues on the way hold. */
const PER_SECOND = 5_000;
const STOPPED_MS = 15_000;
/** 10 000 messages for the one that does not read, and the heaps of four processes that are two seconds old. What it missed would be 6 MB a second more. */
const GROWTH_BYTES = 100e6;

interface Seen {
  readonly readings: number;
  readonly disorder: number;
  readonly unexplained: number;
  readonly lost: number;
  readonly seq: number;
  readonly replayed: number;
}

class Subscriber {
  readonly child: ChildProcess;
  readonly #lines;
  seen: Seen | undefined;

  constructor(t: Test, address: string) {
    this.child = start(process.execPath, [SUBSCRIBER, address, "pi/hose"]);
    t.teardown(() => kill(this.child));
    if (!this.child.stdout) throw new Error("no output");
    this.#lines = createInterface(this.child.stdout);
    this.#lines.on("line", (line) => (this.seen = JSON.parse(line) as Seen));
  }

  async reaches(seq: number): Promise<Seen> {
    while (!this.seen || this.seen.seq < seq) await once(this.#lines, "line");
    return this.seen;
  }
}

for (const [how, stop, go] of [
  ["its event loop is blocked", "SIGUSR2", undefined],
  ["its process is stopped", "SIGSTOP", "SIGCONT"],
] as const)
  t.test(
    `a subscriber does not read for ${STOPPED_MS / 1_000} s at ${PER_SECOND} a second: ${how}`,
    async (t) => {
      const ran = join(t.testdir(), "ran");
      const test = await startCliAgent(
        `clock: synced\ncomponents:\n  hose: { command: [${process.execPath}, ${HOSE}, "${PER_SECOND}", ${ran}] }\n`,
      );
      t.teardown(() => test.close());
      await statusOf(test);
      const [slow, other] = [new Subscriber(t, test.address), new Subscriber(t, test.address)];
      await slow.reaches(2 * PER_SECOND);
      const before = treeBytes(test.cli.child.pid ?? 0);
      const stopped = (await other.reaches(1)).seq;
      slow.child.kill(stop);
      const at = await other.reaches(stopped + (PER_SECOND * STOPPED_MS) / 1_000);
      const grown = treeBytes(test.cli.child.pid ?? 0) - before;
      if (go) slow.child.kill(go);
      t.comment(`note: the agent's processes grew by ${(grown / 1e6).toFixed(1)} MB`);
      t.ok(grown < GROWTH_BYTES, "the agent's memory is bounded");
      const { replayed, ...exact } = await slow.reaches(at.seq + 2 * PER_SECOND);
      t.match(exact, { disorder: 0, unexplained: 0, lost: 0 }, "it has caught up and lost nothing");
      t.ok(replayed > PER_SECOND, "by replay");
      const last = await other.reaches(at.seq + 2 * PER_SECOND);
      t.match(last, { disorder: 0, unexplained: 0, lost: 0 }, "another one did not notice");
    },
  );
