import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { decodeAgentState, decodeReply } from "../../src/message/index.ts";
import { startAgent } from "../support/agent.ts";
import { run } from "../support/program.ts";

const SOURCE = join(import.meta.dirname, "../../docs/examples/client.c");

t.test("a client in C with libzmq alone subscribes and asks", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "client");
  const flags = ["-std=c99", "-Wall", "-Wextra", "-Werror"];
  t.match(await run("cc", [...flags, SOURCE, "-lzmq", "-o", program]), { code: 0, err: /^$/ });

  const test = await startAgent();
  t.teardown(() => test.close());
  const { telemetry, queries } = test.client.endpoints;
  const { code, out, err } = await run(program, [telemetry, queries, "state/"]);
  t.equal(code, 0, err);
  const [topic, body, reply] = out.split("\n").map((line) => Buffer.from(line, "hex"));
  t.equal(topic?.toString("latin1"), "state/pi/");
  t.match(decodeAgentState(body ?? Buffer.alloc(0)), { type: "birth", agent: "pi" });
  t.match(decodeReply(reply ?? Buffer.alloc(0)), { agent: "pi", epoch: 1 });
});
