import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { MAX_DEVICES } from "../../src/agent/device-table.ts";
import { MAX_SUBSCRIPTION_BYTES } from "../../src/bus/options.ts";
import { COMMAND_CAPACITY } from "../../src/command/index.ts";
import {
  COMMAND_STATES,
  DEVICE_STATES,
  MAX_DECLARED,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_MESSAGE_BYTES,
  MAX_READING_BYTES,
  QUERIES,
} from "../../src/message/index.ts";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { PYTHON, run } from "../support/program.ts";

const docs = join(import.meta.dirname, "../../docs");
const text = readFileSync(join(docs, "protocol.md"), "utf8");

/** The cells of all tables, row by row. */
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

t.test("the limits are those of the code", async (t) => {
  const limits: Record<string, string> = {
    "a frame to PULL, ROUTER or PAIR": `${MAX_MESSAGE_BYTES / 1024} KiB`,
    "a subscription": `${MAX_SUBSCRIPTION_BYTES / 1024} KiB`,
    "a reading": `${MAX_READING_BYTES / 1024} KiB`,
    "nesting of CBOR": String(MAX_DEPTH),
    "items of a list or pairs of a map": String(MAX_ITEMS),
    "devices of an agent": String(MAX_DEVICES),
    "metrics of a device, its commands, a command's arguments": String(MAX_DECLARED),
    "commands that have not ended": String(COMMAND_CAPACITY),
  };
  const written = rows.filter(([, what = ""]) => what in limits).map(([, what, value]) => [what, value]);
  t.same(Object.fromEntries(written), limits);
});

t.test("every state and query of the code is in a table", async (t) => {
  const words = new Set(rows.map(([, first]) => first));
  for (const word of [...COMMAND_STATES, ...DEVICE_STATES, ...QUERIES]) t.ok(words.has(`\`${word}\``), word);
});

t.test("every Python program in the text runs as it stands", async (t) => {
  const program = { command: PYTHON, args: [join(docs, "examples/component.py")] };
  const test = await startAgent({ components: [{ kind: "foreign", name: "weather", program }] });
  t.teardown(() => test.close());
  await new Collector(test.client, ["telemetry/"]).first("a reading", isReading("weather"));
  const base = Number(new URL(test.address).port);
  const expected = [
    /telemetry\/pi\/weather\/ \(1, 3\)/,
    /weather online .*Cel[^]*alive/,
    /succeeded/,
    /'temperature'[^]*query-unknown/,
  ];
  const programs = [...text.matchAll(/```python\n([^]*?)```/g)].map(([, code = ""]) => code);
  t.equal(programs.length, expected.length);
  for (const [at, code] of programs.entries()) {
    const here = code.replace(/:(555[567])"/g, (_, port) => `:${base + Number(port) - 5555}"`);
    const ended = await run(PYTHON, ["-c", here]);
    t.match(ended, { code: 0, err: /^$/, out: expected[at] }, `program ${at + 1}`);
  }
});
