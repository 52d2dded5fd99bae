import { execFile, execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { debOf, version } from "../support/deb.ts";

t.setTimeout(300_000);

/** What a card and a mobile link can bear. */
const MAX_BYTES = 36e6;

/** Takes its time: the rest goes on beside it. */
const lintian = promisify(execFile)("lintian", ["--allow-root", "--fail-on", "none", debOf("amd64")]);

t.test("the arm64 .deb: unpacked, its binary runs", async (t) => {
  const folder = t.testdir();
  execFileSync("dpkg-deb", ["-x", debOf("arm64"), folder]);
  const binary = join(folder, "usr/bin/dunlin");
  const emulated = ["-L", "/usr/aarch64-linux-gnu", binary, "version", "--json"];
  const env = { ...process.env, PKG_NATIVE_CACHE_PATH: join(folder, "cache") };
  t.match(JSON.parse(execFileSync("qemu-aarch64", emulated, { encoding: "utf8", env })), {
    dunlin: version,
    architecture: "arm64",
    libzmq: String,
  });
  t.equal(execFileSync("dpkg-deb", ["-f", debOf("arm64"), "Architecture"], { encoding: "utf8" }), "arm64\n");
});

t.test("the .deb of each architecture is small, and as Debian wants it", async (t) => {
  for (const architecture of ["amd64", "arm64"]) {
    const { size } = statSync(debOf(architecture));
    t.ok(size <= MAX_BYTES, `${architecture}: ${size} bytes`);
  }
  t.equal((await lintian).stdout, "", "lintian has nothing to say");
});
