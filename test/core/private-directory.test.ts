import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makePrivate } from "../../src/core/private-directory.ts";

t.test("the folder of the sockets is made for this user alone", async (t) => {
  const path = join(t.testdir(), "run/pi");
  makePrivate(path);
  makePrivate(path);
  t.equal(statSync(path).mode & 0o777, 0o700);
});

t.test(
  "a folder that others may write, or that is another's, or no folder, is refused with what to do",
  async (t) => {
    const path = t.testdir({ file: "" });
    chmodSync(path, 0o777);
    t.throws(() => makePrivate(path), { code: "state-unwritable", message: /chmod 700.*runtimeDirectory/ });
    t.throws(() => makePrivate(join(path, "file/run")), { code: "state-unwritable" });
    if (process.getuid?.() !== 0) t.throws(() => makePrivate("/"), /another user/);
  },
);
