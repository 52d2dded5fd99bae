import t from "tap";
import { Commands, type CommandPorts } from "../../src/agent/commands.ts";
import { DeviceTable } from "../../src/agent/device-table.ts";
import { DunlinError, type ClockQuality } from "../../src/base/index.ts";
import type { CommandPut, FromCore } from "../../src/ipc/index.ts";
import {
  encodeCommand,
  encodeProgress,
  type Command,
  type CommandProgress,
} from "../../src/message/index.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const SECOND_US = 1_000_000;

/** Commands of agent pi with one device, gps of component bridge, and time in the test's hands. */
function harness() {
  const devices = new DeviceTable(() => {});
  const published: CommandProgress[] = [];
  const sent: FromCore["command"][] = [];
  const cancelled: string[] = [];
  const puts: { put: CommandPut; done: Parameters<CommandPorts["put"]>[1] }[] = [];
  const host = {
    us: 1_000 * SECOND_US,
    ms: 0,
    clock: "synced" as ClockQuality,
    live: true,
    disk: true,
    awaits: false,
    setByUs: 0,
  };
  const commands = new Commands(
    {
      agent: "pi",
      devices,
      nowUs: () => host.us,
      hostUs: () => host.us + host.setByUs,
      clock: () => host.clock,
      publish: (progress) => void published.push(progress),
      isLive: () => host.live,
      awaits: () => host.awaits,
      send: (_component, verb, message) => {
        if (verb === "command") sent.push(message as FromCore["command"]);
        else cancelled.push(message.id);
      },
      put: (put, done) => void (host.disk ? done({ kind: "durable" }) : puts.push({ put, done })),
      own: { "cancel-command": { description: "", arguments: { id: { type: "text" } }, idempotent: true } },
      runOwn: () => {},
      onInvalid: (error) => t.fail(error.message),
    },
    () => host.ms,
  );
  const declare = (): void =>
    devices.declare(
      {
        gps: {
          commands: {
            once: { arguments: {} },
            again: { arguments: {}, idempotent: true },
            long: { arguments: {}, cancellable: true },
          },
        },
      },
      "bridge",
      host.us,
    );
  const push = (name: string, more: Partial<Command> = {}): void =>
    commands.receive(
      encodeCommand({
        id: ID,
        target: "pi/gps",
        name,
        args: {},
        issued: host.us,
        expires: host.us + 30 * SECOND_US,
        issuer: "",
        ...more,
      }),
    );
  const states = (): string[] => published.map(({ state }) => state);
  return { commands, devices, host, sent, cancelled, puts, states, published, declare, push };
}

t.test(
  "a command that its component has is not handed over again when the component declares again",
  async (t) => {
    const { commands, sent, states, declare, push } = harness();
    declare();
    push("once");
    declare();
    commands.componentLive("bridge");
    t.equal(sent.length, 1);
    t.same(states(), ["accepted", "running"]);
  },
);

t.test(
  "a command that was handed over and not answered may have run: it fails, and does not run again",
  async (t) => {
    const { commands, sent, states, published, declare, push } = harness();
    declare();
    push("once");
    commands.componentLost("bridge", "killed");
    commands.componentLive("bridge");
    t.equal(sent.length, 1);
    t.same(states(), ["accepted", "running", "failed"]);
    t.match(published.at(-1), { code: "interrupted", reason: /component bridge was lost/ });
  },
);

t.test("one that may run twice is handed over again when its component is back, once", async (t) => {
  const { commands, sent, states, declare, push } = harness();
  declare();
  push("again");
  commands.componentLost("bridge", "killed");
  commands.componentLive("bridge");
  commands.componentLive("bridge");
  t.equal(sent.length, 2);
  commands.report("bridge", { id: ID, state: "succeeded" });
  t.same(states(), ["accepted", "running", "succeeded"]);
});

t.test("a command for a device that is not declared yet waits for it instead of being unknown", async (t) => {
  const { commands, devices, host, sent, states, declare, push } = harness();
  devices.expect("gps", "bridge", "nmea0183", host.us);
  push("once");
  t.same(states(), ["accepted"]);
  declare();
  commands.componentLive("bridge");
  t.same(states(), ["accepted", "running"]);
  t.equal(sent.length, 1);
});

t.test("a step of the host's clock neither expires a command nor times one out", async (t) => {
  const { commands, host, states, declare, push } = harness();
  declare();
  push("once");
  host.live = false;
  push("once", { id: ID.replace("0", "1") });
  host.us += 365 * 86_400 * SECOND_US;
  commands.sweep();
  t.same(states(), ["accepted", "running", "accepted"]);
  host.ms += 30_000;
  commands.sweep();
  t.same(states().slice(3).sort(), ["expired", "failed"]);
});

t.test("on an unsynced host a command's span counts, on a synced one its date", async (t) => {
  const late = { issued: 0, expires: 30 * SECOND_US };
  const { host, states, declare, push } = harness();
  declare();
  host.clock = "unsynced";
  push("once", late);
  t.same(states(), ["accepted", "running"]);
  host.clock = "synced";
  push("once", { ...late, id: ID.replace("0", "1") });
  t.same(states().slice(2), ["accepted", "expired"]);
});

t.test("what a component says of a command is held to what it may say", async (t) => {
  const { commands, states, published, declare, push } = harness();
  declare();
  push("once");
  commands.report("other", { id: ID, state: "succeeded" });
  t.throws(() => commands.report("bridge", { id: ID, state: "accepted" as "running" }), {
    code: "message-invalid",
  });
  t.same(states(), ["accepted", "running"]);
  commands.report("bridge", { id: ID, state: "succeeded", result: { a: [1] as unknown as number } });
  t.match(published.at(-1), { state: "failed", code: "message-invalid" });
});

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
  "just after the start a device that nobody knows may be a component's that is still to come",
  async (t) => {
    const { commands, host, sent, states, declare, push } = harness();
    host.awaits = true;
    push("once");
    push("once", { id: ID.replace("0", "1"), target: "pi/typo" });
    declare();
    commands.componentLive("bridge");
    t.same([states(), sent.length], [["accepted", "accepted", "running"], 1]);
    host.awaits = false;
    commands.sweep();
    t.same(states().slice(3), ["rejected"]);
  },
);

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

t.test(
  "the host's clock was set back after the agent's start: what is sent by it now has not expired",
  async (t) => {
    const { host, states, declare, push } = harness();
    declare();
    host.setByUs = -600 * SECOND_US;
    const issued = host.us + host.setByUs;
    push("once", { issued, expires: issued + 30 * SECOND_US });
    t.same(states(), ["accepted", "running"]);
  },
);
