import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import * as Type from "typebox";
import { type ConfigFault, parseConfig } from "../../src/config/index.ts";
import { faultLine, faultLines, OPTIONS, parsed } from "./example.ts";

const folder = join(import.meta.dirname, "fixtures/bad");

/** A fault as the .faults files beside the examples have it. */
function described(fault: ConfigFault): string {
  const path = fault.path === "" ? "" : `\n  at ${fault.path}`;
  const code = fault.code === "config-invalid" ? "" : `\n  code ${fault.code}`;
  const hint = fault.hint === undefined ? "" : `\n  hint ${fault.hint}`;
  return `${faultLine(fault)}${path}${code}${hint}\n`;
}

t.test("every bad example gives the faults that are written down beside it", async (t) => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".yaml"))) {
    const expected = join(folder, name.replace(".yaml", ".faults"));
    const result = parsed({ [name]: readFileSync(join(folder, name), "utf8") });
    t.ok(existsSync(expected), expected);
    t.equal(result.ok ? "" : result.faults.map(described).join(""), readFileSync(expected, "utf8"), name);
  }
});

t.test("three typos are three faults, each at its line and column", async (t) => {
  const text = [
    "name: plant7",
    "devices:",
    "  gps:",
    "    driver: nmea0183",
    "    port: /dev/ttyUSB0",
    "    line:",
    "      bauds: 9600",
    "      parity: evn",
    "    silense: 10s",
  ].join("\n");
  t.strictSame(faultLines(parsed(text)), [
    'agent.yaml:7:7: devices.gps.line.bauds is not a setting of line: did you mean "baudRate"?',
    'agent.yaml:8:15: expected one of none, even, odd, found "evn": did you mean "even"?',
    'agent.yaml:9:5: devices.gps.silense is not a setting of a device: did you mean "silence"?',
  ]);
});

t.test("what is not YAML is told where it is, and nothing that follows from it", async (t) => {
  const first = (text: string): string => faultLines(parsed(text)).join("\n");
  t.equal(first("devices:\n\tgps:\n"), "agent.yaml:2:1: not YAML: tabs are not allowed as indentation");
  t.equal(first("name: a\n---\nname: b\n"), "agent.yaml:2:1: a second document begins here");
  t.equal(first("name: !include a.yaml\n"), "agent.yaml:1:7: tags have no meaning here: !include");
  t.equal(first("name: !!binary aGk=\n"), "agent.yaml:1:7: tags have no meaning here: !!binary");
  t.equal(first("? [a, b]\n: 1\n"), "agent.yaml:1:3: expected a word as key");
  t.equal(first(": 1\n").split("\n").length, 1);
  t.equal(
    first('name: "a\\qb"\nlog: { level: "\\z" }\nx: y: z\n'),
    [
      "agent.yaml:1:9: not YAML: invalid escape sequence \\q",
      "agent.yaml:2:16: not YAML: invalid escape sequence \\z",
      "agent.yaml:3:4: not YAML: nested mappings are not allowed in compact mappings",
    ].join("\n"),
  );
});

t.test("a byte order mark, CRLF and a missing last newline change no place", async (t) => {
  const text = "name: a\r\nlog:\r\n  levle: info\r\nclock: x";
  const places = faultLines(parsed(text)).map((line) => line.split(" ")[0]);
  t.strictSame(places, ["agent.yaml:3:3:", "agent.yaml:4:8:"]);
});

t.test("a fault knows the line that it is in and how wide it is", async (t) => {
  const result = parsed("name: a\nclock: sink\n");
  t.match(result, { faults: [{ source: "clock: sink", line: 2, column: 8, width: 4, path: "clock" }] });
});

t.test("a fault in what an anchor holds is told once, however often it is used", async (t) => {
  const text = "devices:\n  a: &x { driver: pms5003, port: sim://, line: { parity: evn } }\n  b: *x\n";
  t.equal(faultLines(parsed(text)).length, 1);
});

t.test("what a driver asks of its settings as a whole is checked too", async (t) => {
  const number = Type.Optional(Type.Number());
  const settings = Type.Object(
    { low: number, high: number },
    { minProperties: 1, description: "low, high or both" },
  );
  const drivers = [{ name: "valve", settings }];
  const check = (text: string): string[] =>
    faultLines(parseConfig([{ file: "agent.yaml", text }], { ...OPTIONS, drivers }));
  const device = "devices:\n  a:\n    driver: valve\n    port: sim://\n";
  t.strictSame(check(device), ["agent.yaml:2:3: expected low, high or both"]);
  t.strictSame(check(`${device}    settings: {}\n`), ["agent.yaml:5:5: expected low, high or both"]);
  t.strictSame(check(`${device}    settings: { low: 1 }\n`), []);
});
