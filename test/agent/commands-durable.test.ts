import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import { encodeCommand, encodeProgress, type CommandProgress } from "../../src/message/index.ts";
import { harness, ID, SECOND_US } from "../support/commands.ts";

t.test("nothing is told and nothing runs before it is durable", async (t) => {
  const { host, puts, sent, states, declare, push, commands } = harness();
  declare();
  host.disk = false;
  push("once");
  t.same([states(), sent.length], [[], 0]);
  t.match(puts, [{ put: { id: ID, state: "running", isNew: true } }]);
  t.equal(commands.progress(ID), undefined, "nor by a query");
  push("once");
  t.same(states(), [], "nor when it is sent again");
  puts[0]?.done({ kind: "durable" });
  t.same([states(), sent.length], [["accepted", "running"], 1]);
  commands.report("bridge", { id: ID, state: "succeeded" });
  t.same(states().length, 2);
  puts[1]?.done({ kind: "durable" });
  t.same(states(), ["accepted", "running", "succeeded"]);
});

t.test("a command that the journal knows has run, and does not run again", async (t) => {
  const { host, puts, sent, published, declare, push } = harness();
  declare();
  host.disk = false;
  push("once");
  const progress = { id: ID, target: "pi/gps", name: "once", state: "failed", time: 5, code: "timed-out" };
  puts[0]?.done({ kind: "known", progress: encodeProgress(progress as CommandProgress) });
  t.same([published, sent], [[progress], []]);
  push("once");
  t.same([published, sent], [[progress, progress], []]);
});

t.test("nothing happens to a command before the journal has said that it is new", async (t) => {
  const { commands, host, puts, declare, push } = harness();
  host.awaits = true;
  host.disk = false;
  push("once");
  declare();
  commands.componentLive("bridge");
  commands.sweep();
  t.equal(puts.length, 1, "else what comes of it would be written over what became of the first");
  puts[0]?.done({ kind: "durable" });
  t.match(puts[1]?.put, { state: "running", isNew: false });
});

t.test("what the disk does not take is not begun", async (t) => {
  const { host, puts, sent, published, declare, push } = harness();
  declare();
  host.disk = false;
  push("once");
  puts[0]?.done({ kind: "failed", error: new DunlinError("disk-full", "no room") });
  puts[1]?.done({ kind: "failed", error: new DunlinError("disk-full", "no room") });
  t.match(published.at(-1), { state: "failed", code: "disk-full", reason: /not begun.*no room/ });
  t.equal(sent.length, 0);
});

t.test(
  "a component that is lost while it is noted that a command runs: the command waits for it",
  async (t) => {
    const { commands, host, puts, sent, states, declare, push } = harness();
    declare();
    host.disk = false;
    push("once");
    host.live = false;
    commands.componentLost("bridge", "killed");
    puts[0]?.done({ kind: "durable" });
    t.same([states(), sent.length], [["accepted", "running"], 0]);
    host.live = true;
    commands.componentLive("bridge");
    t.equal(sent.length, 1, "it cannot have run, so it may");
  },
);

for (const [name, then] of [
  ["once", "failed"],
  ["again", "running"],
] as const)
  t.test(`after a crash: ${name}, which ran, is ${then}`, async (t) => {
    const { commands, sent, states, published, declare, host, devices } = harness();
    devices.expect("gps", "bridge", "nmea0183", host.us);
    const progress = { id: ID, target: "pi/gps", name, state: "running", time: 5 } as const;
    const envelope = encodeCommand({
      id: ID,
      target: "pi/gps",
      name,
      args: {},
      issued: host.us,
      expires: host.us + SECOND_US,
      issuer: "",
    });
    commands.recover({ envelope, progress: encodeProgress(progress) });
    commands.recover({ envelope, progress: encodeProgress(progress) });
    t.same(states(), [], "not before its device says what it can do");
    declare();
    commands.componentLive("bridge");
    t.equal(sent.length, then === "running" ? 1 : 0);
    if (then === "failed") t.match(published, [{ state: "failed", code: "interrupted" }]);
  });

t.test("after a crash: one that ran, of a device that never comes back, ends too", async (t) => {
  const { commands, host, devices, published, declare } = harness();
  devices.expect("gps", "bridge", "nmea0183", host.us);
  const command = { id: ID, target: "pi/gps", name: "once", args: {}, issuer: "" };
  commands.recover({
    envelope: encodeCommand({ ...command, issued: host.us, expires: host.us + SECOND_US }),
    progress: encodeProgress({ id: ID, target: "pi/gps", name: "once", state: "running", time: 5 }),
  });
  host.ms += 60_001;
  commands.sweep();
  declare();
  commands.componentLive("bridge");
  t.match(published, [{ state: "failed", code: "interrupted" }]);
});

t.test("cancel: what waits always, what runs if it can be stopped, and it says which", async (t) => {
  const { commands, host, cancelled, published, declare, push } = harness();
  const id = (n: number): string => ID.replace("0", String(n));
  const cancel = (own: number, target: number): void =>
    push("cancel-command", { id: id(own), target: "pi", args: { id: id(target) } });
  const last = (n: number): CommandProgress | undefined => published.findLast((one) => one.id === id(n));
  declare();
  host.live = false;
  push("once", { id: id(1) });
  cancel(2, 1);
  t.match([last(1)?.state, last(2)?.state], ["cancelled", "succeeded"]);
  cancel(3, 1);
  t.match(last(3), { state: "failed", code: "not-found", reason: /has ended: cancelled/ });
  host.live = true;
  push("once", { id: id(4) });
  cancel(5, 4);
  t.match(last(5), { state: "failed", reason: /cannot be stopped/ });
  push("long", { id: id(6) });
  cancel(7, 6);
  t.same([cancelled, last(7)?.state], [[id(6)], "running"]);
  commands.report("bridge", { id: id(6), state: "cancelled" });
  t.match([last(6)?.state, last(7)?.state], ["cancelled", "succeeded"]);
});

t.test(
  "one that ran when the agent crashed, and comes again before the journal tells of it, ends",
  async (t) => {
    const { commands, host, puts, sent, states, declare, push } = harness();
    declare();
    host.disk = false;
    push("once");
    const envelope = encodeCommand({
      id: ID,
      target: "pi/gps",
      name: "once",
      args: {},
      issued: host.us,
      expires: host.us + SECOND_US,
      issuer: "",
    });
    const progress = encodeProgress({ id: ID, target: "pi/gps", name: "once", state: "running", time: 5 });
    commands.recover({ envelope, progress });
    puts[0]?.done({ kind: "known", progress });
    puts[1]?.done({ kind: "durable" });
    t.same([states(), sent.length], [["running", "failed"], 0]);
  },
);
