import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { freeBasePort } from "../support/agent.ts";
import { dunlin, RunningCli, type Ended } from "../support/cli.ts";

/** An agent that listens on all addresses, and people with folders of their own, all by the command line. */
async function site(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freeBasePort();
  const config = join(folder, "agent.yaml");
  writeFileSync(
    config,
    `name: plant7
clock: synced
stateDirectory: ${join(folder, "state")}
runtimeDirectory: ${join(folder, "run")}
listen: { address: 0.0.0.0, port: ${port} }
security: { commands: signed, exceptions: { gps/send: open } }
devices: { gps: { driver: nmea0183, port: "sim://" } }
`,
  );
  const as = (person: string) => ({ env: { XDG_CONFIG_HOME: join(folder, person) } });
  const run = (person: string, ...args: string[]): Promise<Ended> => dunlin(args, as(person));
  const host = (...args: string[]): Promise<Ended> => run("host", ...args, "-c", config);
  const start = (env: Readonly<Record<string, string>> = {}): RunningCli => {
    const host = { env: { ...as("host").env, ...env } };
    const agent = new RunningCli(["agent", "-c", config, "--log-format", "text"], host);
    t.teardown(() => agent.stop());
    return agent;
  };
  const address = `tcp://127.0.0.1:${port}`;
  return { folder, config, run, host, start, address, port };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_500) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

t.test("from no keys to a reader by one string", { timeout: 120_000 }, async (t) => {
  const { folder, host, run, start, address, port } = await site(t);
  t.match(
    await run("host", "agent", "-c", join(folder, "agent.yaml")),
    {
      code: 2,
      stderr: /agent\.yaml:5:20: 0\.0\.0\.0 can be reached.*\n[^]*dunlin keys new --agent[^]*insecure: true/,
    },
    "nothing is bound without keys, and the two ways out are named",
  );
  t.match(await host("keys", "new", "--agent"), { code: 0, stdout: /^SHA256:\S{43} agent\n/ });
  t.match(await host("keys", "new", "--agent"), { code: 1, stderr: /is there already/ });
  const agent = start();
  await until("the agent", () => agent.stderr.includes("is up"));

  const { stdout: token } = await host("invite", "--role", "read", "command", "sign", "--address", address);
  t.match(token, /^dunlin-[\w-]+\n$/, "a token and nothing else, for a pipe");
  await until("the invitation", () => agent.stderr.includes("an invitation is open"));
  t.match(await run("anna", "join", token.trim(), "--name", "anna"), {
    code: 0,
    stdout: /joined plant7 as anna: read, command, sign\nSee it: {2}dunlin sub @plant7/,
  });
  t.match(await run("anna", "sub", "@plant7", "-n", "2", "--timeout", "30"), {
    code: 0,
    stdout: /plant7\/gps/,
  });
  t.match(await run("anna", "push", "@plant7", "plant7", "restart-component", "component=bridge"), {
    code: 0,
    stdout: /succeeded/,
  });
  t.match(await run("anna", "query", "status", "@plant7", "--json"), { code: 0, stdout: /"encrypted":true/ });

  t.match(
    await run("eve", "join", token.trim()),
    { code: 3, stderr: /was the invitation used already/ },
    "once only",
  );
  const profile = join(folder, "anna/dunlin/profiles/plant7.yaml");
  const [, serverKey = ""] = /serverKey: "?([^"\n]+)"?/.exec(readFileSync(profile, "utf8")) ?? [];
  await run("eve", "keys", "new", "eve");
  const eve = [
    "-a",
    address,
    "--server-key",
    serverKey,
    "--key",
    join(folder, "eve/dunlin/keys/eve.key_secret"),
  ];
  t.match(
    await run("eve", "query", "status", ...eve, "--timeout", "2"),
    { code: 3, stderr: /does it know this key/ },
    "who was not invited is told why nothing comes",
  );
  t.match(
    await run("eve", "sub", ...eve, "--timeout", "8"),
    { code: 3, stderr: /does it know this key[^]*no message for 8 s/ },
    "to a subscription as well",
  );
  t.match(
    await run("eve", "push", "plant7", "restart-component", "component=bridge", ...eve, "--expires", "2"),
    { code: 3, stderr: /may this key push commands to it/ },
    "and to a command",
  );

  t.match(await host("keys", "list"), { stdout: /^SHA256:\S+ anna: read, command, sign\n$/ });
  t.match(await host("keys", "revoke", "anna", "--role", "sign"), { code: 0 });
  await until("the revocation", () => /the key of anna is revoked/.test(agent.stderr));
  t.match(
    await run("anna", "push", "@plant7", "plant7", "restart-component", "component=bridge"),
    { stdout: /rejected.*a key, [0-9a-f]{16}, that this agent has not in authorized\/sign/ },
    "who may push but no longer sign",
  );
  t.match(
    await run("anna", "push", "@plant7", "plant7/gps", "send", "sentence=GPGSV"),
    { stdout: /accepted/ },
    "a command that is open is taken all the same",
  );

  const secrets = [join(folder, "state/keys/agent.key_secret"), join(folder, "anna/dunlin/keys")]
    .flatMap((path) =>
      path.endsWith("_secret") ? [path] : readdirSync(path).map((file) => join(path, file)),
    )
    .filter((path) => path.endsWith("_secret"))
    .flatMap((path) =>
      [...readFileSync(path, "utf8").matchAll(/(?:secret|signing)-key = "(.*)"/g)].map(
        ([, key]) => key ?? "",
      ),
    );
  t.equal(secrets.length, 4);
  const seen = [
    agent.stderr,
    (await run("anna", "query", "status", "@plant7")).stdout,
    (await run("anna", "query", "describe", "@plant7")).stdout,
    ...readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? readFileSafely(`/proc/${pid}/cmdline`) : "")),
  ].join("\n");
  t.same(
    secrets.filter((secret) => seen.includes(secret)),
    [],
    "no secret is in the log, in an answer or in ps",
  );
  t.ok(port > 0);
});

