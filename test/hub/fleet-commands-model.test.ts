import fc from "fast-check";
import t from "tap";
import { isFinal, type RolloutPlan } from "../../src/message/index.ts";
import { ModelFleet } from "../support/model-fleet.ts";

const AGENTS = ["a", "b", "c", "d", "e", "f"];

const agent = fc.constantFrom(...AGENTS);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("up" as const), agent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("down" as const), agent }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("take" as const), agent }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("finish" as const), agent }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("commit" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("tick" as const), seconds: fc.constantFrom(1, 4, 20) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), agent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("tell" as const),
      name: fc.constantFrom("pause-rollout", "resume-rollout", "cancel-command"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("one" as const), agent }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const plan: fc.Arbitrary<RolloutPlan> = fc.record(
  {
    mode: fc.constantFrom("all" as const, "any" as const),
    canary: fc.integer({ min: 1, max: 3 }),
    batch: fc.integer({ min: 1, max: 3 }),
    ratePerMinute: fc.constantFrom(30, 600),
    abortShare: fc.constantFrom(0, 0.3, 1),
    minRuns: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

async function act(fleet: ModelFleet, one: Step, rollout: RolloutPlan): Promise<void> {
  const [id = ""] = fleet.ids;
  if (one.do === "up") fleet.linkUp(one.agent);
  else if (one.do === "down") fleet.linkDown(one.agent);
  else if (one.do === "take") fleet.take(one.agent);
  else if (one.do === "finish") fleet.finish(one.agent);
  else if (one.do === "commit") fleet.commit();
  else if (one.do === "restart") fleet.restartHub();
  else if (one.do === "tick") fleet.tick(one.seconds);
  else if (one.do === "forget") fleet.tell("forget-agent", { agent: one.agent });
  else if (one.do === "tell") fleet.tell(one.name, { id });
  else if (one.do === "again") fleet.push({ rollout });
  else fleet.push({ target: one.agent });
  await fleet.settle();
}

/** What must hold of every command, whatever has happened. */
function check(fleet: ModelFleet): string | undefined {
  for (const { name, ran } of fleet.agents.values())
    for (const [id, times] of ran) if (times > 1) return `${id} ran ${times} times at ${name}`;
  for (const one of fleet.commands.list()) {
    if (!one.isOver) return `${one.command.name} has not ended: ${JSON.stringify(one.summary())}`;
    if ([...one.runs.values()].some(({ state }) => state === "waiting" || !isFinal(state as "failed")))
      return "a run has not ended, though its command has";
    if (one.runs.size !== one.total) return "runs and agents are not the same";
    const counted = Object.entries(one.summary().result ?? {}).filter(([key]) => isFinal(key as "failed"));
    if (counted.reduce((sum, [, count]) => sum + Number(count), 0) !== one.total)
      return "counts do not add up";
    if (one.isAny && one.total > 1) return "one of many went to several";
  }
  return checkTold(fleet);
}

/** What was told of a run is one end only, and the truth: what did not run is never told to have, and what ran never not to have. */
function checkTold(fleet: ModelFleet): string | undefined {
  for (const id of fleet.ids)
    for (const { name, ran } of fleet.agents.values()) {
      const ends = fleet.toldOf(name, id).filter(({ state }) => isFinal(state));
      const states = new Set(ends.map(({ state }) => state));
      if (states.size > 1) return `${id} at ${name} ended as ${[...states].join(" and ")}`;
      const [end] = ends;
      if (!end || end.code === "interrupted") continue;
      const didRun = (ran.get(id) ?? 0) > 0;
      const saysSo = end.state === "succeeded" || end.state === "failed";
      if (didRun !== saysSo)
        return `${id} at ${name}: told ${end.state}, and it did ${didRun ? "" : "not "}run`;
    }
  return undefined;
}

t.test(
  "agents come and go, the hub is killed, people pause and cancel: every run ends, once, and is told of as it was",
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.array(step, { maxLength: 80 }),
        fc.array(agent),
        async (rollout, steps, bad) => {
          const fleet = new ModelFleet(AGENTS);
          fleet.outcome = (name) => (bad.includes(name) ? "failed" : "succeeded");
          fleet.push({ rollout });
          for (const one of steps) await act(fleet, one, rollout);
          fleet.tell("resume-rollout", { id: fleet.ids[0] ?? "" });
          await fleet.calm(200);
          const fault = check(fleet);
          if (fault !== undefined) throw new Error(fault);
        },
      ),
      { numRuns: Number(process.env["DUNLIN_MODEL_RUNS"] ?? 300) },
    );
    t.pass("held");
  },
);
