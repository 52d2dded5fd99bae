import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import {
  DeviceRunner,
  type CallEnd,
  type DeviceCondition,
  type DriverEvent,
  type LineHandlers,
  type Session,
} from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";

/** Joins chunks to lines, as drivers do; a line is a reading. */
class LineSession implements Session {
  #held = "";

  start(): DriverEvent[] {
    return [{ type: "write", bytes: Buffer.from("hello") }];
  }

  push(chunk: Uint8Array): DriverEvent[] {
    const lines = (this.#held + Buffer.from(chunk).toString()).split("\n");
    this.#held = lines.pop() ?? "";
    return lines.map((line) => ({ type: "reading", values: { line } }));
  }

  run({ id, name }: { id: string; name: string }): DriverEvent[] {
    const write = { type: "write", bytes: Buffer.from(name) } as const;
    return name === "slow" ? [write] : [write, { type: "outcome", call: id, outcome: { ok: true } }];
  }
}

function run() {
  const readings: Values[] = [];
  const conditions: DeviceCondition[] = [];
  const ends: [string, CallEnd][] = [];
  const written: string[] = [];
  let line: LineHandlers | undefined;
  const runner = new DeviceRunner(
    {
      name: "x",
      silenceMs: 1_000,
      baudRate: 9_600,
      openSession: () => new LineSession(),
      openLine: (handlers) => {
        line = handlers;
        return {
          write: async (bytes) => void written.push(Buffer.from(bytes).toString()),
          close: async () => {},
        };
      },
    },
    {
      onEnter: () => {},
      onReading: (values) => void readings.push(values),
      onCondition: (condition) => void conditions.push(condition),
      onDescribe: () => {},
      onEnd: (call, end) => void ends.push([call, end]),
      onLog: () => {},
      onTrace: () => {},
    },
  );
  runner.start();
  const handlers = line as unknown as LineHandlers;
  return { runner, readings, conditions, ends, written, line: handlers };
}

const UNPLUGGED = new DunlinError("port-missing", "gone");

t.test("half a line from before an unplug is not joined to what comes after it", async (t) => {
  const { runner, readings, line } = run();
  line.onOpen();
  line.onChunk(Buffer.from("a\n2"));
  line.onDown(UNPLUGGED);
  line.onOpen();
  line.onChunk(Buffer.from("1\n"));
  t.same(readings, [{ line: "a" }, { line: "1" }]);
  await runner.close();
});

t.test("a driver can write first, each time the line opens", async (t) => {
  const { runner, written, line } = run();
  line.onOpen();
  line.onDown(UNPLUGGED);
  line.onOpen();
  t.same(written, ["hello", "hello"]);
  await runner.close();
});

t.test("a command ends: written, lost with the port, not running, or with the agent", async (t) => {
  const { runner, ends, line } = run();
  runner.run({ id: "early", name: "go", args: {} }, 1_000);
  line.onOpen();
  runner.run({ id: "good", name: "go", args: {} }, 1_000);
  await new Promise((resolve) => setImmediate(resolve));
  runner.run({ id: "lost", name: "slow", args: {} }, 1_000);
  runner.run({ id: "lost", name: "slow", args: {} }, 1_000);
  line.onDown(UNPLUGGED);
  line.onOpen();
  runner.run({ id: "late", name: "slow", args: {} }, 1_000);
  await runner.close();
  t.match(ends, [
    ["early", { ok: false, code: "driver-failed" }],
    ["good", { ok: true }],
    ["lost", { ok: false, code: "port-missing", reason: "gone" }],
    ["late", { ok: false, code: "interrupted" }],
  ]);
  t.equal(ends.length, 4);
});

t.test("a device that does not answer in time: the command fails as timed-out", async (t) => {
  const { runner, ends, line } = run();
  line.onOpen();
  runner.run({ id: "slow", name: "slow", args: {} }, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.match(ends, [["slow", { ok: false, code: "timed-out" }]]);
  await runner.close();
});

t.test("a driver may say why a command failed, and that what came was right", async (t) => {
  let line: LineHandlers | undefined;
  const ends: [string, CallEnd][] = [];
  const conditions: DeviceCondition[] = [];
  const described: unknown[] = [];
  const runner = new DeviceRunner(
    {
      name: "x",
      silenceMs: 60_000,
      baudRate: 9_600,
      openSession: () => ({
        push: (chunk) =>
          chunk[0] === 1
            ? [{ type: "sense" }]
            : chunk[0] === 2
              ? [{ type: "describe", metrics: {}, replaces: true }]
              : [{ type: "discard", bytes: 1, reason: "noise" }],
        run: ({ id }) => [
          { type: "outcome", call: id, outcome: { ok: false, reason: "reset", code: "interrupted" } },
        ],
      }),
      openLine: (handlers) => {
        line = handlers;
        return { write: async () => {}, close: async () => {} };
      },
    },
    {
      onEnter: () => {},
      onReading: () => {},
      onCondition: (condition) => void conditions.push(condition),
      onDescribe: (...told) => void described.push(told),
      onEnd: (call, end) => void ends.push([call, end]),
      onLog: () => {},
      onTrace: () => {},
    },
  );
  runner.start();
  line?.onOpen();
  const openedMs = performance.now();
  runner.run({ id: "one", name: "go", args: {} }, 1_000);
  t.same(ends, [["one", { ok: false, reason: "reset", code: "interrupted" }]]);
  // Bytes came later than the opening: there is a moment that is too long after the one, and not after the other.
  while (performance.now() < openedMs + 2);
  line?.onChunk(Uint8Array.of(0));
  runner.tick(openedMs + 60_001);
  line?.onChunk(Uint8Array.of(1));
  line?.onChunk(Uint8Array.of(2));
  t.same(described, [[{}, {}, true]]);
  t.same(
    conditions.map(({ state, code }) => [state, code]),
    [
      ["online", undefined],
      ["online", "message-invalid"],
      ["online", undefined],
    ],
  );
  await runner.close();
});
