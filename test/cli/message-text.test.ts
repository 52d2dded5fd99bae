import t from "tap";
import { csvRows, textLine, Units } from "../../src/cli/message-text.ts";
import type { Message } from "../../src/client/index.ts";

const READING: Message = {
  kind: "telemetry",
  agent: "pi",
  device: "air",
  epoch: 3,
  seq: 9,
  time: 1_800_000_000_123_456,
  clock: "synced",
  values: { pm2_5: 7, note: 'a "b", c', off: null, temp: 0.1 + 0.2 },
};

t.test(
  "a reading as CSV: a row a value, quoted as RFC 4180 wants it, all six digits of the time",
  async (t) => {
    t.same(csvRows(READING), [
      "2027-01-15T08:00:00.123456Z,pi,air,3,9,synced,pm2_5,7",
      '2027-01-15T08:00:00.123456Z,pi,air,3,9,synced,note,"a ""b"", c"',
      "2027-01-15T08:00:00.123456Z,pi,air,3,9,synced,off,",
      "2027-01-15T08:00:00.123456Z,pi,air,3,9,synced,temp,0.30000000000000004",
    ]);
  },
);

t.test("a reading for people: units from the birth, no more digits than mean something", async (t) => {
  const units = new Units();
  const status = { state: "online", since: 0, seq: 0, driver: "pms5003", commands: {} } as const;
  units.add({
    type: "birth",
    protocol: 1,
    agent: "pi",
    version: "1",
    labels: {},
    epoch: 3,
    time: 0,
    clock: "synced",
    durable: {},
    journal: { state: "ok" },
    devices: { air: { ...status, metrics: { pm2_5: { type: "integer", unit: "ug/m3" } } } },
  });
  t.equal(
    textLine(READING, units),
    '08:00:00.123 pi/air           pm2_5=7 µg/m³ note=a "b", c off=- temp=0.3',
  );
});

t.test("what is not a reading, for people", async (t) => {
  const units = new Units();
  const lines = [
    textLine(
      {
        kind: "state",
        agent: "pi",
        state: {
          type: "heartbeat",
          epoch: 1,
          time: 0,
          clock: "synced",
          streams: { gps: 5 },
          durable: {},
          journal: { state: "off" },
        },
      },
      units,
    ),
    textLine(
      { kind: "device", agent: "pi", device: "gps", status: { state: "failed", since: 0, reason: "busy" } },
      units,
    ),
    textLine(
      {
        kind: "command",
        agent: "pi",
        progress: { id: "1", target: "pi/gps", name: "rate", state: "running", time: 0 },
      },
      units,
    ),
  ];
  t.same(lines, [
    "00:00:00.000 pi               heartbeat gps=5",
    "00:00:00.000 pi/gps           failed: busy",
    "00:00:00.000 pi/gps           rate running",
  ]);
});
