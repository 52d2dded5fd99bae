import { join } from "node:path";
import t from "tap";
import { startCliAgent } from "../support/cli-agent.ts";
import { kill, start } from "../support/program.ts";
import { isLink, isSeq, ToldLines } from "../support/told-lines.ts";

t.setTimeout(120_000);

const WATCHER = join(import.meta.dirname, "../support/link-watcher.ts");
const STOPPED_MS = 6_000;
/** Three heartbeats, and room for a slow machine. */
const LOST_MS = 5_000;
const RESUMED_MS = 4_000;

t.test(
  "an agent that is stopped by SIGSTOP is lost to its subscriber, and live again when it goes on",
  async (t) => {
    const agent = await startCliAgent();
    t.teardown(() => agent.close());
    const watcher = start(process.execPath, [WATCHER, agent.address, "pi/gps"]);
    t.teardown(() => kill(watcher));
    const subscriber = new ToldLines(watcher.stdout);
    await subscriber.first("readings", 0, isSeq);

    agent.cli.child.kill("SIGSTOP");
    const stoppedMs = performance.now();
    const going = new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    t.teardown(() => agent.cli.child.kill("SIGCONT"));
    const { atMs: lostMs } = await subscriber.first("the loss", stoppedMs, isLink("lost"));
    await going;
    t.equal(
      subscriber.last((told) => told.link !== undefined)?.link,
      "lost",
      "a connection alone is no life",
    );
    agent.cli.child.kill("SIGCONT");
    const goesOnMs = performance.now();
    const { atMs: liveMs } = await subscriber.first("life", goesOnMs, isLink("live"));
    const { atMs: readMs } = await subscriber.first("a reading", goesOnMs, isSeq);

    t.comment(
      `note: lost ${Math.round(lostMs - stoppedMs)} ms after SIGSTOP, live ${Math.round(liveMs - goesOnMs)} ms and a reading ${Math.round(readMs - goesOnMs)} ms after SIGCONT`,
    );
    t.ok(lostMs - stoppedMs < LOST_MS, "lost within three heartbeats");
    t.ok(readMs - goesOnMs < RESUMED_MS, "readings come again");
  },
);
