import t from "tap";
import { harness, ID, SECOND_US } from "../support/commands.ts";

const OTHER_ID = ID.replace(/.$/, (last) => (last === "0" ? "1" : "0"));

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

t.test(
  "a device that the configuration has no more: what it has in hand fails, what waits is rejected",
  async (t) => {
    const { commands, devices, host, published, declare, push } = harness();
    declare();
    push("again");
    commands.deviceGone("gps", "the configuration has it no more");
    devices.forget("gps");
    t.match(published.at(-1), {
      state: "failed",
      code: "interrupted",
      reason: "the configuration has it no more",
    });
    host.live = false;
    declare();
    push("once", { id: OTHER_ID });
    commands.deviceGone("gps", "the configuration has it no more");
    devices.forget("gps");
    commands.sweep();
    t.match(published.at(-1), { id: OTHER_ID, state: "rejected", code: "target-unknown" });
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
