import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { nextEpoch } from "../../src/core/epoch.ts";
import { noSmallDisk, SmallDisk } from "../support/small-disk.ts";

t.test("rises by one at each start and is on disk", async (t) => {
  const folder = join(t.testdir(), "new", "state");
  t.same(
    [1, 2, 3].map(() => nextEpoch(folder).epoch),
    [1, 2, 3],
  );
  t.equal(readFileSync(join(folder, "epoch"), "latin1"), "3\n");
});

t.test("a damaged file gives an epoch greater than any count before, and rises from there", async (t) => {
  for (const damage of ["", "x", "-5", "9".repeat(40), "\0\0\0\0"]) {
    const folder = t.testdir({ epoch: damage });
    const first = nextEpoch(folder);
    t.equal(first.damaged, true);
    t.ok(first.epoch > 1_700_000_000);
    t.same(nextEpoch(folder), { epoch: first.epoch + 1, damaged: false });
  }
});

t.test("a folder that cannot be written is said with its path", async (t) => {
  const folder = t.testdir({ file: "" });
  t.throws(() => nextEpoch(join(folder, "file")), { code: "state-unwritable", message: /stateDirectory/ });
  mkdirSync(join(folder, "epoch"));
  t.throws(() => nextEpoch(folder), { code: "state-unwritable" });
  writeFileSync(join(folder, "other"), "");
});

t.test(
  "on a full disk: the file that is there takes the next one, and without one it says why",
  { skip: noSmallDisk },
  async (t) => {
    const disk = new SmallDisk();
    t.teardown(() => disk.close());
    const folder = join(disk.path, "state");
    for (let start = 0; start < 9; start++) nextEpoch(folder);
    mkdirSync(join(disk.path, "other"));
    disk.fill();
    t.equal(nextEpoch(folder).epoch, 10);
    t.equal(nextEpoch(folder).epoch, 11);
    t.throws(() => nextEpoch(join(disk.path, "other")), { code: "disk-full", message: /make room/ });
  },
);
