import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";

/** Issue 6: of a sketch with frames of 64 bytes. */
const MAX_FLASH_BYTES = 6_144;
const MAX_RAM_BYTES = 300;
/** What the library takes of the stack, beside callbacks: told by the compiler, so that it is seen to grow. */
const MAX_STACK_BYTES = 160;
const FUZZ_RUNS = 200_000;
const COMPILERS = ["gcc", "clang", "g++", "clang++", "avr-gcc"];

const run = promisify(execFile);
t.setTimeout(600_000);

/** Builds what the device side's makefile names, in a folder of this test's own. */
async function makeFirmware(build: string, target: string, ...variables: string[]): Promise<string> {
  const { stdout } = await run(
    "make",
    ["-s", "-C", "firmware-bridge", target, `BUILD=${build}`, ...variables],
    {
      maxBuffer: 1 << 24,
    },
  );
  return stdout;
}

t.before(async () => {
  const build = await mkdtemp(join(tmpdir(), "dunlin-firmware-"));
  t.teardown(() => rm(build, { recursive: true }));
  t.context.build = build;
});

for (const target of ["test", "sanitize"]) {
  t.test(`make ${target}: unit tests and vectors in C`, async (t) => {
    const said = await makeFirmware(t.context.build, target);
    t.match(said, /^\d{5,} checks passed$/m);
  });
}

t.test("make warnings: clean under all compilers", async (t) => {
  const said = await makeFirmware(t.context.build, "warnings");
  for (const compiler of COMPILERS)
    t.ok(
      said.split("\n").some((line) => line.startsWith(`${compiler} `) && line.endsWith(": clean")),
      compiler,
    );
});

t.test(`make fuzz: ${FUZZ_RUNS} inputs`, async (t) => {
  const said = await makeFirmware(t.context.build, "fuzz", `FUZZ_RUNS=${FUZZ_RUNS}`);
  t.match(said, new RegExp(`number_of_executed_units: ${FUZZ_RUNS}$`, "m"));
});

t.test("make size: within flash, RAM and stack", async (t) => {
  const said = await makeFirmware(t.context.build, "size");
  t.comment(`note: ${said.trim().split("\n").join(", ")}`);
  const sizeOf = (what: string): number => Number(new RegExp(`^${what} (\\d+)$`, "m").exec(said)?.[1]);
  t.ok(sizeOf("flash") > 1_000 && sizeOf("flash") <= MAX_FLASH_BYTES, `flash: at most ${MAX_FLASH_BYTES}`);
  t.ok(sizeOf("ram") > 200 && sizeOf("ram") <= MAX_RAM_BYTES, `RAM: at most ${MAX_RAM_BYTES}`);
  for (const entry of ["init", "receive", "poll", "reading_send"]) {
    const stack = sizeOf(`stack dunlin_${entry}`);
    t.ok(stack > 10 && stack <= MAX_STACK_BYTES, `stack of ${entry}: at most ${MAX_STACK_BYTES}`);
  }
});

t.test("vectors.tsv is what vectors/make.py makes", async (t) => {
  const { stdout } = await run("/usr/bin/python3", ["firmware-bridge/vectors/make.py"], {
    maxBuffer: 1 << 24,
  });
  t.equal(stdout, await readFile("firmware-bridge/vectors.tsv", "utf8"));
});

t.test("the library's version is the Arduino library's", async (t) => {
  const header = await readFile("firmware-bridge/src/dunlin_link.h", "utf8");
  const properties = await readFile("firmware-bridge/library.properties", "utf8");
  const part = (name: string): string => new RegExp(`DUNLIN_VERSION_${name} (\\d+)`).exec(header)?.[1] ?? "?";
  const version = [part("MAJOR"), part("MINOR"), part("PATCH")].join(".");
  t.equal(/DUNLIN_VERSION "(.+)"/.exec(header)?.[1], version);
  t.equal(/^version=(.+)$/m.exec(properties)?.[1], version);
});
