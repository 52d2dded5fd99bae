import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { Notifier, watchdogIntervalMs } from "../../src/systemd/index.ts";
import { Datagrams } from "../support/datagrams.ts";

t.test("news go to the manager's socket, by path or by abstract name", async (t) => {
  // Not t.testdir(): a socket's path has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of [join(folder, "notify"), `@dunlin-test-${process.pid}`]) {
    const manager = await Datagrams.open(name);
    t.teardown(() => manager.close());
    const environment: NodeJS.ProcessEnv = { NOTIFY_SOCKET: name };
    const notifier = Notifier.open(environment);
    t.notOk("NOTIFY_SOCKET" in environment, "and no process of ours inherits it");
    notifier?.tell({ READY: "1", STATUS: "two\nlines\nWATCHDOG=1" });
    notifier?.status("as before");
    notifier?.status("as before");
    notifier?.reloading();
    await manager.first(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    t.strictSame(
      manager.received.slice(0, 2).map(({ text }) => text),
      ["READY=1\nSTATUS=two lines WATCHDOG=1", "STATUS=as before"],
    );
    t.equal(manager.received.length, 3);
  }
});

t.test("a manager that does not read, or is not there, holds nobody up", async (t) => {
  const name = `@dunlin-test-full-${process.pid}`;
  const manager = await Datagrams.open(name);
  const notifier = Notifier.open({ NOTIFY_SOCKET: name });
  manager.pause();
  for (let i = 0; i < 10_000; i++) notifier?.tell({ WATCHDOG: "1" });
  manager.close();
  notifier?.tell({ WATCHDOG: "1" });
  t.equal(Notifier.open({}), undefined);
  t.equal(Notifier.open({ NOTIFY_SOCKET: "" }), undefined);
  t.equal(Notifier.open({ NOTIFY_SOCKET: "vsock:2:1234" }), undefined, "a kind of address that is not ours");
});

t.test("a Node that cannot send datagrams has systemd-notify send them", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const name = join(folder, "notify");
  const manager = await Datagrams.open(name);
  t.teardown(() => manager.close());
  const module = new URL("../../src/systemd/index.ts", import.meta.url).href;
  const script = `import { Notifier } from "${module}"; Notifier.open(process.env).tell({ READY: "1", STATUS: "two words" });`;
  execFileSync(process.execPath, ["--no-experimental-ffi", "--input-type=module", "-e", script], {
    env: { ...process.env, NOTIFY_SOCKET: name },
  });
  t.match(await manager.first(/READY/), { text: "READY=1\nSTATUS=two words" });
});

t.test("the watchdog is asked three times in its limit, if it is for us", async (t) => {
  const cases: readonly [NodeJS.ProcessEnv, number | undefined][] = [
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }, 10_000],
    [{ WATCHDOG_USEC: "30000000" }, 10_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }, undefined],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "soon" }, undefined],
    [{}, undefined],
  ];
  for (const [environment, expected] of cases) {
    t.equal(watchdogIntervalMs(environment, 7), expected);
    t.strictSame(environment, {});
  }
});
