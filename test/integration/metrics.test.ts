import { createServer, type AddressInfo } from "node:net";
import t from "tap";
import type { Health } from "../../src/insight/index.ts";
import { startCliAgent, untilStatus } from "../support/cli-agent.ts";
import { startCliHub, untilOnline } from "../support/hub.ts";
import { parseMetrics, valueOf, type Scrape } from "../support/prometheus-text.ts";

/** Ports that are free now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function scrape(port: number): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return parseMetrics(await response.text());
}

interface Checked {
  readonly code: number;
  readonly health: Health;
}

async function check(port: number): Promise<Checked> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  return { code: response.status, health: (await response.json()) as Health };
}

const ASK_AGAIN_MS = 100;

/** Asks until the answer is as wanted; the limit is only a guard against hanging. */
async function until<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const guard = AbortSignal.timeout(60_000);
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (guard.aborted) throw new Error(`waited in vain for ${what}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

t.test("an agent and its hub, scraped; the hub ends, and the agent's health says so", async (t) => {
  const [agentPort = 0, hubPort = 0] = await freePorts(2);
  const hub = await startCliHub(`http: { port: ${hubPort} }`);
  t.teardown(() => hub.close());
  const agent = await startCliAgent(
    `
http: { port: ${agentPort} }
hub: { address: ${hub.address} }
devices:
  gps: { driver: nmea0183, port: "sim://" }
`,
  );
  t.teardown(() => agent.close());
  await untilOnline(hub, ["pi"]);
  await untilStatus(agent, "readings", ({ devices, journal }) => {
    const { gps } = devices;
    return gps?.state === "online" && gps.seq > 0 && journal.state === "ok" && journal.bytes > 0;
  });
  await agent.client.push("pi", "restart-component", { component: "bridge" });

  const told = await until(
    "figures of the device after the restart of its bridge",
    () => scrape(agentPort),
    (one) =>
      (valueOf(one, "dunlin_device_received_bytes_total", { device: "gps" }) ?? 0) > 0 &&
      valueOf(one, "dunlin_component_starts_total", { component: "bridge" }) === 2,
  );
  t.equal(valueOf(told, "dunlin_info", { role: "agent", name: "pi" }), 1);
  t.ok(valueOf(told, "dunlin_device_readings_total", { device: "gps" }));
  t.not(valueOf(told, "dunlin_device_discarded_bytes_total", { device: "gps" }), undefined);
  t.equal(valueOf(told, "dunlin_commands_total", { outcome: "succeeded" }), 1);
  t.equal(valueOf(told, "dunlin_commands_total", { outcome: "failed" }), 0);
  t.equal(valueOf(told, "dunlin_component_up", { component: "journal" }), 1);
  t.equal(valueOf(told, "dunlin_journal_state", { state: "ok" }), 1);
  t.ok(valueOf(told, "dunlin_journal_size_bytes"));
  t.equal(valueOf(told, "dunlin_hub_link_up"), 1);
  t.ok((valueOf(told, "dunlin_connections", { socket: "queries" }) ?? 0) >= 1);
  t.ok(valueOf(told, "process_resident_memory_bytes"));
  t.ok(valueOf(told, "nodejs_eventloop_lag_max_seconds"));

  t.match(await hub.client.push("pi", "restart-component", { component: "bridge" }), { state: "succeeded" });
  t.match(await hub.client.push("pi", "nothing-like-it"), { state: "rejected" });
  const fleet = await until(
    "readings at the hub",
    () => scrape(hubPort),
    (one) => (valueOf(one, "dunlin_hub_readings_total") ?? 0) > 0,
  );
  t.equal(valueOf(fleet, "dunlin_info", { role: "hub", name: "hub" }), 1);
  t.equal(valueOf(fleet, "dunlin_hub_agents", { state: "online" }), 1);
  t.equal(valueOf(fleet, "dunlin_hub_agents", { state: "offline" }), 0);
  t.equal(valueOf(fleet, "dunlin_hub_streams"), 1);
  t.equal(valueOf(fleet, "dunlin_commands_total", { outcome: "succeeded" }), 1);
  t.equal(valueOf(fleet, "dunlin_commands_total", { outcome: "rejected" }), 1);
  t.equal(valueOf(fleet, "dunlin_commands_open"), 0);
  t.notOk(
    fleet.series.some(({ labels }) => "agent" in labels || "device" in labels),
    "no series for each agent",
  );
  t.match(await check(hubPort), { code: 200, health: { status: "ok" } });
  await until(
    "health",
    () => check(agentPort),
    ({ code }) => code === 200,
  );

  await hub.cli.stop();
  await t.rejects(check(hubPort), "the hub's port is closed with it");
  const { health } = await until(
    "bad health",
    () => check(agentPort),
    ({ code }) => code === 503,
  );
  t.match(health, { status: "failing", reasons: [{ part: "hub", state: "lost" }] });
  t.equal(health.reasons.length, 1);
  const alone = await until(
    "the link's figure",
    () => scrape(agentPort),
    (one) => valueOf(one, "dunlin_hub_link_up") === 0,
  );
  t.ok(valueOf(alone, "dunlin_device_readings_total", { device: "gps" }), "the device goes on");
});

t.test("a device that is not plugged in makes health 503, by name", async (t) => {
  const [port = 0] = await freePorts(1);
  const agent = await startCliAgent(`
http: { port: ${port} }
clock: synced
journal: { enabled: false }
devices:
  air: { driver: pms5003, port: /dev/dunlin-not-plugged-in }
  gps: { driver: nmea0183, port: "sim://" }
`);
  t.teardown(() => agent.close());
  await untilStatus(
    agent,
    "the devices' states",
    ({ devices }) => devices["air"]?.state === "unplugged" && devices["gps"]?.state === "online",
  );
  const { code, health } = await until(
    "the devices' states",
    () => check(port),
    ({ health: { reasons, notes } }) => reasons.length + notes.length === 1,
  );
  t.equal(code, 503);
  t.match(health, {
    status: "failing",
    reasons: [{ part: "device", name: "air", state: "unplugged", reason: /dunlin-not-plugged-in/ }],
    notes: [],
  });
  const told = await until(
    "the device's figure",
    () => scrape(port),
    (one) => valueOf(one, "dunlin_device_state", { device: "air", state: "unplugged" }) === 1,
  );
  t.equal(valueOf(told, "dunlin_device_state", { device: "air", state: "online" }), 0);
  t.equal(valueOf(told, "dunlin_device_state", { device: "gps", state: "online" }), 1);
});

t.test("a port for HTTP that is taken ends the start, and says which", async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const agent = await startCliAgent(`http: { port: ${port} }`);
  t.teardown(() => agent.close());
  t.equal(await agent.cli.ended, 1);
  t.match(agent.cli.stderr, new RegExp(`${port} is in use.*http\\.port.*\\(address-in-use\\)`));
});
