import t, { type Test } from "tap";
import { encodeProgress, type CommandProgress, type RolloutPlan } from "../../src/message/index.ts";
import { ModelFleet } from "../support/model-fleet.ts";

const TEN = Array.from({ length: 10 }, (_, at) => `pi-${at}`);

function fleetOf(names: readonly string[], online = names): ModelFleet {
  const fleet = new ModelFleet(names);
  for (const name of online) fleet.linkUp(name);
  return fleet;
}

/** Each agent takes and ends what it has got; the disk keeps up. */
function work(fleet: ModelFleet): void {
  fleet.commit();
  for (const { name, inbox } of fleet.agents.values()) {
    while (inbox.length > 0) fleet.take(name);
    fleet.finish(name);
  }
  fleet.commit();
}

function summary(fleet: ModelFleet, id: string): CommandProgress | undefined {
  return fleet.commands.get(id)?.summary();
}

function got(fleet: ModelFleet, id: string): string[] {
  return [...fleet.agents.values()].filter(({ ran }) => ran.has(id)).map(({ name }) => name);
}

t.test("nothing is sent before it is noted that it is", async (t) => {
  const fleet = fleetOf(["pi-0"]);
  fleet.push({ target: "pi-0" });
  fleet.tick(5);
  t.equal(fleet.agent("pi-0").inbox.length, 0);
  t.same(fleet.published, []);
  fleet.commit();
  t.equal(fleet.agent("pi-0").inbox.length, 1);
});

t.test("an agent that is away gets it when it comes back before the deadline, and never after", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1", "pi-2"], ["pi-0"]);
  const id = fleet.push({});
  work(fleet);
  fleet.linkUp("pi-1");
  work(fleet);
  fleet.tick(61);
  fleet.linkUp("pi-2");
  work(fleet);
  t.same(got(fleet, id), ["pi-0", "pi-1"]);
  t.match(fleet.toldOf("pi-2", id).at(-1), { state: "expired", code: "expired" });
  t.match(summary(fleet, id), {
    state: "failed",
    code: "rollout-failed",
    result: { succeeded: 2, expired: 1 },
  });
});

t.test("what was sent and not heard of is asked for after the deadline, and not sent", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1"]);
  const id = fleet.push({});
  fleet.commit();
  fleet.take("pi-0");
  for (const name of ["pi-0", "pi-1"]) fleet.linkDown(name);
  fleet.finish("pi-0");
  fleet.tick(100);
  for (const name of ["pi-0", "pi-1"]) fleet.linkUp(name);
  t.same(fleet.agent("pi-1").inbox, [], "whose clock may not be set");
  fleet.tick(1);
  await fleet.settle();
  fleet.commit();
  t.match(fleet.toldOf("pi-0", id).at(-1), { state: "succeeded" });
  t.match(fleet.toldOf("pi-1", id).at(-1), { state: "expired" });
  t.match(summary(fleet, id), { result: { phase: "ended" } });
});

t.test("a roll-out whose third batch fails 20 % stops, and says who had it", async (t) => {
  const names = Array.from({ length: 50 }, (_, at) => `pi-${String(at).padStart(2, "0")}`);
  const fleet = fleetOf(names);
  fleet.outcome = (name) => (name === "pi-23" || name === "pi-27" ? "failed" : "succeeded");
  const id = fleet.push({ rollout: { batch: 10, abortShare: 0.1 } });
  for (let round = 0; round < 10; round++) work(fleet);
  t.same(got(fleet, id), names.slice(0, 30));
  t.match(summary(fleet, id), {
    state: "failed",
    code: "rollout-aborted",
    reason: "2 of the last 10 failed; at most 10 % may",
    result: { phase: "ended", agents: 50, released: 30, succeeded: 28, failed: 2, cancelled: 20 },
  });
  t.match(fleet.toldOf("pi-30", id).at(-1), { state: "cancelled", code: "rollout-aborted" });
});

t.test("paused it goes to nobody, also over a restart of the hub; resumed it goes on", async (t) => {
  const fleet = fleetOf(TEN);
  const id = fleet.push({ rollout: { batch: 2 } });
  work(fleet);
  fleet.tell("pause-rollout", { id });
  work(fleet);
  work(fleet);
  const before = got(fleet, id).length;
  fleet.restartHub();
  for (const name of TEN) fleet.linkUp(name);
  work(fleet);
  fleet.tick(1);
  work(fleet);
  t.equal(got(fleet, id).length, before);
  t.match(summary(fleet, id), { state: "running", result: { phase: "paused" } });
  fleet.tell("resume-rollout", { id });
  await fleet.calm(30);
  t.match(summary(fleet, id), { state: "succeeded", result: { succeeded: 10 } });
});

t.test("aborted by hand it is cancelled, for good; and nobody can resume it", async (t) => {
  const fleet = fleetOf(TEN);
  const id = fleet.push({ rollout: { canary: 1 } });
  fleet.commit();
  const abort = fleet.tell("cancel-command", { id });
  fleet.commit();
  t.match(fleet.toldOf("hub", abort).at(-1), { state: "succeeded" });
  const resume = fleet.tell("resume-rollout", { id });
  fleet.commit();
  t.match(fleet.toldOf("hub", resume).at(-1), { state: "failed", code: "not-found" });
  work(fleet);
  t.equal(got(fleet, id).length, 1, "who had it goes on");
  t.match(summary(fleet, id), { state: "cancelled", result: { succeeded: 1, cancelled: 9 } });
});

