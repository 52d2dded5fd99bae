import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import { Collector, freeBasePort } from "../support/agent.ts";
import { startCliAgent } from "../support/cli-agent.ts";
import { run } from "../support/program.ts";

const SLAVES = 32;
const DEAD = [5, 17, 30];
const POLL_MS = 1_000;
/** The dead are asked rarely by then. */
const SETTLED_MS = 12_000;
const WATCHED_MS = 12_000;

for (const transport of ["rtu", "tcp"] as const)
  t.test(
    `${SLAVES} slaves of libmodbus over ${transport}, three of them dead`,
    { timeout: 180_000 },
    async (t) => {
      const port = await serve(t, transport);
      const devices = Array.from({ length: SLAVES }, (_, i) => {
        const settings = `{ profile: xy-md02, unit: ${i + 1}, pollMs: ${POLL_MS}, transport: ${transport} }`;
        return `  s${i + 1}: { driver: modbus, port: "${port}", settings: ${settings} }`;
      });
      const agent = await startCliAgent(
        `clock: synced\njournal: { enabled: false }\ndevices:\n${devices.join("\n")}\n`,
      );
      t.teardown(() => agent.close());
      const collector = new Collector(agent.client, [""]);
      await collector.first(
        "the last slave",
        (message) => message.kind === "telemetry" && message.device === "s32",
        60_000,
      );

      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
      const from = collector.messages.length;
      await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
      const seen = collector.messages.slice(from).filter((message) => message.kind === "telemetry");
      const worst = [0, ""] as [number, string];
      for (let unit = 1; unit <= SLAVES; unit++) {
        const own = seen.filter(({ device }) => device === `s${unit}`);
        if (DEAD.includes(unit)) {
          t.equal(own.length, 0, `s${unit} is dead`);
          continue;
        }
        const first = own[0];
        t.same(
          first?.values,
          { temperature: (unit * 100 + 1) / 10, humidity: (unit * 100 + 2) / 10 },
          `s${unit}`,
        );
        const spanMs = ((own.at(-1)?.time ?? 0) - (first?.time ?? 0)) / 1_000;
        const off = Math.abs(spanMs / (own.length - 1) / POLL_MS - 1);
        if (off > worst[0]) [worst[0], worst[1]] = [off, `s${unit}`];
      }
      t.comment(
        `note: ${transport}: the interval that is most off is that of ${worst[1]}, by ${(worst[0] * 100).toFixed(1)} %`,
      );
      t.ok(worst[0] < 0.1, "every live slave keeps its interval");
      const { devices: states } = (await agent.client.query("status")) as {
        devices: Record<string, { state: string }>;
      };
      for (let unit = 1; unit <= SLAVES; unit++)
        t.equal(
          states[`s${unit}`]?.state,
          DEAD.includes(unit) ? "silent" : "online",
          `s${unit} is told as what it is`,
        );

      const push = (device: string, name: string, value: number) =>
        agent.client.push(`pi/${device}`, name, { value });
      t.match(await push("s3", "temperature-correction", -1.5), {
        state: "succeeded",
        result: { value: -1.5 },
      });
      t.match(await push("s3", "temperature-correction", 11), {
        state: "rejected",
        code: "arguments-invalid",
      });
      t.match(await push("s5", "temperature-correction", 1), {
        state: "failed",
        reason: /no answer from unit 5/,
      });
    },
  );

/** @returns the agent's port */
async function serve(t: Test, transport: "rtu" | "tcp"): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "server");
  const source = join(import.meta.dirname, "modbus-server.c");
  const flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus"];
  t.match(await run("cc", [...flags, source, "-lmodbus", "-o", program]), { code: 0, err: /^$/ });
  const tcpPort = await freeBasePort();
  const server = spawn(program, [transport, String(tcpPort), ...DEAD.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => server.kill());
  const [line] = (await once(createInterface(server.stdout), "line")) as [string];
  return transport === "rtu" ? line : `tcp://127.0.0.1:${tcpPort}`;
}
