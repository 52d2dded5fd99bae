import { fstatSync } from "node:fs";
import t from "tap";
import { openJournalLog } from "../../src/systemd/index.ts";
import { Datagrams } from "../support/datagrams.ts";

/** As systemd.exec(5) has it, of our own standard error. */
function ownStream(): string {
  const { dev, ino } = fstatSync(2);
  return `${dev}:${ino}`;
}

t.test("the log goes to journald only if standard error does", async (t) => {
  t.equal(openJournalLog("info", {}), undefined);
  t.equal(openJournalLog("info", { JOURNAL_STREAM: "1:1" }), undefined);
});

t.test("a journald that is held up holds nobody up, and is told what it missed", async (t) => {
  const name = `@dunlin-test-journal-${process.pid}`;
  const journald = await Datagrams.open(name);
  t.teardown(() => journald.close());
  const log = openJournalLog("info", { JOURNAL_STREAM: ownStream() }, name)?.with({ component: "bridge" });
  log?.debug("too much");
  log?.info("first");
  t.match((await journald.first(/MESSAGE/)).text, /first component=bridge/);
  journald.pause();
  for (let i = 0; i < 10_000; i++) log?.warn("meanwhile");
  journald.resume();
  // Its queue empties; what is logged then gets there.
  const told = setInterval(() => log?.info("later"), 10);
  t.teardown(() => clearInterval(told));
  const { text } = await journald.first(/later.* lost=/);
  t.ok(Number(/lost=(\d+)/.exec(text)?.[1]) > 9_000);
  t.match(text, /DUNLIN_LOST/);
});
