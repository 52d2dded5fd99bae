import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/index.ts";
import { lookAtWear } from "../../src/doctor/wear.ts";

const DAY = 86_400;
const SECTOR = 512;
const GIGABYTE = 1e9;

interface Host {
  readonly upSeconds?: number;
  /** Bytes since the start. */
  readonly written?: number;
  readonly ownWritten?: number;
  readonly rotational?: boolean;
  readonly life?: string;
}

/** A host whose state is on the second partition of a card of 32 GB, as its kernel tells of it. */
function examined(t: Test, host: Host) {
  const { upSeconds = DAY, written = 0, ownWritten = 0, rotational = false, life } = host;
  const root = t.testdir();
  const [sys, proc, state] = [join(root, "sys"), join(root, "proc"), join(root, "state")];
  mkdirSync(state);
  const disk = join(sys, "devices/mmcblk0");
  mkdirSync(join(disk, "mmcblk0p2"), { recursive: true });
  mkdirSync(join(disk, "queue"));
  mkdirSync(join(disk, "device"));
  writeFileSync(join(disk, "mmcblk0p2/partition"), "2\n");
  writeFileSync(join(disk, "queue/rotational"), rotational ? "1\n" : "0\n");
  writeFileSync(join(disk, "size"), `${(32 * GIGABYTE) / SECTOR}\n`);
  writeFileSync(join(disk, "stat"), `  10 0 20 30 40 50 ${Math.round(written / SECTOR)} 70 0 90 100\n`);
  if (life !== undefined) writeFileSync(join(disk, "device/life_time"), life);
  const { dev } = statSync(state);
  mkdirSync(join(sys, "dev/block"), { recursive: true });
  symlinkSync(join(disk, "mmcblk0p2"), join(sys, "dev/block", `${(dev >> 8) & 0xfff}:${dev & 0xff}`));
  mkdirSync(join(proc, "77"), { recursive: true });
  writeFileSync(join(proc, "uptime"), `${upSeconds}.50 1.00\n`);
  writeFileSync(join(proc, "77/cmdline"), "dunlin journal\0");
  writeFileSync(join(proc, "77/io"), `rchar: 1\nwrite_bytes: ${ownWritten}\n`);
  writeFileSync(join(proc, "77/stat"), `77 (dunlin (x) y) S ${"0 ".repeat(18)}0 0\n`);
  return lookAtWear({ stateDirectory: join(state, "later") } as Config, { sys, proc });
}

t.test("little is written: how much is told, and of it the agent's own", async (t) => {
  t.match(await examined(t, { written: 2 * GIGABYTE, ownWritten: 0.25 * GIGABYTE }), [
    { severity: "ok", found: "2.0 GB a day to mmcblk0, of which 0.25 GB by this host's agents" },
  ]);
});

t.test("a card that is written over in less than a week, by us and by others", async (t) => {
  const much = { upSeconds: DAY / 2, written: 5 * GIGABYTE };
  t.match(await examined(t, { ...much, ownWritten: 4 * GIGABYTE }), [
    { severity: "warning", found: /^10\.0 GB a day/, remedy: /journal\.flushMs/ },
  ]);
  t.match(await examined(t, much), [{ severity: "warning", remedy: /iotop/ }]);
  t.match(await examined(t, { ...much, rotational: true }), [{ severity: "ok" }]);
});

t.test("an eMMC that is near its end says so", async (t) => {
  t.match(await examined(t, { life: "0x02 0x01\n" }), [{ severity: "ok" }]);
  t.match(await examined(t, { life: "0x02 0x09\n" }), [
    { severity: "ok" },
    { severity: "problem", found: /mmcblk0 says that 90 % of its life/ },
  ]);
});

t.test("a host that has just started cannot be judged, nor one without a disk", async (t) => {
  t.match(await examined(t, { upSeconds: 600, written: 100 * GIGABYTE }), [{ severity: "skipped" }]);
  const none = join(t.testdir(), "none");
  t.match(await lookAtWear({ stateDirectory: none } as Config, { sys: none, proc: "/proc" }), [
    { severity: "skipped", found: /on no disk/ },
  ]);
});
