import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { recordCommand } from "../../src/cli/record-command.ts";
import { dunlin } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
t.teardown(() => rmSync(folder, { recursive: true }));

t.test("a file that is there stays, unless --force says otherwise", async (t) => {
  const file = join(folder, "dear.rec");
  writeFileSync(file, "dear\n");
  const args = ["record", "sim://pms5003", file, "--bytes", "1"];
  t.match(await dunlin(args), { code: 2, stderr: /dear\.rec is there already: .*--force/ });
  t.match(await dunlin(["record", "/dev/absent", file, "--baud", "9600", "--force"]), { code: 1 });
  t.equal(readFileSync(file, "utf8"), "dear\n", "also with --force, if there is nothing to record");
  t.equal((await dunlin([...args, "--force"])).code, 0);
  t.match(readFileSync(file, "utf8"), /^dunlin-recording 1 .*\n\d+ < [0-9a-f]{2} # .?\n$/);
});

t.test("what cannot be recorded is told, and leaves no file", async (t) => {
  const file = join(folder, "none.rec");
  const wrong = (port: string, options: object = {}, to = file): Promise<unknown> =>
    recordCommand(port, to, { exclusive: true, ...options });
  const usage = (message: RegExp) => ({ code: "usage", message });
  await t.rejects(wrong("/dev/ttyUSB0"), usage(/how is the line set\? Say --driver, or --baud/));
  await t.rejects(wrong("ttyUSB0"), { code: "address-invalid", message: /did you mean \/dev\/ttyUSB0\?/ });
  await t.rejects(wrong("sim://"), usage(/say which device is to be simulated/));
  await t.rejects(wrong("sim://pms5003", { driver: "nmea0183" }), usage(/say which device/));
  await t.rejects(wrong("sim://pms"), { code: "driver-unknown", message: /no driver "pms": there are/ });
  await t.rejects(wrong("file:///tmp/a.rec"), usage(/is a recording already/));
  await t.rejects(wrong("/dev/absent", { baud: 9600 }), { code: "port-missing", message: /does not exist/ });
  for (const baud of [NaN, 0, 1.5, 5_000_000])
    await t.rejects(wrong("/dev/absent", { baud }), usage(/--baud takes/));
  await t.rejects(wrong("sim://pms5003", { duration: "60" }), usage(/30s, 10m/));
  for (const bytes of [NaN, 0, 1.5])
    await t.rejects(wrong("sim://pms5003", { bytes }), usage(/--bytes takes/));
  t.throws(() => readFileSync(file), { code: "ENOENT" });
  await t.rejects(wrong("sim://pms5003", {}, join(folder, "no/folder.rec")), usage(/cannot write to/));
  await t.rejects(wrong("sim://pms5003", { force: true }, "/dev/full"), { code: "disk-full" });
  const misspelt = ["record", "/dev/absent", file, "--parity", "evn"];
  t.match(await dunlin(misspelt), { code: 2, stderr: /Allowed choices are none, even, odd/ });
});
