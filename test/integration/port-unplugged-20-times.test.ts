import { readdirSync } from "node:fs";
import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen } from "../support/reopen.ts";

const openFiles = (): number => readdirSync("/proc/self/fd").length;

t.test("unplugged and plugged in 20 times, a port is open each time and leaks no descriptor", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const { port, log } = reopen(t, pty.path);
  await log.until("open");
  const before = openFiles();
  for (let round = 0; round < 20; round++) {
    pty.unplug();
    await log.until("lost");
    await log.until("waiting");
    pty.replug();
    await log.until("open");
    await pty.write(`round ${round}`);
    t.equal((await log.take(`round ${round}`.length)).toString(), `round ${round}`);
  }
  t.equal(openFiles(), before);
  await port.close();
  t.equal(openFiles(), before - 1);
});
