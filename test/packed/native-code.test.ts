import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";

/** The binary alone in a folder, run as a user who owns nothing else: the native code has to go somewhere. */
const folder = mkdtempSync(join(tmpdir(), "packed-"));
const binary = join(folder, "dunlin");
chmodSync(folder, 0o755);
copyFileSync(join(import.meta.dirname, `../../dist/dunlin-linux-${process.arch}`), binary);
t.teardown(() => rmSync(folder, { recursive: true }));

const NOBODY = { uid: 65_534, gid: 65_534 };
const user =
  process.geteuid?.() === 0 ? NOBODY : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** `dunlin version` loads ZeroMQ. */
function version(environment: Record<string, string>) {
  return spawnSync(binary, ["version"], { ...user, env: environment, cwd: "/", encoding: "utf8" });
}

function folderOf(owner: { uid: number; gid: number }, mode: number): string {
  const made = mkdtempSync(join(folder, "cache-"));
  chownSync(made, owner.uid, owner.gid);
  chmodSync(made, mode);
  return made;
}

t.test(
  "a user without a home: the native code goes to the temporary folder, for this user alone",
  async (t) => {
    const temporary = folderOf(user, 0o700);
    const run = version({ HOME: "/nonexistent", TMPDIR: temporary });
    t.match(run, { status: 0, stdout: /libzmq +\d/, stderr: "" });
    const cache = join(temporary, `dunlin-${user.uid}`);
    t.equal(statSync(cache).mode & 0o777, 0o700);
    t.match(readdirSync(cache), [/^zeromq-[0-9a-f]{16}\.node$/]);
  },
);

t.test("a service: systemd's cache folder; the next start maps the same file", async (t) => {
  const cache = folderOf(user, 0o700);
  const environment = {
    CACHE_DIRECTORY: `${cache}:/var/cache/other`,
    HOME: "/nonexistent",
    TMPDIR: "/nonexistent",
  };
  t.match(version(environment), { status: 0, stderr: "" });
  const [file = ""] = readdirSync(cache);
  const first = statSync(join(cache, file), { bigint: true });
  t.match(version(environment), { status: 0, stderr: "" });
  t.same(readdirSync(cache), [file]);
  t.equal(statSync(join(cache, file), { bigint: true }).ctimeNs, first.ctimeNs, "not written again");
});

t.test("a folder where others could put their code in place of ours is refused, by name", async (t) => {
  const open = folderOf(user, 0o777);
  const run = version({ PKG_NATIVE_CACHE_PATH: open });
  t.not(run.status, 0);
  t.match(run.stderr, `${open}: others may write to it`);
  t.match(run.stderr, "PKG_NATIVE_CACHE_PATH");
  t.same(readdirSync(open), []);
});

t.test("a folder named by the operator is the only one tried", async (t) => {
  const home = folderOf(user, 0o700);
  const closed = join(folder, "closed");
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  const run = version({ PKG_NATIVE_CACHE_PATH: join(closed, "cache"), HOME: home });
  t.not(run.status, 0);
  t.match(run.stderr, "EACCES");
  t.same(readdirSync(home), []);
});
