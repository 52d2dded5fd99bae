import { join } from "node:path";
import t from "tap";
import { startAgent } from "../support/agent.ts";
import { PYTHON, runChecks } from "../support/program.ts";

const EXAMPLE = join(import.meta.dirname, "../../docs/examples/component.py");

t.test("pyzmq and cbor2 alone are a full client, and what they send amiss harms nobody", async (t) => {
  const program = { command: PYTHON, args: [EXAMPLE] };
  const test = await startAgent({ components: [{ kind: "foreign", name: "weather", program }] });
  t.teardown(() => test.close());
  const { hostname, port } = new URL(test.address);
  await runChecks(t, join(import.meta.dirname, "python-client.py"), [hostname, port]);
  t.notMatch(test.log.join("\n"), /internal/, "nothing of it was a defect of ours");
});
