import t from "tap";
import { Commands } from "../../src/agent/commands.ts";
import { DeviceTable } from "../../src/agent/device-table.ts";
import type { ClockQuality } from "../../src/base/index.ts";
import type { FromCore } from "../../src/ipc/index.ts";
import { encodeCommand, type Command, type CommandProgress } from "../../src/message/index.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const SECOND_US = 1_000_000;

/** Commands of agent pi with one device, gps of component bridge, and time in the test's hands. */
function harness() {
  const devices = new DeviceTable(() => {});
  const published: CommandProgress[] = [];
  const sent: FromCore["command"][] = [];
  const host = { us: 1_000 * SECOND_US, ms: 0, clock: "synced" as ClockQuality, live: true };
  const commands = new Commands(
    {
      agent: "pi",
      devices,
      nowUs: () => host.us,
      clock: () => host.clock,
      publish: (progress) => void published.push(progress),
      isLive: () => host.live,
      send: (_component, message) => void sent.push(message),
      own: {},
      runOwn: () => {},
      onInvalid: (error) => t.fail(error.message),
    },
    () => host.ms,
  );
  const declare = (): void =>
    devices.declare(
      { gps: { commands: { once: { arguments: {} }, again: { arguments: {}, idempotent: true } } } },
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
  return { commands, devices, host, sent, states, published, declare, push };
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
