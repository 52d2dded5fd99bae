import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import t, { type Test } from "tap";
import { Collector } from "../support/agent.ts";
import { startCliAgent, untilStatus, type CliAgent } from "../support/cli-agent.ts";
import { dunlin } from "../support/cli.ts";
import { startCliHub } from "../support/hub.ts";
import { openPty, type Pty } from "../support/pty.ts";

t.setTimeout(120_000);

const numbered = (port: string): string =>
  `{ driver: json-lines, port: ${port}, settings: { metrics: { n: { type: integer } } } }`;

async function said(
  agent: { readonly cli: { readonly stderr: string } },
  what: string | RegExp,
  from = 0,
): Promise<void> {
  const guard = AbortSignal.timeout(60_000);
  const isIn = (text: string): boolean => (typeof what === "string" ? text.includes(what) : what.test(text));
  while (!isIn(agent.cli.stderr.slice(from))) {
    if (guard.aborted)
      throw new Error(`waited in vain for ${String(what)} in\n${agent.cli.stderr.slice(-2_000)}`);
    await setTimeout(20);
  }
}

/** Numbered lines, from 1 on, until it is told to end; what is written before the port is open is lost. */
function write(pty: Pty): { readonly end: () => Promise<number> } {
  let [last, isOver] = [0, false];
  const writing = (async () => {
    for (; !isOver; await setTimeout(5)) await pty.write(`{"n":${++last}}\n`);
  })();
  return {
    end: async () => {
      isOver = true;
      await writing;
      return last;
    },
  };
}

/** Writes the configuration and sends SIGHUP; resolves when the agent says that it is done. */
async function reload(
  agent: CliAgent,
  yaml: string,
  answer = "the configuration was read again",
): Promise<string> {
  writeFileSync(join(agent.folder, "agent.yaml"), yaml);
  const from = agent.cli.stderr.length;
  agent.cli.child.kill("SIGHUP");
  await said(agent, answer, from);
  return agent.cli.stderr.slice(from);
}

async function started(t: Test, yaml: string): Promise<CliAgent> {
  const agent = await startCliAgent(yaml);
  t.teardown(() => agent.close());
  return agent;
}

interface Birth {
  readonly labels: Record<string, string>;
  readonly devices: Record<string, { driver: string; state: string; since: number }>;
}

t.test("a reload takes devices out, puts others in, and does not touch those that stay", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const stays = `  stays: ${numbered(pty.path)}\n`;
  const agent = await started(
    t,
    `devices:\n${stays}  goes: { driver: pms5003, port: "sim://" }\n  changes: { driver: pms5003, port: "sim://" }\n`,
  );
  const all = new Collector(agent.client, ["telemetry/pi/stays/"]);
  await untilStatus(agent, "all online", ({ devices }) =>
    ["goes", "changes"].every((name) => devices[name]?.state === "online"),
  );
  const writing = write(pty);
  const before = await untilStatus(
    agent,
    "stays online",
    ({ devices }) => devices["stays"]?.state === "online",
  );
  await reload(
    agent,
    `labels: { site: north }\ndevices:\n${stays}  changes: { driver: nmea0183, port: "sim://" }\n  comes: { driver: pms5003, port: "sim://" }\n`,
  );
  const after = await untilStatus(agent, "the others online", ({ devices }) =>
    ["changes", "comes"].every((name) => devices[name]?.state === "online"),
  );
  const written = await writing.end();
  await all.first(
    "the last of those that stayed",
    (message) => message.kind === "telemetry" && message.values["n"] === written,
  );
  const readings = all.messages.flatMap((message) => (message.kind === "telemetry" ? [message] : []));
  const numbers = readings.map(({ values }) => values["n"]);
  const first = Number(numbers[0]);
  t.strictSame(
    numbers,
    Array.from({ length: written - first + 1 }, (_, at) => first + at),
    "none is missing",
  );
  t.match(after.components["bridge"], { starts: 1, pid: before.components["bridge"]?.pid });
  t.strictSame(Object.keys(after.devices).sort(), ["changes", "comes", "stays"]);
  const birth = (await agent.client.query("describe")) as Birth;
  t.match(birth, { labels: { site: "north" }, devices: { changes: { driver: "nmea0183" } } });
  t.equal(birth.devices["stays"]?.since, (before.devices["stays"] as unknown as { since: number }).since);
  t.match(await agent.client.push("pi/goes", "sleep"), { state: "rejected", code: "target-unknown" });
});

