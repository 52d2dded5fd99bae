import t from "tap";
import { Collector, isReading, isState, startAgent } from "../support/agent.ts";
import { kill } from "../support/program.ts";
import { startExample } from "../support/raw-component.ts";

t.test(
  "kill -9 of a Python component and its restart: its device is silent, then online again, and its stream goes on",
  async (t) => {
    const test = await startAgent({ components: [{ kind: "foreign", name: "weather" }] });
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);

    const first = startExample(test);
    t.teardown(() => kill(first));
    await seen.first("online", isState("weather", "online"));
    const outcome = await test.client.push("pi/weather", "rate", { interval: 0.05 });
    t.match(outcome, { state: "succeeded", result: { interval: 0.05 } });
    await seen.first("readings", isReading("weather", 20));
    await kill(first);
    await seen.first("silence", isState("weather", "silent"));
    t.match(seen.states("weather").at(-1), { code: "component-lost", reason: /it has said nothing for 3 s/ });
    const last = seen.telemetry("weather").at(-1)?.seq ?? 0;

    const second = startExample(test);
    t.teardown(() => kill(second));
    await seen.first("readings again", isReading("weather", last + 2));
    const readings = seen.telemetry("weather");
    t.same(
      readings.map(({ seq }) => seq),
      readings.map((_, at) => at + 1),
      "its readings are numbered without gap or repetition",
    );
    t.same([...new Set(readings.map(({ epoch }) => epoch))], [test.agent.epoch], "the agent is the same");
    t.same(
      seen.states("weather").map(({ state }) => state),
      ["online", "silent", "online"],
    );
  },
);
