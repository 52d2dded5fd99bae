import t from "tap";
import { jsonLines } from "../../../devices/json-lines/driver.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const FAN = { template: "fan={on}", arguments: { on: { type: "boolean" } } };

function written(settings: object, name: string, args: Values): string | readonly DriverEvent[] | undefined {
  const events = jsonLines.open(settingsOf(jsonLines, settings)).run?.({ id: "1", name, args });
  const [write] = events ?? [];
  return write?.type === "write" ? Buffer.from(write.bytes).toString() : events;
}

t.test("a command of the configuration is declared with its arguments", async (t) => {
  const { commands } = jsonLines.describe(
    settingsOf(jsonLines, { commands: { fan: { ...FAN, idempotent: true } } }),
  );
  t.match(commands["fan"], { description: "", arguments: { on: { type: "boolean" } }, idempotent: true });
  t.ok(commands["send"]);
});

t.test("its template is filled in, and only with its arguments", async (t) => {
  t.equal(written({ commands: { fan: FAN } }, "fan", { on: true }), "fan=true\n");
  const json = { commands: { fan: { ...FAN, template: '{"fan":{on},"x":{y}}' } } };
  t.equal(written(json, "fan", { on: false }), '{"fan":false,"x":{y}}\n');
  const optional = {
    commands: {
      say: { template: "say {what}!{what}", arguments: { what: { type: "text", optional: true } } },
    },
  };
  t.equal(written(optional, "say", { what: "$& $1" }), "say $& $1!$& $1\n", "text is put in as it is");
  t.equal(written(optional, "say", {}), "say !\n");
});

t.test("send writes a line with the ending that is set", async (t) => {
  for (const [lineEnding, end] of [
    ["lf", "\n"],
    ["crlf", "\r\n"],
    ["cr", "\r"],
    ["none", ""],
  ])
    t.equal(written({ lineEnding }, "send", { text: "grüße\there" }), `grüße\there${end}`);
});

t.test("a line's end inside an argument is refused: it would be a command of its own", async (t) => {
  for (const text of ["a\nb", "a\rb", "\0"])
    t.match(written({}, "send", { text }), [
      { type: "outcome", call: "1", outcome: { ok: false, reason: /control character/ } },
    ]);
});

t.test("a command of the configuration may be called send", async (t) => {
  t.equal(written({ commands: { send: FAN } }, "send", { on: true }), "fan=true\n");
});

t.test("auto takes anything until one line is JSON; a set format is the only one", async (t) => {
  const read = (settings: object, line: string): readonly DriverEvent[] =>
    jsonLines
      .open(settingsOf(jsonLines, settings))
      .push(Buffer.from(line))
      .filter(({ type }) => type !== "describe");
  t.match(read({}, 't=1\n{"t":2}\n{"t":3\nt=4\n'), [
    { values: { t: 1 } },
    { values: { t: 2 } },
    { reason: "unparsable" },
    { reason: "unparsable" },
  ]);
  t.match(read({ columns: ["t"] }, '1\n{"t":2}\n'), [{ values: { t: 1 } }, { values: { t: 2 } }]);
  t.match(read({ format: "json" }, "t=2\n"), [{ reason: "unparsable" }]);
  t.match(read({ format: "csv" }, "1,2\n"), [{ values: { column_1: 1, column_2: 2 } }]);
  t.match(read({ maxLineBytes: 64 }, `t=${"1".repeat(64)}\n`), [{ reason: "too-long", bytes: 66 }]);
});

t.test("too many names: the log says so once, and the reading has the others", async (t) => {
  const session = jsonLines.open(settingsOf(jsonLines));
  const line = Buffer.from(
    `${JSON.stringify(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`m${i}`, i])))}\n`,
  );
  t.match(session.push(line), [
    { type: "describe" },
    { type: "log", text: /m64 and more/ },
    { type: "reading" },
  ]);
  t.match(session.push(line), [{ type: "reading" }]);
});
