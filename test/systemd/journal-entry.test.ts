import t from "tap";
import { journalEntry } from "../../src/systemd/index.ts";

/** What journald makes of an entry in which every field has a length. */
function fieldsOf(entry: Buffer): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < entry.length;) {
    const end = entry.indexOf("\n", at);
    const length = Number(entry.readBigUInt64LE(end + 1));
    fields[entry.toString("latin1", at, end)] = entry.toString("utf8", end + 9, end + 9 + length);
    at = end + 9 + length + 1;
  }
  return fields;
}

t.test("a line is a message for people, and a field for each of its pairs", async (t) => {
  const entry = journalEntry("warn", "component bridge is lost", {
    reason: "it said nothing for 3 s",
    component: "bridge",
    stateDirectory: "/var/lib/dunlin",
    more: 3,
  });
  t.strictSame(fieldsOf(entry), {
    MESSAGE:
      'component bridge is lost reason="it said nothing for 3 s" component=bridge stateDirectory=/var/lib/dunlin more=3',
    PRIORITY: "4",
    SYSLOG_IDENTIFIER: "dunlin",
    DUNLIN_REASON: "it said nothing for 3 s",
    DUNLIN_COMPONENT: "bridge",
    DUNLIN_STATE_DIRECTORY: "/var/lib/dunlin",
    DUNLIN_MORE: "3",
  });
  for (const [level, priority] of [
    ["error", "3"],
    ["info", "6"],
    ["debug", "7"],
  ] as const)
    t.equal(fieldsOf(journalEntry(level, "", {}))["PRIORITY"], priority);
});

t.test("what a component says cannot pass for a field of journald's, nor for more than one", async (t) => {
  const { MESSAGE, ...rest } = fieldsOf(
    journalEntry("info", "one\nPRIORITY=0\n_PID=1", {
      _pid: 1,
      "PRIORITY=0\nx": "a\nMESSAGE=b",
      "": undefined,
    }),
  );
  t.match(MESSAGE, "one\nPRIORITY=0\n_PID=1");
  t.strictSame(rest, {
    PRIORITY: "6",
    SYSLOG_IDENTIFIER: "dunlin",
    DUNLIN__PID: "1",
    DUNLIN_PRIORITY_0_X: "a\nMESSAGE=b",
    DUNLIN_: "undefined",
  });
});

t.test("whatever it is, it fits a datagram", async (t) => {
  const fields = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`${"n".repeat(100)}${i}`, "€".repeat(1e5)]),
  );
  t.ok(journalEntry("info", "€".repeat(1e6), fields).length < 212_992);
});
