import t, { type Test } from "tap";
import { v7 } from "uuid";
import { Collector } from "../support/agent.ts";
import { startAgentOf, startHub, untilOnline, type TestHub } from "../support/hub.ts";
import { startPumpAgent, type PumpAgent } from "../support/pump-agent.ts";

t.setTimeout(120_000);

async function begin(t: Test): Promise<TestHub> {
  const hub = await startHub();
  t.teardown(() => hub.close());
  return hub;
}

async function pump(
  t: Test,
  hub: TestHub,
  ...more: Parameters<typeof startPumpAgent> extends [unknown, ...infer R] ? R : never
): Promise<PumpAgent> {
  const agent = await startPumpAgent(hub, ...more);
  t.teardown(() => agent.close());
  return agent;
}

t.test("a command through the hub to one agent is as one pushed at the agent", async (t) => {
  const hub = await begin(t);
  const one = await pump(t, hub, "pi-1");
  await untilOnline(hub, ["pi-1"]);
  const states: string[] = [];
  const id = v7();
  const outcome = await hub.client.push(
    "pi-1/pump",
    "once",
    {},
    { id, onProgress: ({ state }) => states.push(state) },
  );
  t.match(outcome, { id, target: "pi-1/pump", name: "once", state: "succeeded" });
  t.same([states.at(-1), one.ran], ["succeeded", [id]]);
  t.match(await hub.client.push("pi-1/pump", "once", {}, { id }), { state: "succeeded" });
  t.same(one.ran, [id], "the same id runs once");
  t.match(await hub.client.query("command", { id }), { target: "pi-1/pump", state: "succeeded" });
  t.match(await hub.client.push("pi-1/pump", "never"), { state: "rejected", code: "command-unknown" });
  t.match(await hub.client.push("pi-9/pump", "once"), { state: "rejected", code: "target-unknown" });
});

t.test("to all of some: one that is away gets it when it comes back; each is listed", async (t) => {
  const hub = await begin(t);
  const north = { labels: { site: "north" } };
  const here = await pump(t, hub, "pi-1", undefined, north);
  const south = await pump(t, hub, "pi-3", undefined, { labels: { site: "south" } });
  const away = await startAgentOf(hub, "pi-2", north);
  await untilOnline(hub, ["pi-1", "pi-2", "pi-3"]);
  await away.close();
  const seen = new Collector(hub.client, ["state/pi-2/", "command/"]);
  await seen.first("that it is away", (message) => message.kind === "state" && message.state.type === "lost");
  const outcome = hub.client.pushMany("site=north", "once", {}, { device: "pump" });
  await seen.first("the first's end", isCommand("pi-1/pump", "succeeded"));
  const back = await pump(t, hub, "pi-2", undefined, north);
  const { progress, runs } = await outcome;
  t.match(progress, { state: "succeeded", result: { agents: 2, succeeded: 2 } });
  t.same(
    runs.map(({ agent, state }) => [agent, state]),
    [
      ["pi-1", "succeeded"],
      ["pi-2", "succeeded"],
    ],
  );
  t.same([here.ran.length, back.ran.length, south.ran.length], [1, 1, 0]);
});

function isCommand(target: string, state: string) {
  return (message: Collector["messages"][number]): boolean =>
    message.kind === "command" && message.progress.target === target && message.progress.state === state;
}

t.test("of many that are free each piece of work goes to one", async (t) => {
  const hub = await begin(t);
  const agents = await Promise.all(["pi-1", "pi-2"].map((name) => pump(t, hub, name)));
  await untilOnline(hub, ["pi-1", "pi-2"]);
  const work = Array.from({ length: 6 }, () =>
    hub.client.pushMany("pi-*", "once", {}, { device: "pump", rollout: { mode: "any" } }),
  );
  for (const { progress } of await Promise.all(work))
    t.match(progress, { state: "succeeded", result: { agents: 1 } });
  const ran = agents.flatMap((agent) => agent.ran);
  t.same([ran.length, new Set(ran).size], [6, 6]);
  t.ok(agents.every((agent) => agent.ran.length > 0));
});
