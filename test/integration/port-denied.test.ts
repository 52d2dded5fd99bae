import { spawn } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { openPty } from "../support/pty.ts";

const SCRIPT = join(import.meta.dirname, "../support/open-as-nobody.ts");
/** What pseudo-terminals have on Debian; in a container they may have none. */
const TTY_GROUP = 5;

t.test(
  "a port without permission says which group has it, and is opened as soon as it is allowed",
  async (t) => {
    const pty = openPty();
    t.teardown(() => pty.close());
    // Not for its owner, in case the tests do not run as root; not for others, in case they do.
    chmodSync(pty.node, 0o060);
    if (process.getuid?.() === 0) chownSync(pty.node, 0, TTY_GROUP);
    // By env, because the test runner has every Node process that it sees start write files, which nobody may not.
    const child = spawn("env", ["-i", process.execPath, SCRIPT, pty.node], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.teardown(() => child.stdin.end());
    const states = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await states.next()).value)) as Record<string, string>;

    t.match(await next(), { kind: "opening" });
    const { kind, code, message } = await next();
    t.match({ kind, code }, { kind: "waiting", code: "port-denied" });
    t.match(
      message,
      /no permission for \/dev\/pts\/\d+ \(---rw---- \S+ (\S+)\): `sudo usermod -aG \1 \S+`, then log in again/,
    );

    chmodSync(pty.node, 0o666);
    t.match(await next(), { kind: "opening" });
    t.match(await next(), { kind: "open" });
  },
);
