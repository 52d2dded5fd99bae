import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen, SOON } from "../support/reopen.ts";
import { openBlackHole } from "../support/serial-server.ts";

t.test(
  "a TCP peer that never answers is given up and tried again, and does not hold up another port",
  async (t) => {
    const hole = await openBlackHole();
    t.teardown(hole.close);
    const pty = openPty();
    t.teardown(() => pty.close());
    const silent = reopen(t, `tcp://127.0.0.1:${hole.port}`, { backoff: SOON, connectTimeoutMs: 30 });
    const other = reopen(t, pty.path);
    await other.log.until("open");
    for (const attempt of [1, 2, 3])
      t.match(await silent.log.until("waiting"), {
        attempt,
        error: { code: "port-missing", message: /no answer/ },
      });
    await pty.write("alive");
    t.equal((await other.log.take(5)).toString(), "alive");
  },
);

t.test("closing while connecting does not wait for the answer", async (t) => {
  const hole = await openBlackHole();
  t.teardown(hole.close);
  const { port, log } = reopen(t, `tcp://127.0.0.1:${hole.port}`, { connectTimeoutMs: 3_600_000 });
  await log.until("opening");
  await port.close();
  t.same(
    log.states.map((state) => state.kind),
    ["opening", "closed"],
  );
});
