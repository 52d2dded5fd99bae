import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { v7 } from "uuid";
import { Collector, isReading } from "../support/agent.ts";
import { AvrBoard } from "../support/avr-board.ts";
import { buildFirmware } from "../support/avr-firmware.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";

const ROOT = join(import.meta.dirname, "../..");
const SKETCH = "firmware-bridge/examples/weather-station";
/** Where an Uno's LED is: PB5. */
const LED = ["B", 5] as const;

t.test("a sketch's readings and command, with nothing configured but the port", async (t) => {
  const sketch = readFileSync(join(ROOT, SKETCH, "weather-station.ino"), "utf8").trimEnd();
  t.ok(sketch.split("\n").length < 40, `the sketch is ${sketch.split("\n").length} lines`);
  // The steps of a list: indented.
  const docs = readFileSync(join(ROOT, "docs/firmware.md"), "utf8").replaceAll(/^ {3}/gm, "");
  t.ok(docs.includes(sketch), "it is the one of docs/firmware.md");
  const [, configuration = ""] = /```yaml\n([^]*?)```/.exec(docs) ?? [];

  const board = await AvrBoard.start(await buildFirmware(SKETCH));
  t.teardown(() => board.close());
  // 21.3 °C on a TMP36, and half the light.
  await board.call("setAnalog", 0, 0.713);
  await board.call("setAnalog", 1, 2.5);
  const test = await startCliAgent(configuration.replace(/port: .*/, `port: ${board.path}`));
  t.teardown(() => test.close());

  const seen = new Collector(test.client, [""]);
  const reading = await seen.first("a reading", isReading("station"));
  t.match(reading, { values: { temperature: Number, light: Number } });
  const { temperature, light } = (reading as { values: Record<string, number> }).values;
  // The converter has steps of 4.9 mV.
  t.ok(Math.abs(Number(temperature) - 21.3) < 0.5, `it is ${temperature} °C`);
  t.ok(Math.abs(Number(light) - 50) < 0.5, `the light is ${light} %`);

  const births = new Collector(test.client, ["state/"]);
  const birth = await births.first(
    "a birth that tells of the metrics",
    (message) =>
      message.kind === "state" &&
      message.state.type === "birth" &&
      "temperature" in (message.state.devices["station"]?.metrics ?? {}),
  );
  t.match(birth, {
    state: {
      devices: {
        station: {
          metrics: {
            temperature: { type: "number", unit: "Cel", description: "of the air" },
            light: { type: "number", unit: "%", description: "of full sun" },
          },
          commands: {
            led: {
              description: "the lamp on the board",
              arguments: { on: { type: "boolean" } },
              idempotent: true,
            },
          },
        },
      },
    },
  });

  t.equal(await board.call("isHigh", ...LED), false);
  const push = await dunlin(["push", "-a", test.address, "--wait", "pi/station", "led", "on=true"]);
  t.match(push, { code: 0, stdout: /succeeded pi\/station led/ });
  t.equal(await board.call("isHigh", ...LED), true, "the firmware says so when it has been done");
  t.match(
    await dunlin(["push", "-a", test.address, "pi/station", "led", "on=7"]),
    { code: 4 },
    "checked by type",
  );

  const { realTimeShare, lostMs, deepestStackBytes } = await board.call("status");
  t.comment(
    `note: the board ran at ${(realTimeShare * 100).toFixed(0)} % of real time, fell behind by ${lostMs.toFixed(0)} ms; stack ${deepestStackBytes} bytes`,
  );
});

t.test("a command that takes time ends when the firmware says so, with values, or early", async (t) => {
  const board = await AvrBoard.start(await buildFirmware("firmware-bridge/examples/valve"));
  t.teardown(() => board.close());
  const test = await startCliAgent(
    `clock: synced\ndevices:\n  valve: { driver: dunlin-link, port: ${board.path} }\n`,
  );
  t.teardown(() => test.close());

  // A host that is busy simulates the board in slow motion.
  const move = (to: number, id: string = v7()) =>
    test.client.push("pi/valve", "move", { to }, { id, expiresMs: 120_000 });
  t.match(await move(3), { state: "succeeded", result: { position: 3 } });
  t.match(await move(101), { state: "rejected" }, "beyond what the firmware said is possible");

  const seen = new Collector(test.client, ["telemetry/"]);
  const id = v7();
  const far = move(100, id);
  await seen.next("it moves", isReading("valve"));
  t.match(await move(0), { state: "failed", reason: "it is moving" });
  await test.client.push("pi", "cancel-command", { id });
  t.match(await far, { state: "cancelled" });
  t.match(await move(4), { state: "succeeded", result: { position: 4 } }, "and the valve is free again");
});