t.test("an invitation expires, and with it the socket for it", { timeout: 60_000 }, async (t) => {
  const { host, run, start, address } = await site(t);
  await host("keys", "new", "--agent");
  const agent = start();
  await until("the agent", () => agent.stderr.includes("is up"));
  const { stdout: token } = await host("invite", "--expires", "1s", "--address", address);
  await until("the invitation's end", () => agent.stderr.includes("no invitation is open any more"));
  t.match(await run("late", "join", token.trim()), { code: 1, stderr: /has expired/ });
  t.match(await run("late", "join", "dunlin-nonsense"), { code: 1, stderr: /was all of it copied/ });
});

t.test(
  "an agent whose secret key is a credential: who is invited gets in, and no second key is made",
  async (t) => {
    const { folder, host, run, start, address } = await site(t);
    const made = await host("keys", "new", "--agent");
    const credentials = join(folder, "credentials");
    mkdirSync(credentials);
    renameSync(join(folder, "state/keys/agent.key_secret"), join(credentials, "agent.key_secret"));
    const agent = start({ CREDENTIALS_DIRECTORY: credentials });
    await until("the agent", () => agent.stderr.includes("is up"));

    t.equal((await host("keys", "fingerprint", "--agent")).stdout, made.stdout);
    const { stdout: token, code } = await host("invite", "--address", address);
    t.equal(code, 0);
    t.match(await host("join", "--agent", token.trim()), { code: 1, stderr: /for the moment of joining/ });
    t.match(await host("keys", "new", "--agent"), { code: 1, stderr: /its secret key is elsewhere/ });
    t.match(await run("anna", "join", token.trim()), { code: 0 });
    t.match(await run("anna", "query", "status", "@plant7"), { code: 0, stdout: /plant7/ });
    t.match((await host("doctor")).stdout, /ok +own key: the secret one is not in .*but elsewhere/);
  },
);

t.test("an agent does not start with a secret that others can read", async (t) => {
  const { folder, host, start } = await site(t);
  await host("keys", "new", "--agent");
  chmodSync(join(folder, "state/keys/agent.key_secret"), 0o644);
  const agent = start();
  t.equal(await agent.ended, 1);
  t.match(agent.stderr, /mode 0644: others can read a secret key; run chmod 600/);
});

function readFileSafely(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
