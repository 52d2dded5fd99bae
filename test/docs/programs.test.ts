import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import { newCertificate, writeCertificates } from "../../src/keys/index.ts";
import { Collector, isReading, startAgent } from "../support/agent.ts";
import { kill, PYTHON, run, start } from "../support/program.ts";
import { startSecureAgent } from "../support/secure-agent.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Programs in a text, by language. */
function programs(file: string, language: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
}

const WEATHER = { command: PYTHON, args: [join(ROOT, "docs/examples/component.py")] };
const OPTIONS = { components: [{ kind: "foreign", name: "weather", program: WEATHER }] } as const;

function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The first lines that a program prints that goes on for ever. */
async function firstLine(t: Test, code: string, cwd = ROOT): Promise<string> {
  const child = start(PYTHON, ["-uc", `import os\nos.chdir(${JSON.stringify(cwd)})\n${code}`]);
  t.teardown(() => kill(child));
  if (!child.stdout) throw new Error("no pipe");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return line;
}

t.test("the Python of the README, as it stands, prints readings", async (t) => {
  const agent = await startAgent(OPTIONS);
  t.teardown(() => agent.close());
  await new Collector(agent.client, ["telemetry/"]).first("a reading", isReading("weather"));
  const codes = programs("README.md", "python");
  t.equal(codes.length, 1);
  const code = (codes[0] ?? "").replace("tcp://127.0.0.1:5555", agent.client.endpoints.telemetry);
  t.match(await firstLine(t, code), /^telemetry\/pi\/weather\/ \{'temperature': /);
});

t.test("the Python of docs/security.md gets in with the certificates that it loads", async (t) => {
  const agent = await startSecureAgent(OPTIONS);
  t.teardown(() => agent.close());
  const folder = emptyFolder(t);
  const anna = newCertificate("anna");
  writeCertificates(folder, "anna", anna);
  writeCertificates(folder, "agent", { ...newCertificate("agent"), publicKey: agent.serverKey });
  await agent.allow("anna", ["read"], anna);
  const codes = programs("docs/security.md", "python");
  t.equal(codes.length, 1);
  const code = (codes[0] ?? "").replace("tcp://plant7:5555", agent.test.client.endpoints.telemetry);
  const printed = `${code}\nprint(sub.recv_multipart()[0].decode())\nimport time; time.sleep(1000)`;
  t.match(await firstLine(t, printed, folder), /^telemetry\/pi\/weather\/$/);
});

t.test("every piece of TypeScript fits the library's types", async (t) => {
  const files = ["README.md", "docs/fleet.md"];
  const folder = emptyFolder(t);
  const declared = `import { connect, type Message } from "dunlin";
declare const hub: ReturnType<typeof connect>;
declare const database: {
  loadCursors(): Promise<ReadonlyMap<string, { readonly epoch: number; readonly seq: number }>>;
  store(batch: readonly unknown[], cursors: unknown): Promise<void>;
};
export type Unused = Message;
`;
  for (const [at, code] of files.flatMap((file) => programs(file, "ts")).entries())
    writeFileSync(join(folder, `${at}.ts`), declared + code.replace(/^import .*\n/, ""));
  t.equal(readdirSync(folder).length, 2);
  const compilerOptions = {
    noUnusedLocals: false,
    noEmit: true,
    typeRoots: [join(ROOT, "node_modules/@types")],
    paths: { dunlin: [join(ROOT, "src/client/index.ts")] },
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, include: ["*.ts"] }),
  );
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  // tap puts loaders of its own there, with which tsc does not start.
  const tsc = ["-u", "NODE_OPTIONS", join(ROOT, "node_modules/.bin/tsc"), "-p", folder];
  const ended = await run("env", tsc);
  t.match(ended, { code: 0, out: /^$/, err: /^$/ });
});

t.test("the C of the firmware library's README compiles", async (t) => {
  const codes = programs("firmware-bridge/README.md", "c");
  t.equal(codes.length, 1);
  const board = `#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
static void switch_fan(bool on) { (void)on; }
static float read_temperature(void) { return 21.5f; }
static bool door_is_open(void) { return false; }
static bool a_second_has_passed(void) { return true; }
static uint32_t milliseconds(void) { return 0; }
static void uart_write(void *context, const uint8_t *bytes, size_t count) { (void)context; (void)bytes; (void)count; }
static size_t uart_read(uint8_t *bytes, size_t size) { (void)bytes; return size - size; }
`;
  const source = `${board}${codes[0]}`;
  const args = ["-std=c99", "-fsyntax-only", "-Wall", `-I${join(ROOT, "firmware-bridge/src")}`, "-xc", "-"];
  t.match(await run("cc", args, {}, source), { code: 0 });
});

t.test("every example beside the documentation is run by a test", async (t) => {
  const tests = globSync("test/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
  for (const name of readdirSync(join(ROOT, "docs/examples")))
    t.ok(
      tests.some((text) => text.includes(name)),
      name,
    );
});
