import { join } from "node:path";
import t from "tap";
import { freeBasePort } from "../support/agent.ts";
import { kill, start } from "../support/program.ts";
import { isLink, ToldLines } from "../support/told-lines.ts";

t.setTimeout(120_000);

const support = (name: string): string => join(import.meta.dirname, "../support", name);
const BLOCKED_MS = 6_000;
/** Three heartbeats, and room for a slow machine. */
const LOST_MS = 5_000;
const RESUMED_MS = 4_000;

t.test(
  "a peer whose event loop hangs is lost, though its I/O thread keeps the connection alive",
  async (t) => {
    const port = String(await freeBasePort());
    const publisher = start(process.execPath, [support("publisher.ts"), "127.0.0.1", port]);
    t.teardown(() => kill(publisher));
    const peer = new ToldLines(publisher.stdout);
    const watcher = start(process.execPath, [support("link-watcher.ts"), `127.0.0.1:${port}`, "pi"]);
    t.teardown(() => kill(watcher));
    const subscriber = new ToldLines(watcher.stdout);
    await subscriber.first("heartbeats", 0, isLink("live"));

    publisher.stdin?.write(`${BLOCKED_MS}\n`);
    const { atMs: blockedMs } = await peer.first("the block", 0, (told) => told.blocked === true);
    const { atMs: lostMs } = await subscriber.first("the loss", blockedMs, isLink("lost"));
    const { atMs: goesOnMs } = await peer.first("its end", blockedMs, (told) => told.blocked === false);
    const { atMs: liveMs } = await subscriber.first("life", lostMs, isLink("live"));
    t.comment(
      `note: lost ${Math.round(lostMs - blockedMs)} ms after the block began, live ${Math.round(liveMs - goesOnMs)} ms after it ended`,
    );
    t.ok(lostMs - blockedMs < LOST_MS, "lost within three heartbeats");
    t.ok(liveMs > goesOnMs - 50, "a connection alone is no life");
    t.ok(liveMs - goesOnMs < RESUMED_MS, "live again at once");
  },
);
