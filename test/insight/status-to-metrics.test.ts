import fc from "fast-check";
import t from "tap";
import { DISCARD_REASONS } from "../../src/device/index.ts";
import { statusToMetrics, type Family } from "../../src/insight/index.ts";

const AGENT = {
  agent: "pi",
  version: "1.2.3",
  epoch: 4,
  clock: "unsynced",
  refused: 3,
  dropped: 2,
  components: {
    bridge: { phase: "live", starts: 2, pid: 7 },
    weather: { phase: "down", starts: 0 },
  },
  security: { encrypted: true, refused: 5, authorized: {} },
  connections: { telemetry: 2, commands: 0, queries: 1 },
  journal: {
    state: "failing",
    code: "disk-full",
    reason: "no room",
    bytes: 4096,
    maxBytes: 8192,
    freeBytes: 0,
    diskLow: 1,
    droppedReadings: 6,
    refusedReadings: 0,
    damagedBlocks: 0,
    backlogBytes: 77,
    dropped: 8,
  },
  commands: { open: 1, ended: { succeeded: 9, rejected: 1 } },
  hub: { state: "connecting", address: "tcp://h:5559", reason: "it was not reached yet", withheld: 11 },
  devices: {
    gps: {
      state: "unplugged",
      since: 1,
      seq: 42,
      counters: {
        bytes: 1000,
        readings: 40,
        discardedBytes: 13,
        driverFailures: 1,
        "discarded-checksum": 2,
        withheld: 4,
      },
    },
    weather: { state: "online", since: 1, seq: 3, counters: { "discarded-anything": 1, rain: 2 } },
  },
};

const HUB = {
  hub: "north",
  version: "1.2.3",
  clock: "synced",
  agents: { known: 10, online: 7 },
  streams: 30,
  readings: 1000,
  backfill: { readings: 50, streams: 2, lost: 1 },
  refused: 0,
  dropped: 0,
  components: { journal: { phase: "live", starts: 1 } },
  connections: { telemetry: 1, commands: 0, queries: 0 },
  journal: { state: "ok", backlogBytes: 0, dropped: 0 },
};

/** Every series as `name{label=value} number`. */
function lines(families: readonly Family[]): string[] {
  return families.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => {
      const told = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      return `${name}{${told.join()}} ${value}`;
    }),
  );
}

t.test("an agent's status as metrics", async (t) => {
  const told = lines(statusToMetrics(AGENT));
  for (const line of [
    "dunlin_info{role=agent,name=pi,version=1.2.3} 1",
    "dunlin_clock_synced{} 0",
    "dunlin_refused_messages_total{} 3",
    "dunlin_dropped_messages_total{} 2",
    "dunlin_refused_keys_total{} 5",
    "dunlin_connections{socket=telemetry} 2",
    "dunlin_commands_open{} 1",
    "dunlin_commands_total{outcome=succeeded} 9",
    "dunlin_commands_total{outcome=failed} 0",
    "dunlin_component_up{component=bridge} 1",
    "dunlin_component_up{component=weather} 0",
    "dunlin_component_starts_total{component=bridge} 2",
    "dunlin_journal_state{state=failing} 1",
    "dunlin_journal_state{state=ok} 0",
    "dunlin_journal_size_bytes{} 4096",
    "dunlin_journal_disk_low{} 1",
    "dunlin_journal_backlog_bytes{} 77",
    "dunlin_journal_dropped_readings_total{by=core} 8",
    "dunlin_journal_dropped_readings_total{by=journal} 6",
    "dunlin_device_state{device=gps,state=unplugged} 1",
    "dunlin_device_state{device=gps,state=online} 0",
    "dunlin_device_readings_total{device=gps} 42",
    "dunlin_device_readings_total{device=weather} 3",
    "dunlin_device_received_bytes_total{device=gps} 1000",
    "dunlin_device_discarded_bytes_total{device=gps} 13",
    "dunlin_device_discards_total{device=gps,reason=checksum} 2",
    "dunlin_device_withheld_readings_total{device=gps} 4",
    "dunlin_device_driver_failures_total{device=gps} 1",
    "dunlin_hub_link_up{} 0",
    "dunlin_hub_link_withheld_readings_total{} 11",
  ])
    t.ok(told.includes(line), line);
  t.notMatch(told.join("\n"), /anything|rain/, "what a program of the user's counts has no series");
});

t.test("a hub's status as metrics: the fleet as a whole", async (t) => {
  const told = lines(statusToMetrics(HUB));
  for (const line of [
    "dunlin_info{role=hub,name=north,version=1.2.3} 1",
    "dunlin_clock_synced{} 1",
    "dunlin_hub_agents{state=online} 7",
    "dunlin_hub_agents{state=offline} 3",
    "dunlin_hub_streams{} 30",
    "dunlin_hub_streams_behind{} 2",
    "dunlin_hub_readings_total{} 1000",
    "dunlin_hub_backfilled_readings_total{} 50",
    "dunlin_hub_lost_readings_total{} 1",
    "dunlin_component_up{component=journal} 1",
  ])
    t.ok(told.includes(line), line);
  t.notMatch(told.join("\n"), /dunlin_device|dunlin_hub_link|dunlin_commands/);
});

t.test("every reason to discard bytes has its series", async (t) => {
  const counters = Object.fromEntries(DISCARD_REASONS.map((reason) => [`discarded-${reason}`, 1]));
  const families = statusToMetrics({ agent: "pi", devices: { gps: { state: "online", seq: 1, counters } } });
  const discards = families.find(({ name }) => name === "dunlin_device_discards_total");
  t.strictSame(
    discards?.samples.map(({ labels }) => labels["reason"]),
    [...DISCARD_REASONS],
  );
});

t.test("names are as Prometheus wants them, and the labels of a metric are always the same", async (t) => {
  for (const { name, help, type, samples } of [...statusToMetrics(AGENT), ...statusToMetrics(HUB)]) {
    t.match(name, /^dunlin(_[a-z]+)+$/);
    t.equal(name.endsWith("_total"), type === "counter", name);
    t.match(help, /^[A-Z0-9].*\.$/, name);
    t.equal(new Set(samples.map(({ labels }) => Object.keys(labels).join())).size, 1, name);
  }
});

t.test("whatever a status is, it makes metrics of numbers, and throws nothing", async (t) => {
  const wrong = fc.oneof(fc.anything(), fc.constant(undefined));
  const anyStatus = fc.record({
    ...Object.fromEntries([...Object.keys(AGENT), ...Object.keys(HUB)].map((key) => [key, wrong])),
    devices: fc.dictionary(fc.string(), wrong),
    components: fc.dictionary(fc.string(), wrong),
  });
  fc.assert(
    fc.property(fc.oneof(anyStatus, fc.anything()), (status) => {
      for (const { name, samples } of statusToMetrics(status))
        for (const { value } of samples)
          if (!Number.isFinite(value)) throw new Error(`${name}: ${String(value)}`);
    }),
  );
  t.pass();
});
