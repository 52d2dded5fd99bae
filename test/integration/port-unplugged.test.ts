import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen } from "../support/reopen.ts";

t.test("a port that is unplugged is lost, and open again as soon as it is plugged in", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const { port, log } = reopen(t, pty.path);
  await log.until("open");
  await pty.write("before");
  t.equal((await log.take(6)).toString(), "before");

  pty.unplug();
  t.match(await log.until("lost"), { error: { code: "port-missing", message: /was unplugged/ } });
  await log.until("waiting");
  await t.rejects(port.write(Buffer.from("?")), {
    code: "port-missing",
    message: /is not open: .* was unplugged/,
  });

  pty.replug();
  await log.until("open");
  await pty.write("after");
  t.equal((await log.take(5)).toString(), "after");
  await port.write(Buffer.from("ok"));
  t.equal((await pty.take(2)).toString(), "ok");
  t.same(
    log.states.map((state) => state.kind),
    ["opening", "open", "lost", "waiting", "opening", "open"],
  );
});

t.test(
  "a device that comes back under another name is not taken for the one that was configured",
  async (t) => {
    const pty = openPty("ttyUSB0");
    t.teardown(() => pty.close());
    const { log } = reopen(t, pty.path);
    await log.until("open");
    pty.unplug();
    await log.until("waiting");
    pty.replug("ttyUSB1");
    const other = reopen(t, pty.path);
    await other.log.until("open");
    pty.unplug();
    await other.log.until("waiting");
    pty.replug("ttyUSB0");
    await log.until("open");
    t.pass("open under its own name");
  },
);

t.test("closing while unplugged ends the search", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const { port, log } = reopen(t, pty.path);
  await log.until("open");
  pty.unplug();
  await log.until("waiting");
  await Promise.all([port.close(), port.close()]);
  t.equal(log.states.at(-1)?.kind, "closed");
  await t.rejects(port.write(Buffer.from("?")), { code: "port-missing", message: /not open any more/ });
});
