import { spawn } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen, SOON } from "../support/reopen.ts";

t.test(
  "a port that another program has open is busy, says which, and is left in peace until it is free",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    // Takes no lock: the worst kind, because both would get half of the bytes.
    const other = spawn("sh", ["-c", "exec 3<>$0; echo open; exec cat <&3", pty.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.teardown(() => other.kill());
    await once(other.stdout, "data");

    const { log } = reopen(t, pty.path, { backoff: SOON });
    const { error } = await log.until("waiting");
    t.match(error, { code: "port-busy", context: { port: pty.path } });
    t.match(error.message, new RegExp(`(?:cat|sh) \\(pid ${other.pid}\\) has it open\\. End it`));
    await pty.write("mine");
    const [bytes] = (await once(other.stdout, "data")) as [Buffer];
    t.equal(bytes.toString(), "mine", "the other program gets its bytes");

    other.kill();
    await log.until("open");
    await pty.write("yours");
    t.equal((await log.take(5)).toString(), "yours");
  },
);

t.test("two devices cannot have one port", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const first = reopen(t, pty.path);
  await first.log.until("open");
  const second = reopen(t, pty.node, { backoff: SOON });
  t.match(await second.log.until("waiting"), { error: { code: "port-busy", message: /this process/ } });
  await first.port.close();
  await second.log.until("open");
  t.equal(second.port.state.kind, "open");
});
