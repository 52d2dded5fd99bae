import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { kill, PYTHON, run, start } from "../support/program.ts";

const folder = join(import.meta.dirname, "../../docs/examples");
const example = (name: string): string => join(folder, name);

t.test("the examples of components are short", async (t) => {
  for (const name of ["component.py", "component.mjs"])
    t.ok(readFileSync(example(name), "utf8").split("\n").length - 1 < 40, `${name} has less than 40 lines`);
});

t.test("the examples of clients work with the example of a component", async (t) => {
  const program = { command: process.execPath, args: [example("component.mjs")] };
  const test = await startAgent({ components: [{ kind: "foreign", name: "weather", program }] });
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/"]);
  await seen.first("a reading", isReading("weather"));
  const { hostname, port, host } = new URL(test.address);
  const { telemetry, queries } = test.client.endpoints;

  const push = [example("push.py"), hostname, port, "pi/weather", "rate", '{"interval": 0.05}'];
  t.match(await run(PYTHON, push), { code: 0, out: /accepted[^]*running[^]*succeeded/, err: /^$/ });
  t.match(await run(PYTHON, push.with(5, '{"interval": 0}')), { code: 1, out: /rejected .*at least 0.05/ });
  await seen.first("quick readings", isReading("weather", 10));
  t.match(await run(PYTHON, [example("query.py"), queries, "read", "device=weather"]), {
    code: 0,
    out: /'seq': \d\d/,
  });
  t.match(await run(PYTHON, [example("query.py"), queries, "nothing"]), { code: 1, err: /^query-unknown: / });

  const subscriber = start(PYTHON, [example("subscribe.py"), telemetry, "telemetry/pi/"]);
  t.teardown(() => kill(subscriber));
  if (!subscriber.stdout) throw new Error("no pipe");
  const [line] = (await once(createInterface({ input: subscriber.stdout }), "line")) as [string];
  t.match(line, /^telemetry\/pi\/weather\/ 1 \d+ \{'temperature': /);

  const dunlin = `${process.execPath} ${join(import.meta.dirname, "../../src/cli/main.ts")}`;
  const cycle = await run("sh", [example("cycle.sh"), host, "pi/weather", "rate", "interval=0.5"], {
    DUNLIN: dunlin,
  });
  t.match(cycle, { code: 0, out: /succeeded[^]*"seq":\d+/, err: /^$/ });
});