t.test("a wrong configuration is refused with its line, and the old one goes on", async (t) => {
  const good = 'devices:\n  air: { driver: pms5003, port: "sim://" }\n';
  const agent = await started(t, good);
  const { devices } = await untilStatus(
    agent,
    "air online",
    (status) => status.devices["air"]?.state === "online",
  );
  const text = await reload(
    agent,
    `${good}  gps: { driver: nmea, port: "sim://" }\n`,
    "what was there before goes on",
  );
  t.match(text, /agent\.yaml:3:18.*there is no driver "nmea"/);
  const now = await untilStatus(
    agent,
    "more readings",
    (status) => (status.devices["air"]?.seq ?? 0) > (devices["air"]?.seq ?? 0),
  );
  t.strictSame(Object.keys(now.devices), ["air"]);
});

t.test("what only a restart changes is named", async (t) => {
  const good = 'devices:\n  air: { driver: pms5003, port: "sim://" }\n';
  const agent = await started(t, good);
  await untilStatus(agent, "air online", (status) => status.devices["air"]?.state === "online");
  t.match(
    await reload(agent, `${good}clock: synced\njournal: { enabled: false }\n`),
    /needsRestart="?clock, journal\.enabled/,
  );
  t.notMatch(await reload(agent, `${good}journal: { maxMegabytes: 10 }\n`), /needsRestart/);
  await untilStatus(
    agent,
    "the journal with its new size",
    ({ components, journal }) => components["journal"]?.starts === 2 && journal.state === "ok",
  );
});

t.test("a device moves to another bridge, and components come and go", async (t) => {
  const device = (bridge: string): string =>
    `devices:\n  air: { driver: pms5003, port: "sim://", bridge: ${bridge} }\n`;
  const agent = await started(t, device("first"));
  const before = await untilStatus(agent, "air online", ({ devices }) => devices["air"]?.state === "online");
  await reload(agent, `${device("second")}components: { prog: { command: [sleep, "1000"] } }\n`);
  const moved = await untilStatus(
    agent,
    "air online there, and going on",
    ({ devices, components }) =>
      devices["air"]?.state === "online" &&
      components["second"]?.phase === "live" &&
      (devices["air"]?.seq ?? 0) > (before.devices["air"]?.seq ?? 0),
  );
  t.notOk(moved.components["first"]);
  const pid = moved.components["prog"]?.pid;
  t.ok(pid && existsSync(`/proc/${pid}`));
  await reload(agent, device("second"));
  t.strictSame(Object.keys((await untilStatus(agent, "an answer", () => true)).components).sort(), [
    "journal",
    "second",
  ]);
  t.notOk(existsSync(`/proc/${pid}`), "its process has ended");
});

t.test("the level of one component's log is set while it runs, until the next reload", async (t) => {
  const pty = openPty();
  t.teardown(() => pty.close());
  const yaml = `devices:\n  one: ${numbered(pty.path)}\n`;
  const agent = await started(t, yaml);
  const writing = write(pty);
  await untilStatus(agent, "online", ({ devices }) => devices["one"]?.state === "online");
  await writing.end();
  const readings = new Collector(agent.client, ["telemetry/pi/one/"]);
  t.notMatch(agent.cli.stderr, "one received");
  const set = ["push", "pi", "set-log-level", "-a", agent.address];
  t.match(await dunlin([...set, "level=debug", "component=bridge"]), { code: 0 });
  const traced = write(pty);
  // How many lines come at once is the kernel's affair.
  await said(agent, /debug one received \d+ bytes: 7b 22 6e 22 3a 31 7d 0a .*device=one component=bridge/);
  await traced.end();
  t.match(await dunlin([...set, "level=debug", "component=nobody"]), {
    code: 1,
    stdout: /there are bridge, journal, hub/,
  });
  t.match(await dunlin([...set, "level=loud"]), { code: 4 });
  await reload(agent, yaml);
  const from = agent.cli.stderr.length;
  await pty.write('{"n":-3}\n');
  await readings.first("it", (message) => message.kind === "telemetry" && message.values["n"] === -3);
  t.notMatch(agent.cli.stderr.slice(from), "one received");
});

t.test("a hub reads its configuration again", async (t) => {
  const hub = await startCliHub("security: { commands: open }\n");
  t.teardown(() => hub.close());
  await said(hub, "hub hub is up");
  const label = ["push", "hub", "set-log-level", "level=info", "--no-sign", "-a", hub.address];
  t.match(await dunlin(label), { code: 0 });
  writeFileSync(join(hub.folder, "hub.yaml"), "security: { commands: signed }\n");
  hub.cli.child.kill("SIGHUP");
  await said(hub, "the configuration was read again");
  t.match(await dunlin(label), { code: 4, stdout: /only if it is signed/ });
  const from = hub.cli.stderr.length;
  writeFileSync(join(hub.folder, "hub.yaml"), "security: { comands: open }\n");
  hub.cli.child.kill("SIGHUP");
  await said(hub, "what was there before goes on", from);
  t.match(hub.cli.stderr.slice(from), /hub\.yaml:1:13/);
});
