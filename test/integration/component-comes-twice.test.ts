import t from "tap";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { statusOf } from "../support/faulty-agent.ts";
import { kill } from "../support/program.ts";
import { startExample } from "../support/raw-component.ts";

t.test(
  "a second process of a component does not disturb the first, and takes over when that is gone",
  async (t) => {
    const test = await startAgent({ components: [{ kind: "foreign", name: "weather" }] });
    t.teardown(() => test.close());
    const seen = new Collector(test.client, ["telemetry/", "state/"]);
    const first = startExample(test);
    t.teardown(() => kill(first));
    await seen.first("a reading", isReading("weather"));
    await test.client.push("pi/weather", "rate", { interval: 0.05 });

    const second = startExample(test);
    t.teardown(() => kill(second));
    const at = seen.telemetry("weather").at(-1)?.seq ?? 0;
    await seen.first("two seconds of the first one's readings", isReading("weather", at + 40));
    t.equal((await statusOf(test)).components["weather"]?.starts, 1, "only the first was welcomed");
    t.same(
      seen.states("weather").map(({ state }) => state),
      ["online"],
    );

    await kill(first);
    const last = seen.telemetry("weather").at(-1)?.seq ?? 0;
    await seen.first("readings of the second", isReading("weather", last + 3));
    t.equal((await statusOf(test)).components["weather"]?.starts, 2);
    const seqs = seen.telemetry("weather").map(({ seq }) => seq);
    t.same(
      seqs,
      seqs.map((_, index) => index + 1),
      "numbered without gap or repetition",
    );
  },
);
