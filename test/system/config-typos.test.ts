import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { dunlin } from "../support/cli.ts";

const TYPOS = `name: plant7
devices:
  gps:
    driver: nmea183
    port: /dev/ttyUSB0
    line: { boudRate: 9600 }
  air:
    driver: pms5003
    port: serial:/dev/ttyUSB1
`;

t.test("three typos: three messages with line and column, and the agent does not start", async (t) => {
  const file = join(t.testdir(), "agent.yaml");
  writeFileSync(file, TYPOS);
  for (const command of ["agent", "check"]) {
    const { code, stderr } = await dunlin([command, "-c", file]);
    t.equal(code, 2, command);
    t.match(stderr, /agent\.yaml:4:13: .*nmea183.*nmea0183/s);
    t.match(stderr, /agent\.yaml:6:13: .*boudRate.*baudRate/s);
    t.match(stderr, /agent\.yaml:9:11: .*port/s);
    t.match(stderr, /3 faults/);
  }
  const { code, stdout } = await dunlin(["check", file, "--json"]);
  t.equal(code, 2);
  const faults = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  t.match(faults, [
    { ok: false, line: 4, column: 13 },
    { line: 6, column: 13 },
    { line: 9, column: 11 },
  ]);
});

t.test("a file that is not there, and none at all, say what to do", async (t) => {
  t.match(await dunlin(["agent", "-c", "/nowhere/agent.yaml"]), {
    code: 2,
    stderr: /\/nowhere\/agent\.yaml/,
  });
  t.match(await dunlin(["agent", "--sim", "-c", "x"]), { code: 2, stderr: /exclude each other/ });
});

t.test("the schema of an editor is valid JSON and knows the drivers", async (t) => {
  const { code, stdout } = await dunlin(["schema"]);
  t.equal(code, 0);
  t.match(stdout, /nmea0183/);
  t.ok(JSON.parse(stdout));
});
