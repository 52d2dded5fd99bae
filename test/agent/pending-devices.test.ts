import t from "tap";
import { DeviceTable } from "../../src/agent/device-table.ts";
import { encodeCommand, encodeProgress, type CommandProgress } from "../../src/message/index.ts";
import { harness, ID, SECOND_US } from "../support/commands.ts";

const COMMANDS = {
  once: { arguments: {} },
  again: { arguments: {}, idempotent: true },
};

/** A device that says itself what it can do, and has not yet. */
function pending() {
  const test = harness();
  const declare = (more: object): void => {
    test.devices.declare({ gps: more }, "bridge", test.host.us);
    test.commands.componentLive("bridge");
  };
  declare({ metrics: { link_rtt: { type: "number" } }, commands: {}, pending: true });
  return { ...test, declare };
}

/** What the last run of the agent left. */
function left(name: string, state: "accepted" | "running") {
  const progress: CommandProgress = { id: ID, target: "pi/gps", name, state, time: 5 };
  const envelope = encodeCommand({
    id: ID,
    target: "pi/gps",
    name,
    args: {},
    issued: 990 * SECOND_US,
    expires: 1_030 * SECOND_US,
    issuer: "",
  });
  return { envelope, progress: encodeProgress(progress) };
}

t.test("a command for a device that has not described itself yet waits, and is then checked", async (t) => {
  const { sent, states, published, declare, push } = pending();
  push("once");
  push("typo", { id: ID.replace("0", "1") });
  t.same([states(), sent.length], [["accepted", "accepted"], 0]);
  declare({ commands: COMMANDS });
  t.equal(sent.length, 1);
  t.match(published.slice(2), [
    { name: "once", state: "running" },
    { name: "typo", state: "rejected", code: "command-unknown" },
  ]);
});

t.test("it waits until it expires, and no longer", async (t) => {
  const { commands, host, sent, states, declare, push } = pending();
  push("once");
  host.ms += 29_000;
  commands.sweep();
  t.same(states(), ["accepted"]);
  host.ms += 2_000;
  commands.sweep();
  declare({ commands: COMMANDS });
  t.same([states(), sent.length], [["accepted", "expired"], 0]);
});

for (const [name, sentThen, told] of [
  ["again", 1, []],
  ["once", 0, [{ state: "failed", code: "interrupted" }]],
] as const)
  t.test(`${name} ran when the agent ended: what becomes of it only the device can say`, async (t) => {
    const { commands, sent, published, declare } = pending();
    commands.recover(left(name, "running"));
    commands.sweep();
    t.same([sent.length, published], [0, []]);
    declare({ commands: COMMANDS });
    t.equal(sent.length, sentThen);
    t.match(published, told);
    t.equal(published.length, told.length);
  });

t.test("a command of which the new description knows nothing does not run again", async (t) => {
  const { commands, sent, published, declare } = pending();
  commands.recover(left("again", "running"));
  declare({ commands: {} });
  t.equal(sent.length, 0);
  t.match(published, [{ state: "failed", code: "interrupted" }]);
});

t.test("one that comes back pending keeps its description, but commands wait", async (t) => {
  const devices = new DeviceTable(() => {});
  devices.expect("gps", "bridge", "dunlin-link", 0);
  devices.declare({ gps: { pending: true, metrics: { link_rtt: { type: "number" } } } }, "bridge", 0);
  t.same(Object.keys(devices.births(() => 0)["gps"]?.metrics ?? {}), ["link_rtt"]);
  t.notOk(devices.isDeclared("gps"));
  devices.declare({ gps: { metrics: { a: { type: "number" } }, commands: COMMANDS } }, "bridge", 0);
  t.ok(devices.isDeclared("gps"));
  devices.declare({ gps: { pending: true, metrics: { link_rtt: { type: "number" } } } }, "bridge", 0);
  t.notOk(devices.isDeclared("gps"));
  t.match(devices.births(() => 0)["gps"], { metrics: { a: { type: "number" } } });
  t.same(devices.commandNames("gps"), ["once", "again"]);
});
