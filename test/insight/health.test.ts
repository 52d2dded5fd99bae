import t from "tap";
import { healthOf } from "../../src/insight/index.ts";

/** An agent with which all is well. */
const WELL = {
  agent: "pi",
  clock: "synced",
  components: { bridge: { phase: "live", starts: 1 }, journal: { phase: "live", starts: 1 } },
  journal: { state: "ok", diskLow: 0 },
  hub: { state: "live" },
  devices: { gps: { state: "online" } },
};

t.test("all is well", async (t) => {
  t.strictSame(healthOf(WELL), { status: "ok", reasons: [], notes: [] });
  const { hub: _, ...alone } = WELL;
  t.equal(healthOf({ ...alone, journal: { state: "off" } }).status, "ok", "without a hub and a journal, too");
});

t.test("each failure is named", async (t) => {
  for (const [what, reason] of [
    [
      { devices: { gps: { state: "unplugged", reason: "no such port" }, air: { state: "online" } } },
      { part: "device", name: "gps", state: "unplugged", reason: "no such port" },
    ],
    [
      { devices: { gps: { state: "failed", reason: "its driver hung" } } },
      { part: "device", name: "gps", state: "failed", reason: "its driver hung" },
    ],
    [
      { journal: { state: "failing", code: "disk-full", reason: "no room" } },
      { part: "journal", state: "failing", reason: "no room" },
    ],
    [
      { hub: { state: "connecting", reason: "it was not reached yet" } },
      { part: "hub", state: "lost", reason: "it was not reached yet" },
    ],
    [
      { components: { bridge: { phase: "live", starts: 1, overdue: true } } },
      { part: "component", name: "bridge", state: "overdue" },
    ],
  ] as const)
    t.strictSame(healthOf({ ...WELL, ...what }), { status: "failing", reasons: [reason], notes: [] });
});

t.test("what is no failure is noted", async (t) => {
  const status = {
    ...WELL,
    clock: "unsynced",
    components: { bridge: { phase: "waiting", starts: 3 } },
    journal: { state: "starting", reason: "its process was lost", diskLow: 1 },
    devices: { gps: { state: "silent" }, air: { state: "starting" } },
  };
  t.strictSame(healthOf(status), {
    status: "ok",
    reasons: [],
    notes: [
      { part: "component", name: "bridge", state: "waiting" },
      { part: "journal", state: "starting", reason: "its process was lost" },
      { part: "journal", state: "disk-low" },
      { part: "device", name: "gps", state: "silent" },
      { part: "device", name: "air", state: "starting" },
      { part: "clock", state: "unsynced" },
    ],
  });
});

t.test("a hub's name is no link to one", async (t) => {
  t.equal(healthOf({ hub: "north", clock: "synced", journal: { state: "ok" } }).status, "ok");
});
