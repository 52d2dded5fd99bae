import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startCliAgent } from "../support/cli-agent.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Runs a program without what the test runner hooks into every Node below it: TypeScript's compiler does not bear that. */
function run(command: string, args: readonly string[], cwd: string) {
  return spawnSync("env", ["NODE_OPTIONS=", command, ...args], { cwd, encoding: "utf8" });
}

/** As strict as can be, and without skipLibCheck: the package's own declarations are checked too. */
const COMPILER = { strict: true, noEmit: true, module: "nodenext", target: "esnext", types: ["node"] };

const PROGRAM = `
import { connect, type Message } from "dunlin";

const agent = connect(process.argv[2]);
const stream = agent.subscribe("pi/greenhouse");
for await (const message of stream) {
  if (message.kind !== "telemetry") continue;
  const fan: unknown = message.values["fan"];
  console.log(message.device, typeof message.seq, fan);
  break;
}
const outcome = await agent.push("pi/greenhouse", "fan", { on: true });
console.log(outcome.state);
const unseen = (message: Message): string => message.agent;
void unseen;
agent.close();
`;

/** A project of a user's, with the tarball that npm would publish and its dependencies. */
function makeProject(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "dunlin"), { recursive: true });
  const pack = run("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], ROOT);
  if (pack.status !== 0) throw new Error(pack.stderr);
  const tarball = pack.stdout.trim().split("\n").at(-1) ?? "";
  spawnSync("tar", ["-xzf", join(folder, tarball), "--strip-components=1", "-C", join(modules, "dunlin")]);
  for (const name of readdirSync(join(ROOT, "node_modules")))
    if (!name.startsWith(".") && name !== "dunlin")
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: COMPILER, files: ["program.ts"] }),
  );
  writeFileSync(join(folder, "program.ts"), PROGRAM);
}

t.test("the npm package: typed for who imports it, and it runs", async (t) => {
  const folder = t.testdir();
  makeProject(folder);
  const types = run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], folder);
  t.equal(types.stdout, "", "the types hold without skipLibCheck");

  const agent = await startCliAgent();
  t.teardown(() => agent.close());
  const { stdout, stderr } = run(process.execPath, ["program.ts", agent.address], folder);
  t.equal(stderr, "");
  t.equal(stdout, "greenhouse number false\nsucceeded\n");
  const cli = run(process.execPath, ["node_modules/dunlin/dist/lib/src/cli/main.js", "schema"], folder);
  t.match(JSON.parse(cli.stdout), { title: String }, "the command line is in the package too");
});
