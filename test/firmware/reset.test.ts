import t, { type Test } from "tap";
import type { DeviceStatus } from "../../src/message/index.ts";
import { Collector, isReading, isState } from "../support/agent.ts";
import { AvrBoard } from "../support/avr-board.ts";
import { buildFirmware } from "../support/avr-firmware.ts";
import { startCliAgent } from "../support/cli-agent.ts";

const RESETS = 5;
const KILLS = 3;
const US_PER_MS = 1_000;
/** Measured is far less; this only tells working from not working, on a machine that is busy with other things. */
const LIMIT_MS = 60_000;
/** Frames of the device's are longer than this, so that it is reset in the middle of one. */
const IN_FRAME_BYTES = 8;
/** PD2: while it is high, slow commands go on. */
const HOLD = ["D", 2] as const;

t.test("the microcontroller is reset in the middle of a frame", async (t) => {
  const { board, test, seen } = await start(t);
  const took: number[] = [];
  for (let i = 1; i <= RESETS; i++) {
    await board.call("setPin", ...HOLD, true);
    const slow = test.client.push("pi/unit", "slow", { n: i });
    const again = test.client.push("pi/unit", "again", { n: 100 + i });
    await untilRan(board, i);
    await untilRan(board, 100 + i);

    const resets = (await board.read("resets"))[0] ?? 0;
    await board.call("resetInFrame", IN_FRAME_BYTES);
    const atMs = performance.now();
    await board.call("setPin", ...HOLD, false);
    await seen.first(
      "a reading from behind the reset",
      (message) => message.kind === "telemetry" && message.values["resets"] === resets + 1,
      LIMIT_MS,
    );
    took.push(performance.now() - atMs);
    t.match(await slow, { state: "failed", code: "interrupted" }, "what ran is told as interrupted");
    t.match(await again, { state: "succeeded" }, "what may run again was sent again");
    t.match(await test.client.push("pi/unit", "count", { n: 200 + i }), { state: "succeeded" });
  }
  const ran = await board.read("ran");
  for (let i = 1; i <= RESETS; i++) {
    t.equal(ran[i], 1, "the slow one ran once");
    t.equal(ran[100 + i], 2, "the idempotent one before and behind the reset");
    t.equal(ran[200 + i], 1, "the one behind it once");
  }
  told(t, "from the reset to the next reading", took);
});

t.test("the agent is killed with -9 in the middle of a command", async (t) => {
  const { board, test, seen } = await start(t);
  const took: number[] = [];
  const ofLink: number[] = [];
  const untilCommand: number[] = [];
  for (let i = 1; i <= KILLS; i++) {
    await board.call("setPin", ...HOLD, true);
    const slow = test.client.push("pi/unit", "slow", { n: i });
    const again = test.client.push("pi/unit", "again", { n: 100 + i });
    await untilRan(board, i);
    await untilRan(board, 100 + i);

    const [{ epoch } = { epoch: 0 }] = seen.telemetry("unit").slice(-1);
    await test.cli.stop("SIGKILL");
    const online = seen.next("the device's state", isState("unit", "online"), LIMIT_MS);
    const reading = seen.next(
      "a reading from behind the restart",
      (message) => message.kind === "telemetry" && message.epoch > epoch,
      LIMIT_MS,
    );
    await test.restart();
    const atMs = performance.now();
    const { time } = (await reading) as { time: number };
    took.push(performance.now() - atMs);
    const { status } = (await online) as { status: DeviceStatus };
    ofLink.push((time - status.since) / US_PER_MS);
    await board.call("setPin", ...HOLD, false);
    t.match(await test.client.push("pi/unit", "count", { n: 200 + i }), { state: "succeeded" });
    untilCommand.push(performance.now() - atMs);
    t.match(await slow, { state: "failed", code: "interrupted" }, "nobody knows how it ended");
    t.match(await again, { state: "succeeded" }, "it went on, and the firmware said how it ended");
  }
  const ran = await board.read("ran");
  for (let i = 1; i <= KILLS; i++)
    t.same([ran[i], ran[100 + i], ran[200 + i]], [1, 1, 1], "each ran once: the device knew it by its key");
  t.same(await board.read("resets"), Buffer.of(1), "the device was never reset");
  told(t, "from the start of the new agent to the next reading", took);
  told(t, "of which, from its first byte to the next reading", ofLink);
  told(t, "from the start of the new agent to the end of the next command", untilCommand);
});

async function start(t: Test) {
  const board = await AvrBoard.start(await buildFirmware("test/firmware/sketches/counter"));
  t.teardown(() => board.close());
  const test = await startCliAgent(
    `clock: synced\ndevices:\n  unit: { driver: dunlin-link, port: ${board.path} }\n`,
  );
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/", "state/"]);
  await seen.first("a reading", isReading("unit"));
  return { board, test, seen };
}

/** The firmware counts what it begins. */
async function untilRan(board: AvrBoard, n: number): Promise<void> {
  const guard = AbortSignal.timeout(LIMIT_MS);
  while ((await board.read("ran"))[n] === 0) guard.throwIfAborted();
}

function told(t: Test, what: string, took: readonly number[]): void {
  const [worst, mean] = [Math.max(...took), took.reduce((sum, one) => sum + one, 0) / took.length];
  t.comment(`note: ${what}: mean ${mean.toFixed(0)} ms, worst ${worst.toFixed(0)} ms, of ${took.length}`);
  t.ok(worst < LIMIT_MS, "it recovers");
}
