import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import t, { type Test } from "tap";
import { freeBasePort } from "../support/agent.ts";
import { dunlin, RunningCli, type Ended } from "../support/cli.ts";
import { HUB_PORTS } from "../support/hub.ts";

t.setTimeout(180_000);

/** A hub that listens on all addresses, an agent of its own host, and an operator, all by the command line. */
async function site(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), "dunlin-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [hubPort, agentPort] = [await freeBasePort(HUB_PORTS), await freeBasePort()];
  const write = (name: string, listen: string, more: string): string => {
    const file = join(folder, name, `${name}.yaml`);
    const directories = `stateDirectory: ${join(folder, name, "state")}\nruntimeDirectory: ${join(folder, name, "run")}`;
    writeFileSync(file, `name: ${name}\nclock: synced\n${directories}\nlisten: ${listen}\n${more}\n`);
    return file;
  };
  for (const name of ["north", "plant7"]) mkdirSync(join(folder, name));
  const hub = write("north", `{ address: 0.0.0.0, port: ${hubPort} }`, "");
  const devices = 'labels: { site: north }\ndevices: { gps: { driver: nmea0183, port: "sim://" } }';
  const agent = write("plant7", `{ port: ${agentPort} }`, devices);
  const env = { XDG_CONFIG_HOME: join(folder, "anna") };
  const run = (...args: string[]): Promise<Ended> => dunlin(args, { env });
  const start = (...args: string[]): RunningCli => {
    const cli = new RunningCli([...args, "--log-format", "text"], { env });
    t.teardown(() => cli.stop());
    return cli;
  };
  return { hub, agent, run, start, address: `tcp://127.0.0.1:${hubPort}` };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const guard = AbortSignal.timeout(60_000);
  while (!condition()) {
    if (guard.aborted) throw new Error(`waited in vain for ${what}`);
    await setTimeout(20);
  }
}

t.test(
  "from nothing to a fleet of one: hub, invitation, join --agent, a command; and the key is revoked",
  async (t) => {
    const { hub: hubFile, agent: agentFile, run, start, address } = await site(t);
    t.match(await run("keys", "new", "--agent", "-c", hubFile), { code: 0 });
    const hub = start("hub", "-c", hubFile);
    await until("the hub", () => hub.stderr.includes("hub north is up"));

    const { stdout: token } = await run("hub", "invite", "-c", hubFile, "--address", address);
    await until("the invitation", () => hub.stderr.includes("an invitation is open"));
    t.match(await run("join", "--agent", token.trim(), "-c", agentFile), {
      code: 0,
      stdout: /agent plant7 belongs to hub north/,
    });
    const agent = start("agent", "-c", agentFile);
    await until("the link", () => hub.stderr.includes("agent plant7 is here"));
    await until("its own word of it", () => agent.stderr.includes("hub north has this agent"));

    const { stdout: own } = await run(
      "invite",
      "--role",
      "read",
      "command",
      "-c",
      hubFile,
      "--address",
      address,
    );
    await until("the operator's invitation", () => hub.stderr.split("an invitation is open").length === 3);
    t.match(await run("join", own.trim(), "--name", "anna"), { code: 0, stdout: /joined north as anna/ });

    t.match(await run("sub", "plant7/gps", "-a", "@north", "-n", "1", "--timeout", "30"), {
      code: 0,
      stdout: /plant7\/gps/,
    });
    const listed = async (): Promise<{ devices: { gps?: string } }> =>
      JSON.parse(
        (await run("fleet", "ls", "--select", "site=north", "--json", "-a", "@north")).stdout,
      ) as never;
    while ((await listed()).devices.gps !== "online") await setTimeout(100);
    t.match(await listed(), { agent: "plant7", online: true, labels: { site: "north" } });
    t.match(await run("fleet", "label", "plant7", "rack=7", "-a", "@north"), {
      code: 0,
      stdout: /plant7: rack=7/,
    });
    t.match(await run("fleet", "show", "plant7", "-a", "@north"), {
      code: 0,
      stdout: /labels +site=north rack=7\n/,
    });
    t.match(await run("fleet", "-a", "@north"), {
      code: 0,
      stdout: /^agent .*\nplant7 +online/,
      stderr: /1 agent, 1 online/,
    });

    const one = await run(
      "push",
      "plant7",
      "restart-component",
      "component=bridge",
      "--no-sign",
      "-a",
      "@north",
    );
    t.match(one, { code: 0 });
    t.equal(one.stdout.split("accepted").length, 2, "told once, though hub and agent both say it");
    const select = ["push", "--select", "rack=7", "restart-component", "component=bridge", "-a", "@north"];
    t.match(await run(...select), { code: 4, stdout: /it is signed, and labels that were given at the hub/ });
    const pushed = await run(...select, "--no-sign", "--canary", "1", "--abort", "10%", "--rate", "50/min");
    t.match(pushed, { code: 0, stdout: /\[#{20}\] 1\/1 {2}succeeded 1\nsucceeded\nsucceeded 1\n$/ });
    t.notMatch(pushed.stdout, "\u001b", "no colours and nothing drawn again where nobody looks");
    const [, id = ""] = /^command (\S+):/.exec(pushed.stderr) ?? [];
    t.match(await run("commands", "show", id, "-a", "@north"), {
      code: 0,
      stdout: /target +\{rack=7\}[^]*succeeded 1/,
    });
    t.match(await run("rollout", "pause", id, "-a", "@north"), { code: 1, stderr: /has ended/ });
    const failed = await run("push", "--select", "*", "cancel-command", "id=none", "-a", "@north");
    t.match(failed, {
      code: 1,
      stdout: /failed: 0 of 1 agents succeeded\nfailed 1\n {2}no command none is under way\n {4}plant7\n/,
    });
    t.match(await run("push", "--select", "site=south", "go", "-a", "@north"), {
      code: 4,
      stdout: /^rejected: site=south chooses no agent of the 1 here\n$/,
    });

    t.match(await run("keys", "revoke", "plant7", "-c", hubFile), { code: 0 });
    await until("its end", () => hub.stderr.includes("agent plant7 is away"));
    t.match(await run("fleet", "forget", "plant7", "-a", "@north"), {
      code: 0,
      stdout: /plant7 is forgotten/,
    });
    t.match(await run("fleet", "-a", "@north"), { code: 0, stderr: /no agents/ });
  },
);

t.test("what is wrong in a command to many is said before anything is sent", async (t) => {
  const refused = async (...args: string[]): Promise<Ended> => dunlin(["push", ...args]);
  t.match(await refused("--select", "site=", "go"), {
    code: 2,
    stderr: /selector "site=", column 6: expected a value/,
  });
  t.match(await refused("--select", "*", "go", "--rate", "5"), { code: 2, stderr: /--rate takes 50\/min/ });
  t.match(await refused("--select", "*", "go", "--abort", "10"), {
    code: 2,
    stderr: /--abort takes a share/,
  });
  t.match(await refused("--select", "*", "go", "--window", "9-17"), { code: 2, stderr: /window must be/ });
  t.match(await refused("--select", "*"), { code: 2, stderr: /missing required argument 'command'/ });
  t.match(await refused("pi", "go", "--canary", "5"), { code: 2, stderr: /are for --select/ });
  t.match(await refused("pi", "go", "--expires", "soon"), { code: 2, stderr: /--expires takes/ });
});
