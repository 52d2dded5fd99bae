import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Reading } from "../../src/message/index.ts";
import { Collector } from "../support/agent.ts";
import { RunningCli } from "../support/cli.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { replayAll } from "../support/replay.ts";

const HOSE = join(import.meta.dirname, "../support/firehose.mjs");
/** In CI; `npm run test:crash` sets more. */
const KILLS = Number(process.env["DUNLIN_KILLS"] ?? 10);
const PER_SECOND = 1_000;
const AT_MOST_MS = 1_500;

type Line =
  | ({ readonly kind: "telemetry" } & Reading)
  | { readonly kind: "lost"; readonly epoch: number; readonly from: number; readonly to?: number };

t.test(
  `${KILLS} times kill -9 at any moment, of the agent under ${PER_SECOND} readings/s or of the subscriber`,
  { timeout: 60_000 + KILLS * 15_000 },
  async (t) => {
    const folder = t.testdir();
    const output = join(folder, "readings.jsonl");
    const test = await startCliAgent(
      `clock: synced\ncomponents:\n  hose: { command: [${process.execPath}, ${HOSE}, "${PER_SECOND}", ${join(folder, "ran")}] }\n`,
    );
    t.teardown(() => test.close());
    const watcher = new Collector(test.client, ["state/pi/"]);
    const args = ["sub", "pi/hose", "-a", test.address, "--json", "--from", "start"];
    const subscribe = (): RunningCli =>
      new RunningCli([...args, "--durable", "crash", "--output", output], {
        env: { XDG_STATE_HOME: folder },
      });
    let subscriber = subscribe();
    t.teardown(() => subscriber.stop("SIGKILL"));

    const somethingDurable = async (): Promise<void> => {
      const before = watcher.messages.length;
      await watcher.first("a heartbeat with something durable", (message) => {
        const isNew = watcher.messages.indexOf(message) >= before;
        return isNew && message.kind === "state" && (message.state.durable["hose"] ?? 0) > 0;
      });
    };
    for (let kill = 0; kill < KILLS; kill++) {
      await somethingDurable();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * AT_MOST_MS));
      if (kill % 2 === 0) {
        await subscriber.stop("SIGKILL");
        subscriber = subscribe();
      } else {
        await test.cli.stop("SIGKILL");
        await test.restart();
      }
    }

    await somethingDurable();
    const { readings, lost } = await replayAll(test.client, "hose");
    const lines = (): Line[] => linesOf(output);
    const last = readings.at(-1);
    for (let seen = lines(); !reaches(seen, last); seen = lines())
      await new Promise((resolve) => setTimeout(resolve, 200));
    await subscriber.stop("SIGKILL");

    const got = lines().filter((line) => line.kind === "telemetry");
    t.ok(
      got.every((one, i) => i === 0 || isAfter(one, got[i - 1])),
      "in order, none twice",
    );
    const numbers = new Set(got.map(({ epoch, seq }) => `${epoch}/${seq}`));
    const missing = readings.filter(({ epoch, seq }) => !numbers.has(`${epoch}/${seq}`));
    t.same(missing, [], "every reading of the journal is there");
    t.ok(
      got.every(({ seq, values }) => values["n"] === seq),
      "each is what was sent",
    );
    t.same(lost, [], "and the journal has no gap");
    t.same(unexplained(lines()), [], "each gap is explained");
    for (const message of watcher.messages)
      if (message.kind === "state") {
        const { epoch, durable } = message.state;
        const seq = durable["hose"] ?? 0;
        if (epoch <= (last?.epoch ?? 0) && seq > 0 && !numbers.has(`${epoch}/${seq}`))
          t.fail(`${epoch}/${seq} was said to be durable`);
      }
    t.comment(
      `note: ${got.length} readings in ${last?.epoch} epochs, ${KILLS} kills, ${lines().length - got.length} ranges lost`,
    );
  },
);

/** The last line may be half written. */
function linesOf(file: string): Line[] {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

function reaches(lines: readonly Line[], last: Reading | undefined): boolean {
  const newest = lines.findLast((line) => line.kind === "telemetry");
  return last === undefined || (newest !== undefined && !isAfter(last, newest));
}

function isAfter(
  one: { readonly epoch: number; readonly seq: number },
  other: { readonly epoch: number; readonly seq: number } | undefined,
): boolean {
  return !other || one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq);
}

/** Steps within an epoch that no lost range covers. */
function unexplained(lines: readonly Line[]): string[] {
  const gaps: string[] = [];
  let at = { epoch: 0, seq: 0 };
  for (const line of lines) {
    if (line.epoch !== at.epoch) at = { epoch: line.epoch, seq: 0 };
    const from = line.kind === "lost" ? line.from : line.seq;
    if (from !== at.seq + 1) gaps.push(`${line.epoch}: ${at.seq + 1} to ${from - 1}`);
    at = { epoch: line.epoch, seq: line.kind === "lost" ? (line.to ?? from) : line.seq };
  }
  return gaps;
}
