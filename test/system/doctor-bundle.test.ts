import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { freeBasePort } from "../support/agent.ts";
import { startCliAgent, untilStatus } from "../support/cli-agent.ts";
import { dunlin, RunningCli } from "../support/cli.ts";

t.setTimeout(120_000);

function emptyFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files of a bundle, by name. */
function unpacked(t: Test, bundle: string): ReadonlyMap<string, string> {
  const folder = emptyFolder(t);
  execFileSync("tar", ["-xzf", bundle, "-C", folder, "--strip-components=1"]);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

t.test("what is needed is in it, and no secret of any kind", async (t) => {
  const folder = emptyFolder(t);
  const password = "correct horse battery";
  const config = join(folder, "agent.yaml");
  const state = join(folder, "state");
  mkdirSync(join(folder, "conf.d"));
  writeFileSync(
    config,
    `name: pi
stateDirectory: ${state}
runtimeDirectory: ${folder}/run
listen: { address: 0.0.0.0, port: ${await freeBasePort()} }
devices: { gps: { driver: nmea0183, port: "sim://" } }
`,
  );
  writeFileSync(
    join(folder, "conf.d/cloud.yaml"),
    `components:
  cloud:
    command: [sleep, "1000"]
    environment: { LOGIN: "\${THE_PASSWORD}", ACCOUNT: "account-4711-xyz" }
`,
  );
  const env = { THE_PASSWORD: password, XDG_CONFIG_HOME: folder };
  const run = (...args: string[]) => dunlin(args, { env, cwd: folder });
  t.match(await run("keys", "new", "--agent", "-c", config), { code: 0 });
  const invited = await run("invite", "--role", "read", "--address", "tcp://plant7.example", "-c", config);
  t.equal(invited.code, 0, invited.stderr);
  const [token = ""] = /dunlin-[\w-]{40,}/.exec(invited.stdout) ?? [];
  t.ok(token.length > 40, "a token");
  appendFileSync(config, `# invited with ${token}\n`);
  const certificate = readFileSync(join(state, "keys/agent.key_secret"), "utf8");
  const keys = [...certificate.matchAll(/(?:secret-key|signing-key)\s*=\s*"([^"]+)"/g)].map(
    ([, key = ""]) => key,
  );
  t.ok(keys.length > 0, "a secret key");

  const agent = new RunningCli(["agent", "-c", config], { env, cwd: folder });
  t.teardown(() => agent.stop());
  while ((await run("query", "status", "-a", `ipc://${folder}/run`)).code !== 0);

  const made = await run("doctor", "-c", config, "--bundle", "help.tar.gz");
  t.match(made, {
    code: 0,
    stderr: /help\.tar\.gz: README\.txt, .*config\/agent\.yaml.*[^]*Look through it/,
  });
  t.equal(statSync(join(folder, "help.tar.gz")).mode & 0o777, 0o600);
  const files = unpacked(t, join(folder, "help.tar.gz"));
  for (const name of [
    "findings.txt",
    "findings.jsonl",
    "config/agent.yaml",
    "config/conf.d/cloud.yaml",
    "versions.json",
    "disk.txt",
    "birth.json",
  ])
    t.ok(files.has(name), name);
  const status = { agent: "pi", security: { encrypted: true } };
  t.match(JSON.parse(files.get("status.json") ?? "{}"), status, "it has keys, and answers its own user");
  t.match(files.get("state.txt"), /0600 .*keys\/agent\.key_secret/);
  t.match(files.get("config/conf.d/cloud.yaml"), /ACCOUNT: "\(redacted\)"/);
  const all = [...files.values()].join("\n");
  for (const secret of [...keys, token, password, "account-4711-xyz"])
    for (const form of ["latin1", "base64", "hex"] as const)
      t.notOk(all.includes(Buffer.from(secret).toString(form).replaceAll("=", "")), `no secret as ${form}`);
  t.match(await run("doctor", "-c", config, "--bundle", "help.tar.gz"), {
    code: 2,
    stderr: /is there already/,
  });
});

t.test("of an agent that runs it has the status", async (t) => {
  const agent = await startCliAgent("devices: { gps: { driver: nmea0183, port: 'sim://' } }\n");
  t.teardown(() => agent.close());
  await untilStatus(agent, "online", ({ devices }) => devices["gps"]?.state === "online");
  const port = Number(new URL(agent.address).port);
  writeFileSync(
    join(agent.folder, "doctor.yaml"),
    `name: pi\nlisten: { port: ${port} }\nstateDirectory: ${agent.folder}/state\nruntimeDirectory: ${agent.folder}/run\n`,
  );
  const { code } = await dunlin(["doctor", "-c", "doctor.yaml", "--bundle"], { cwd: agent.folder });
  t.equal(code, 0);
  const [bundle = ""] = readdirSync(agent.folder).filter((name) =>
    /^dunlin-support-pi-.*\.tar\.gz$/.test(name),
  );
  const files = unpacked(t, join(agent.folder, bundle));
  t.match(JSON.parse(files.get("status.json") ?? "{}"), {
    agent: "pi",
    devices: { gps: { state: "online" } },
  });
  t.match(JSON.parse(files.get("birth.json") ?? "{}"), { type: "birth" });
  t.match(JSON.parse(files.get("versions.json") ?? "{}"), { node: /^v\d/, kernel: /\d/ });
});

t.test("of a configuration that is wrong it has the faults and the text", async (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, "agent.yaml"), "name: pi\ndevces: { password: hunter22 }\n  : [\n");
  const { code, stderr } = await dunlin(["doctor", "-c", "agent.yaml", "--bundle", "b.tar.gz"], {
    cwd: folder,
  });
  t.equal(code, 0, stderr);
  const files = unpacked(t, join(folder, "b.tar.gz"));
  t.match(files.get("findings.txt"), /problem +configuration: agent\.yaml:/);
  t.match(files.get("config/agent.yaml"), /devces/);
  t.notMatch([...files.values()].join("\n"), /hunter22/);
});
