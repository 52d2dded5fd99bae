import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startFaultyAgent, statusOf } from "../support/faulty-agent.ts";

t.test(
  "kill -9 of a bridge: it is back, its stream goes on, and another bridge's devices notice nothing",
  async (t) => {
    const test = await startFaultyAgent({ one: { a: "counter" }, two: { b: "counter" } });
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    await seen.first("a reading of a", isReading("a", 10));
    await seen.first("a reading of b", isReading("b", 10));

    const before = await statusOf(test);
    process.kill(before.components["one"]?.pid ?? 0, "SIGKILL");
    const silent = await seen.first("silence of a", isState("a", "silent"));
    t.match(silent, { status: { reason: /signal SIGKILL/, code: "component-lost" } });
    const lastBefore = seen.telemetry("a").at(-1)?.seq ?? 0;
    await seen.first("a again", isReading("a", lastBefore + 10));

    const after = await statusOf(test);
    t.equal(after.components["one"]?.starts, 2, "started again once");
    t.equal(
      after.components["two"]?.pid,
      before.components["two"]?.pid,
      "the other bridge is the same process",
    );
    const numbers = seen.telemetry("a").map(({ seq }) => seq);
    t.same(numbers, consecutive(numbers), "a's readings are numbered without gap or repetition");
    const others = seen.telemetry("b").map(({ seq }) => seq);
    t.same(others, consecutive(others), "b missed nothing");
    t.notOk(
      seen.states("b").some(({ state }) => state !== "online" && state !== "starting"),
      "b was never anything but online",
    );
  },
);

function consecutive(numbers: readonly number[]): number[] {
  return numbers.map((_, at) => (numbers[0] ?? 0) + at);
}
