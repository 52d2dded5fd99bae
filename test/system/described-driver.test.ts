import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { connect } from "../../src/client/index.ts";
import { Collector, freeBasePort, isReading } from "../support/agent.ts";
import { dunlin, RunningCli } from "../support/cli.ts";

t.test("a device that no program knows, described in YAML beside the configuration", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const docs = readFileSync(join(import.meta.dirname, "../../docs/describing-devices.md"), "utf8");
  const [, description = ""] = /```yaml driver=rain-gauge\n([^]*?)```/.exec(docs) ?? [];

  // The gauge: it answers when it is asked.
  const gauge = createServer((socket) =>
    socket.on("data", (data) => {
      if (data.toString() === "R\n")
        socket.write("Acc 1.20 mm, EventAcc 0.40 mm, TotalAcc 31.70 mm, RInt 0.00 mmph\r\n");
      if (data.toString() === "O\n")
        socket.write("Acc 0.00 mm, EventAcc 0.00 mm, TotalAcc 31.70 mm, RInt 0.00 mmph\r\n");
    }),
  ).listen(0, "127.0.0.1");
  await once(gauge, "listening");
  t.teardown(() => gauge.close());

  const config = join(folder, "agent.yaml");
  const base = await freeBasePort();
  writeFileSync(
    config,
    `name: pi
stateDirectory: ${join(folder, "state")}
runtimeDirectory: ${join(folder, "run")}
listen: { port: ${base} }
devices:
  roof: { driver: rain-gauge, port: "tcp://127.0.0.1:${(gauge.address() as AddressInfo).port}" }
`,
  );
  t.match(await dunlin(["check", config]), { code: 2, stderr: /there is no driver "rain-gauge"/ });
  mkdirSync(join(folder, "drivers"));
  const file = join(folder, "drivers/rain-gauge.yaml");
  writeFileSync(file, description.replace("field: 3", "feild: 3"));
  t.match(await dunlin(["check", config]), {
    code: 2,
    stderr:
      /rain-gauge\.yaml:13:\d+: metrics\.intensity\.feild is not a setting of a metric: did you mean "field"/,
  });
  writeFileSync(file, description);
  t.match(await dunlin(["check", config]), { code: 0, stdout: /rain-gauge\.yaml: right/ });

  const agent = new RunningCli(["agent", "-c", config]);
  t.teardown(() => agent.stop());
  const client = connect(`tcp://127.0.0.1:${base}`);
  t.teardown(() => client.close());
  const reading = await new Collector(client, ["telemetry/"]).first("a reading", isReading("roof"));
  t.match(reading, { values: { accumulated: 1.2, event: 0.4, total: 31.7, intensity: 0 } });
  t.match(await client.push("pi/roof", "reset"), { state: "succeeded" });
  t.match(await client.query("describe"), {
    devices: {
      roof: { driver: "rain-gauge", metrics: { accumulated: { unit: "mm" } }, commands: { reset: {} } },
    },
  });
});
