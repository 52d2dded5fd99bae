import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
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

/**
 * A project of a user's: the tarball that npm would publish, and its dependencies as npm installs them, from its
 * cache or the registry, for the user alone and without running a script of any package. Nothing of node_modules here
 * is in reach but what types Node.
 */
function makeProject(folder: string): void {
  const library = join(folder, "node_modules/dunlin");
  mkdirSync(library, { recursive: true });
  const pack = succeed("npm", ["pack", "--pack-destination", folder, "--loglevel=error"], ROOT);
  const tarball = pack.trim().split("\n").at(-1) ?? "";
  succeed("tar", ["-xzf", join(folder, tarball), "--strip-components=1", "-C", library], folder);
  copyFileSync(join(ROOT, "package-lock.json"), join(library, "package-lock.json"));
  const offers = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  succeed("npm", ["ci", "--ignore-scripts", "--omit=dev", ...offers], library);
  for (const name of ["@types", "undici-types"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: COMPILER, files: ["program.ts"] }),
  );
  writeFileSync(join(folder, "program.ts"), PROGRAM);
}

function succeed(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

t.test(
  "the npm package: installed without scripts or tools; typed for who imports it, and it runs",
  async (t) => {
    // Not t.testdir(): from below the root, node_modules here would be found after all.
    const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    makeProject(folder);
    const installed = (name: string) => existsSync(join(folder, "node_modules/dunlin/node_modules", name));
    t.ok(installed("zeromq"));
    for (const tool of ["tap", "prettier", "node"]) t.notOk(installed(tool), `${tool} is not installed`);
    const types = run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], folder);
    t.equal(types.stdout, "", "the types hold without skipLibCheck");

    const agent = await startCliAgent();
    t.teardown(() => agent.close());
    const { stdout, stderr } = run(process.execPath, ["program.ts", agent.address], folder);
    t.equal(stderr, "");
    t.equal(stdout, "greenhouse number false\nsucceeded\n");
    const cli = run(process.execPath, ["node_modules/dunlin/dist/lib/src/cli/main.js", "schema"], folder);
    t.match(JSON.parse(cli.stdout), { title: String }, "the command line is in the package too");
  },
);
