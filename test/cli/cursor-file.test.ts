import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { CursorFile } from "../../src/cli/cursor-file.ts";
import { openOutput } from "../../src/cli/output.ts";

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

t.test("what was saved is there again, for this user alone", async (t) => {
  const environment = { XDG_STATE_HOME: folder(t) };
  const file = await CursorFile.open("archive", environment);
  t.equal(file.path, join(environment.XDG_STATE_HOME, "dunlin/cursors/archive.json"));
  t.equal(file.place, undefined);
  const place = {
    cursors: new Map([["pi/gps", { epoch: 3, seq: 17 }]]),
    output: { path: "/tmp/a.csv", bytes: 4_711 },
    from: "start" as const,
  };
  file.save(place);
  file.close();
  t.equal(statSync(file.path).mode & 0o777, 0o600);
  t.same(readdirSync(join(environment.XDG_STATE_HOME, "dunlin/cursors")), ["archive.json"]);
  const again = await CursorFile.open("archive", environment);
  t.same(again.place, place);
  again.close();
});

t.test("two at once under one name are refused, under two names not", async (t) => {
  const environment = { XDG_STATE_HOME: folder(t) };
  const first = await CursorFile.open("archive", environment);
  await t.rejects(CursorFile.open("archive", environment), { code: "usage", message: /is running/ });
  (await CursorFile.open("other", environment)).close();
  first.close();
});

t.test("a bad name, a damaged file and a folder that cannot be written are said to be so", async (t) => {
  const environment = { XDG_STATE_HOME: folder(t) };
  await t.rejects(CursorFile.open("../x", environment), { code: "arguments-invalid" });
  const { path } = await CursorFile.open("archive", environment);
  for (const damaged of [
    "",
    "{",
    "null",
    "[]",
    "{}",
    '{"cursors":null}',
    '{"cursors":{"pi/gps":7}}',
    '{"cursors":{"pi/gps":{"epoch":1}}}',
    '{"cursors":{},"output":{"bytes":-1,"path":"a"}}',
  ]) {
    const name = `d${Math.random().toString(36).slice(2)}`;
    const damagedPath = path.replace("archive", name);
    writeFileSync(damagedPath, damaged);
    await t.rejects(
      CursorFile.open(name, environment),
      {
        code: "config-unreadable",
        message: new RegExp(`${name}.json is damaged .*: delete it to begin anew`),
      },
      damaged,
    );
    t.equal(readFileSync(damagedPath, "utf8"), damaged, "it is left as it is");
  }
  const occupied = join(environment.XDG_STATE_HOME, "file");
  writeFileSync(occupied, "");
  await t.rejects(CursorFile.open("archive", { XDG_STATE_HOME: occupied }), { code: "state-unwritable" });
});

t.test("an output file is cut to what its cursor knows of, another file never", async (t) => {
  const path = join(folder(t), "out.csv");
  const output = openOutput(path, undefined);
  t.equal(output.isNew, true);
  await output.write("ä1\n");
  const mark = output.settle();
  t.same(mark, { path, bytes: 4 });
  await output.write("written, not noted\n");
  output.close();
  const other = join(path, "../other.csv");
  writeFileSync(other, "something of someone's\n");
  const wrong = openOutput(other, mark);
  t.equal(wrong.isNew, false);
  await wrong.write("more\n");
  wrong.close();
  t.equal(readFileSync(other, "utf8"), "something of someone's\nmore\n");
  const again = openOutput(path, mark);
  await again.write("2\n");
  again.close();
  t.equal(readFileSync(path, "utf8"), "ä1\n2\n");
  writeFileSync(path, "1");
  t.throws(() => openOutput(path, mark), { code: "usage", message: /it has 1 bytes, and had 4/ });
  t.throws(() => openOutput(join(path, "below"), undefined), { code: "usage" });
  t.ok(existsSync(path));
});
