import t from "tap";
import type { LinkEvent } from "../../src/link/index.ts";
import { LinkRun } from "../support/link-run.ts";
import { BYTES_PER_MS, GOOD_WIRE, type WireFaults } from "../support/lossy-wire.ts";
import { seeded } from "../support/random.ts";
import { WasmDevice } from "../support/wasm-device.ts";

/**
 * The C library and the host's end on a wire of 115200 baud, in simulated time. Short; at length with
 * DUNLIN_LOSSY_MESSAGES=100000 and DUNLIN_LOSSY_HOURS=8.
 */
const MESSAGES = Number(process.env["DUNLIN_LOSSY_MESSAGES"] ?? 3_000);
const HOURS = Number(process.env["DUNLIN_LOSSY_HOURS"] ?? 0.25);
const HOUR_MS = 3_600_000;
/** A run that takes longer than this for a message is stuck. */
const STUCK_MS = 10_000;
t.setTimeout(7_200_000);

const BAD_WIRE: WireFaults = { flip: 0.01, drop: 0.01, insert: 0, delayMs: [0, 2], chunkBytes: 16 };
/** A command may be under way for as long as the wire takes: none is called off. */
const NEVER_MS = 1_000 * HOUR_MS;
/** Calls that wait at the host, so that there is always one to go. */
const AHEAD = 8;

const newDevice = WasmDevice.build();

function both(wire: WireFaults): { readonly toHost: WireFaults; readonly toDevice: WireFaults } {
  return { toHost: wire, toDevice: wire };
}

const inOrder = (numbers: readonly number[]): boolean => numbers.every((number, i) => number === i);

t.test(
  `${MESSAGES} messages each way, 1 % of bytes flipped and 1 % dropped: each once, in order`,
  async (t) => {
    const device = newDevice();
    const read: number[] = [];
    const ran: number[] = [];
    const ended: string[] = [];
    let badFrames = 0;
    device.onRun = (_, value) => void ran.push(value);
    const run = new LinkRun(
      device,
      both(BAD_WIRE),
      seeded(1),
      (event) => {
        if (event.type === "reading" && typeof event.values["number"] === "number")
          read.push(event.values["number"]);
        if (event.type === "outcome") ended.push(`${event.call} ${event.outcome.ok}`);
        if (event.type === "discard") badFrames++;
      },
      NEVER_MS,
    );
    let sent = 0;
    let called = 0;
    const isDone = run.until(() => {
      while (sent < MESSAGES && device.isConnected && device.send(sent)) sent++;
      while (called < MESSAGES && called - ended.length < AHEAD) run.call(String(called), "set", called++);
      return read.length >= MESSAGES && ended.length >= MESSAGES;
    }, MESSAGES * STUCK_MS);
    t.ok(isDone, "all of them");
    t.equal(read.length, MESSAGES);
    t.ok(inOrder(read), "readings once and in order");
    t.equal(ran.length, MESSAGES);
    t.ok(inOrder(ran), "commands once and in order");
    t.ok(ended.every((one) => one.endsWith("true")));
    t.comment(
      `note: ${(run.nowMs / 1_000).toFixed(0)} s simulated, ${badFrames} damaged frames at the host, ${device.retransmits} sent again by the device`,
    );
  },
);

/** Payload bytes that arrive, as a share of what the line carries. */
function goodput(
  wire: WireFaults,
  messages: number,
  send: (device: WasmDevice, i: number) => boolean,
  bytes: number,
): number {
  const device = newDevice();
  let came = 0;
  let fromMs = 0;
  const run = new LinkRun(device, both(wire), seeded(2), (event) => {
    if (event.type === "describe") fromMs = run.nowMs;
    if (event.type === "reading" || (event.type === "log" && event.text.startsWith("#"))) came++;
  });
  let sent = 0;
  run.until(() => {
    while (fromMs > 0 && sent < messages && send(device, sent)) sent++;
    return came >= messages;
  }, messages * STUCK_MS);
  return (messages * bytes) / ((run.nowMs - fromMs) * BYTES_PER_MS);
}

t.test("goodput", async (t) => {
  const line = `#${"x".repeat(53)}`;
  const shapes = {
    // A map of one, its key, and an integer of two bytes.
    "small frames": { bytes: 5, send: (device: WasmDevice, i: number) => device.send(1_000 + (i % 60_000)) },
    // The text and its head.
    "full frames": { bytes: line.length + 2, send: (device: WasmDevice) => device.log(line) },
  };
  for (const [what, { bytes, send }] of Object.entries(shapes))
    for (const [how, wire] of [
      ["a good wire", GOOD_WIRE],
      ["a bad one", BAD_WIRE],
    ] as const) {
      const share = goodput(wire, Math.ceil(MESSAGES / 3), send, bytes);
      t.ok(share > 0.005, `${what} on ${how}: ${(share * 100).toFixed(1)} % of the line rate`);
      t.comment(`note: ${what} on ${how}: ${(share * 100).toFixed(1)} % of the line rate is payload`);
    }
});

t.test(`${HOURS} hours with resets of either side: no command runs twice that must not`, async (t) => {
  const random = seeded(3);
  const wire: WireFaults = { flip: 0.003, drop: 0.003, insert: 0.002, delayMs: [0, 150], chunkBytes: 64 };
  const device = newDevice();
  const runs = new Map<string, number>();
  const outcomes = { ok: 0, interrupted: 0, other: 0 };
  device.onRun = (name, value) => void runs.set(`${name} ${value}`, (runs.get(`${name} ${value}`) ?? 0) + 1);
  const onEvent = (event: LinkEvent): void => {
    if (event.type !== "outcome") return;
    if (event.outcome.ok) outcomes.ok++;
    else if (event.outcome.code === "interrupted") outcomes.interrupted++;
    else outcomes.other++;
  };
  const run = new LinkRun(device, both(wire), random, onEvent);
  let calls = 0;
  let resets = 0;
  let restarts = 0;
  run.until(() => {
    const dice = random();
    if (dice < 0.002) {
      const name = dice < 0.001 ? "set" : "again";
      run.call(`${name} ${calls}`, name, calls++);
    } else if (dice < 0.002_08) {
      resets++;
      run.toHost.cut();
      device.reset();
    } else if (dice < 0.002_12) {
      restarts++;
      run.restartHost();
      // What may run twice the agent hands out again.
      for (let i = Math.max(0, calls - 4); i < calls; i++) run.call(`again ${i}`, "again", i);
    } else if (dice < 0.005 && device.isConnected) device.send(run.nowMs % 1_000);
    return false;
  }, HOURS * HOUR_MS);
  const twice = [...runs].filter(([what, count]) => what.startsWith("set") && count > 1);
  t.same(twice, []);
  t.ok(resets > 10 && restarts > 10 && outcomes.ok > calls / 4);
  const told = `${calls} commands, ${resets} resets, ${restarts} restarts; ended ${JSON.stringify(outcomes)}`;
  t.comment(`note: ${told}`);
  // It has not come to an end: the wire is mended, and all is well.
  run.mend();
  run.restartHost();
  let isBack = false;
  run.call("last", "set", -1);
  run.until(() => (isBack ||= runs.has("set -1")), 10_000);
  t.ok(isBack, "and goes on");
});
