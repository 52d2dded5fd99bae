import t from "tap";
import { Collector, isReading, isState } from "../support/agent.ts";
import { startFaultyAgent } from "../support/faulty-agent.ts";

t.test(
  "a driver that spins for ever: its bridge is ended and back, the culprit is held back, heartbeats never stop",
  async (t) => {
    const test = await startFaultyAgent({
      one: { innocent: "counter", culprit: "counter" },
      two: { other: "counter" },
    });
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    await seen.first("culprit, long enough to have settled", isReading("culprit", 150));
    await seen.first("a reading of innocent", isReading("innocent", 5));
    await seen.first("a reading of other", isReading("other", 5));

    const outcome = await test.client.push("pi/culprit", "spin");
    t.match(outcome, { state: "failed", code: "interrupted", reason: /component one was lost/ });
    const failed = await seen.first("failure of culprit", isState("culprit", "failed"));
    t.match(failed, { status: { reason: "its driver hung and was ended" } });
    const last = seen.telemetry("innocent").at(-1)?.seq ?? 0;
    await seen.first("innocent again", isReading("innocent", last + 5));
    await seen.first(
      "culprit again, later",
      isReading("culprit", (seen.telemetry("culprit").at(-1)?.seq ?? 0) + 5),
    );

    const beats = seen.messages.filter((message) => message.kind === "state").map(({ state }) => state.time);
    const widest = Math.max(...beats.slice(1).map((time, at) => time - (beats[at] ?? time)));
    t.ok(
      widest < 3_000_000,
      `heartbeats went on: at most ${Math.round(widest / 1_000)} ms apart by the agent's clock`,
    );
    const others = seen.telemetry("other").map(({ seq }) => seq);
    t.same(
      others,
      others.map((_, at) => (others[0] ?? 0) + at),
      "a device of another bridge missed nothing",
    );
  },
);
