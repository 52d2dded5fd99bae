import { join } from "node:path";
import t from "tap";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { kill } from "../support/program.ts";
import { startExample } from "../support/raw-component.ts";

t.jobs = 2;
for (const language of ["python", "node"] as const)
  t.test(
    `the agent is started again: a component in ${language} finds it, without a restart of its own`,
    async (t) => {
      const components = [{ kind: "foreign", name: "weather" } as const];
      const first = await startAgent({ components });
      const options = {
        components,
        stateDirectory: join(first.folder, "state"),
        runtimeDirectory: join(first.folder, "run"),
      };
      const component = startExample(first, language);
      t.teardown(() => kill(component));
      await new Collector(first.client, ["telemetry/"]).first("a reading", isReading("weather"));
      t.match(await first.client.push("pi/weather", "rate", { interval: 0.05 }), { state: "succeeded" });
      await first.agent.close();

      const second = await startAgent(options);
      t.teardown(() => Promise.all([first.close(), second.close()]));
      const seen = new Collector(second.client, ["telemetry/"]);
      await seen.first("readings under the next epoch", isReading("weather", 3));
      const readings = seen.telemetry("weather");
      t.equal(second.agent.epoch, first.agent.epoch + 1);
      t.same(
        readings.map(({ epoch, seq }) => [epoch, seq]),
        readings.map((_, at) => [second.agent.epoch, at + 1]),
        "numbered from 1 under the new epoch",
      );
      t.equal(component.exitCode, null, "it is the same process");
    },
  );
