import t from "tap";
import {
  checkCommands,
  checkMetrics,
  decodeCommand,
  encode,
  encodeCommand,
  faultInArguments,
  type CommandDescription,
} from "../../src/message/index.ts";

const COMMAND = {
  id: "01990000-0000-7000-8000-000000000001",
  target: "pi/gps",
  name: "rate",
  args: { interval: 200 },
  issued: 1_800_000_000_000_000,
  expires: 1_800_000_030_000_000,
  issuer: "me",
};

t.test("a command goes there and back", async (t) => {
  t.same(decodeCommand(encodeCommand(COMMAND)), COMMAND);
  const { args: _args, issuer: _issuer, ...least } = COMMAND;
  t.match(decodeCommand(encode(least)), { args: {}, issuer: "" }, "args and issuer may be left out");
});

t.test("a wrong field is refused by name", async (t) => {
  const wrong: Record<string, unknown> = {
    id: "42",
    target: "pi/gps/x",
    name: "RATE",
    args: { a: [1] },
    issued: "now",
    expires: null,
    issuer: "x".repeat(129),
  };
  for (const [field, value] of Object.entries(wrong))
    t.throws(
      () => decodeCommand(encode({ ...COMMAND, [field]: value })),
      { code: "message-invalid", message: new RegExp(`command: ${field}`) },
      field,
    );
  t.throws(() => decodeCommand(encode([1])), { code: "message-invalid" });
});

const RATE: CommandDescription = {
  description: "",
  arguments: {
    interval: { type: "integer", min: 100, max: 10_000, unit: "ms" },
    mode: { type: "text", enum: ["a", "b"], optional: true },
    factor: { type: "number", optional: true, min: 0 },
    on: { type: "boolean", optional: true },
    note: { type: "text", optional: true, max: 4 },
  },
};

t.test("arguments are held against the declaration", async (t) => {
  const right = [{ interval: 100 }, { interval: 10_000, mode: "b", factor: 0.5, on: false, note: "four" }];
  for (const args of right) t.equal(faultInArguments(args, RATE), undefined);
  const wrong: [Record<string, string | number | boolean | null>, string][] = [
    [{}, "argument interval is missing: integer from 100 to 10000, ms"],
    [{ interval: 99 }, "argument interval is 99: expected integer from 100 to 10000, ms"],
    [{ interval: 100.5 }, "argument interval is 100.5: expected integer from 100 to 10000, ms"],
    [{ interval: "100" }, 'argument interval is "100": expected integer from 100 to 10000, ms'],
    [{ interval: null }, "argument interval is null: expected integer from 100 to 10000, ms"],
    [{ interval: 100, mode: "c" }, 'argument mode is "c": expected one of a, b'],
    [{ interval: 100, factor: Infinity }, "argument factor is null: expected number at least 0"],
    [{ interval: 100, note: "füün" }, 'argument note is "füün": expected text length at most 4'],
    [{ interval: 100, speed: 1 }, "argument speed is unknown: it takes interval, mode, factor, on, note"],
    [
      { interval: 100, constructor: 1 },
      "argument constructor is unknown: it takes interval, mode, factor, on, note",
    ],
  ];
  for (const [args, fault] of wrong) t.equal(faultInArguments(args, RATE), fault);
});

t.test("a declaration from outside is taken over field by field, or refused by name", async (t) => {
  t.same(checkMetrics({ t: { type: "number", unit: "Cel", junk: 1 } }), {
    t: { type: "number", unit: "Cel" },
  });
  t.same(checkCommands({ rate: RATE }), { rate: RATE });
  t.throws(() => checkMetrics({ T: { type: "number" } }), /metric "T": not a name/);
  t.throws(() => checkMetrics({ t: { type: "float" } }), /metric t: type must be/);
  t.throws(() => checkMetrics([1]), /must be a map/);
  t.throws(() => checkCommands({ go: { arguments: { x: 1 } } }), /argument of command go x must be a map/);
  const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`m${i}`, { type: "number" }]));
  t.throws(() => checkMetrics(many), /at most 256/);
});
