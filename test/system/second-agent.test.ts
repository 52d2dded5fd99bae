import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Collector, isReading } from "../support/agent.ts";
import { dunlin } from "../support/cli.ts";
import { startCliAgent, statusOf } from "../support/cli-agent.ts";

t.test(
  "a second agent on the same ports, or with the same state, is refused and harms nothing",
  async (t) => {
    const test = await startCliAgent();
    t.teardown(() => test.close());
    await new Collector(test.client, []).first("a reading", isReading("greenhouse"));
    const port = test.address.split(":").at(-1) ?? "";
    const other = join(test.folder, "other");
    mkdirSync(other);
    const elsewhere = { STATE_DIRECTORY: join(other, "state"), RUNTIME_DIRECTORY: join(other, "run") };
    t.match(await dunlin(["agent", "--sim", "--port", port], { env: elsewhere }), {
      code: 1,
      stderr: /is in use/,
    });
    const same = { STATE_DIRECTORY: join(test.folder, "state"), RUNTIME_DIRECTORY: join(test.folder, "run") };
    t.match(await dunlin(["agent", "--sim", "--port", "3"], { env: same }), {
      code: 1,
      stderr: /another agent is running with the stateDirectory/,
    });
    t.match(await statusOf(test), { epoch: 1, components: { bridge: { starts: 1 } } });
    const secret = join(other, "agent.yaml");
    writeFileSync(secret, "listen: { address: 0.0.0.0 }\n");
    t.match(
      await dunlin(["agent", "-c", secret]),
      { code: 2, stderr: /insecure/ },
      "nor one that is open to the world by mistake",
    );
  },
);
