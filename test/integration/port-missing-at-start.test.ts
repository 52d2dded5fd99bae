import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen } from "../support/reopen.ts";

t.test(
  "a port that is missing at the start is named with its likes, and opened when it appears",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    pty.unplug();
    const { port, log } = reopen(t, pty.path);
    await t.rejects(port.write(Buffer.from("?")), { code: "port-missing", message: /is not open yet/ });
    t.match(await log.until("waiting"), {
      attempt: 1,
      error: {
        code: "port-missing",
        message: /does not exist; (?:there (?:is|are): \/dev\/|this machine has no serial port)/,
      },
    });
    pty.replug();
    await log.until("open");
    await pty.write("here");
    t.equal((await log.take(4)).toString(), "here");
  },
);
