import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { dunlin } from "../support/cli.ts";

t.test("a description is begun, held against a recording, and found wrong when it is changed", async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(cwd, { recursive: true, force: true }));
  for (const kind of ["text", "frames", "modbus"]) {
    t.match(await dunlin(["device", "new", `a-${kind}`, "--kind", kind], { cwd }), { code: 0 });
    writeFileSync(join(cwd, "agent.yaml"), `devices: { one: { driver: a-${kind}, port: "sim://" } }\n`);
    t.match(
      await dunlin(["check", "agent.yaml"], { cwd }),
      { code: 0 },
      `the beginning of kind ${kind} is a driver`,
    );
  }
  t.match(await dunlin(["device", "new", "a-text"], { cwd }), { code: 2, stderr: /is there already/ });
  t.match(await dunlin(["device", "new", "A b"], { cwd }), { code: 2 });

  const lines = ["1.5,20\r\n", "noise\r\n", "1.6,30\r\n"].map(
    (line, i) => `${i * 100} < ${Buffer.from(line).toString("hex")}`,
  );
  writeFileSync(join(cwd, "a.rec"), ["dunlin-recording 1 {}", ...lines, ""].join("\n"));
  const test = (...more: string[]) =>
    dunlin(["device", "test", "drivers/a-text.yaml", "a.rec", ...more], { cwd });
  t.match(await test(), { code: 2, stderr: /there is no a\.expected\.jsonl/ });
  t.match(await test("--accept"), { code: 0, stdout: /accepted {2}a\.rec: 2 readings/ });
  t.match(readFileSync(join(cwd, "a.expected.jsonl"), "utf8"), '"values":{"first":1.5,"second":2}');
  t.match(await test(), { code: 0, stdout: /right/ });
  const file = join(cwd, "drivers/a-text.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("scale: 0.1", "scale: 0.01"));
  t.match(await test(), {
    code: 1,
    stdout: /wrong.*a\.rec: expected .*"second":2.*found .*"second":0\.2.*\n.*a\.expected\.jsonl:1/,
  });
  writeFileSync(file, "kind: text\n");
  t.match(await test(), { code: 2, stderr: /a-text\.yaml:1:1/ });
});
