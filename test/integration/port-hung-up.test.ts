import { spawnSync } from "node:child_process";
import t from "tap";
import { openPty } from "../support/pty.ts";
import { reopen, SOON } from "../support/reopen.ts";

/** TIOCVHANGUP of asm-generic/ioctls.h. */
const HANG_UP = `open my $tty, "+<", $ARGV[0] or die $!; ioctl($tty, 0x5437, 0) or die $!;`;
const skip = process.getuid?.() === 0 ? false : "only root may hang up a terminal";

t.test(
  "a line that is hung up with its device still there is opened again after the wait",
  { skip },
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    const { log } = reopen(t, pty.path, { backoff: SOON });
    await log.until("open");
    t.equal(spawnSync("perl", ["-e", HANG_UP, pty.node], { stdio: "inherit" }).status, 0);
    t.match(await log.until("lost"), { error: { code: "port-failed", message: /was lost: hung up/ } });
    await log.until("open");
    await pty.write("again");
    t.equal((await log.take(5)).toString(), "again");
  },
);