t.test("what the hub was told to do is told when the disk has it", async (t) => {
  const fleet = fleetOf(TEN, []);
  const id = fleet.push({});
  fleet.commit();
  const abort = fleet.tell("cancel-command", { id });
  t.same(fleet.toldOf("hub", abort), []);
  fleet.restartHub();
  t.not(fleet.commands.get(id)?.phase, "cancelled", "it was killed before");
  fleet.tell("cancel-command", { id });
  fleet.commit();
  fleet.restartHub();
  t.match(summary(fleet, id), { state: "cancelled", result: { cancelled: 10 } });
});

t.test("one of many: dealt to agents that are free, each to one", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1", "pi-2"], ["pi-0", "pi-1"]);
  const rollout: RolloutPlan = { mode: "any" };
  const ids = Array.from({ length: 5 }, () => fleet.push({ rollout }));
  fleet.commit();
  t.equal(fleet.agent("pi-0").inbox.length, 1);
  t.equal(fleet.agent("pi-1").inbox.length, 1);
  fleet.linkUp("pi-2");
  await fleet.calm(30);
  for (const id of ids) t.match([summary(fleet, id)?.state, got(fleet, id).length], ["succeeded", 1]);
  t.ok(
    [...fleet.agents.values()].every(({ ran }) => ran.size > 0),
    "each had some",
  );
});

t.test("mode any of a target that is one agent is nobody else's", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1"], ["pi-1"]);
  const id = fleet.push({ target: "pi-0", rollout: { mode: "any" } });
  work(fleet);
  t.same(got(fleet, id), []);
});

t.test("an agent that is forgotten in the middle holds nothing up", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1", "pi-2"], ["pi-0", "pi-1"]);
  const id = fleet.push({});
  fleet.commit();
  fleet.take("pi-0");
  fleet.finish("pi-0");
  for (const agent of ["pi-1", "pi-2"]) fleet.tell("forget-agent", { agent });
  fleet.commit();
  t.match(fleet.toldOf("pi-1", id).at(-1), { state: "failed", code: "interrupted" });
  t.match(fleet.toldOf("pi-2", id).at(-1), { state: "cancelled" });
  t.match(summary(fleet, id), { result: { phase: "ended" } });
});

t.test("what an agent that is away has not got is cancelled at the hub", async (t) => {
  const fleet = fleetOf(["pi-0"], []);
  const id = fleet.push({ target: "pi-0" });
  fleet.commit();
  const cancel = fleet.push({ target: "pi-0", name: "cancel-command", args: { id } });
  fleet.commit();
  t.match(fleet.toldOf("pi-0", id).at(-1), { state: "cancelled" });
  t.match(fleet.toldOf("pi-0", cancel).at(-1), { state: "succeeded" });
  fleet.linkUp("pi-0");
  work(fleet);
  t.same(got(fleet, id), []);
});

t.test("a command that came too late is expired, one for nobody rejected", async (t) => {
  const fleet = fleetOf(["pi-0"]);
  const late = fleet.push({ target: "pi-0", expires: fleet.nowUs - 1 });
  t.match(fleet.toldOf("pi-0", late), [{ state: "expired" }]);
  for (const target of ["pi-9", "{site=north}", "{site=}"]) refused(t, fleet, target);
  const unknown = fleet.tell("reboot", {});
  t.match(fleet.toldOf("hub", unknown), [{ state: "rejected", code: "command-unknown" }]);
});

function refused(t: Test, fleet: ModelFleet, target: string): void {
  const id = fleet.push({ target });
  t.match(fleet.toldOf(target.startsWith("{") ? "hub" : target, id), [{ state: "rejected" }], target);
}

t.test("what an agent says of a command is held to what may be said", async (t) => {
  const fleet = fleetOf(["pi-0", "pi-1"]);
  const id = fleet.push({ target: "pi-0" });
  fleet.commit();
  const { commands } = fleet;
  const progress = { id, target: "pi-0", name: "go", state: "succeeded", time: 1 } as const;
  commands.progress("pi-1", encodeProgress(progress));
  t.match(commands.get(id)?.runs.get("pi-0"), { state: "sent" }, "not of another's run");
  t.throws(() => commands.progress("pi-0", encodeProgress({ ...progress, id: "x/../y" })), {
    code: "message-invalid",
  });
  const long = { ...progress, reason: "x".repeat(5_000), result: { text: "y".repeat(50_000) } };
  commands.progress("pi-0", encodeProgress(long));
  const run = commands.get(id)?.runs.get("pi-0");
  t.match([run?.reason?.length, run?.result], [1_000, undefined]);
  commands.progress("pi-0", encodeProgress({ ...progress, state: "failed" }));
  t.match(commands.get(id)?.runs.get("pi-0"), { state: "succeeded" }, "an end stays");
});
