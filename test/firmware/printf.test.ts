import t from "tap";
import type { Message } from "../../src/client/index.ts";
import type { Values } from "../../src/message/index.ts";
import { Collector } from "../support/agent.ts";
import { AvrBoard } from "../support/avr-board.ts";
import { buildFirmware } from "../support/avr-firmware.ts";
import { startCliAgent, statusOf, type CliAgent } from "../support/cli-agent.ts";

/** One in 150 ms: below what the agent's log takes of a component, 10 lines a second. */
const READINGS = 40;

t.test("what a sketch prints comes as log events of its device, and no frame is harmed", async (t) => {
  const board = await AvrBoard.start(await buildFirmware("firmware-bridge/examples/printf-debugging"));
  t.teardown(() => board.close());
  await board.call("setAnalog", 0, 2.5);
  const test = await startCliAgent(`
clock: synced
devices:
  box: { driver: dunlin-link, port: ${board.path}, settings: { linkQuality: 1000 } }
`);
  t.teardown(() => test.close());
  const seen = new Collector(test.client, ["telemetry/"]);
  const uptimes = (): number[] =>
    seen
      .telemetry("box")
      .map(({ values }) => values["uptime"])
      .filter((uptime) => typeof uptime === "number");
  const quality = async (): Promise<Values> => {
    const fits = (message: Message): boolean =>
      message.kind === "telemetry" && "link_bad_frames" in message.values;
    return ((await seen.next("how the link is", fits)) as { values: Values }).values;
  };
  // The port may have been opened in the middle of a frame: what counts is what is damaged from then on.
  const { link_bad_frames: atFirst } = await quality();
  const from = uptimes().length;
  await seen.first("readings", () => uptimes().length >= from + READINGS);
  const { link_bad_frames: atLast } = await quality();
  t.equal(atLast, atFirst, "no frame is harmed, in either direction");
  t.match((await statusOf(test)).devices["box"], { state: "online", counters: { driverFailures: 0 } });
  t.same(
    uptimes().toSorted((a, b) => a - b),
    uptimes(),
    "each reading once, in order",
  );

  // The log comes by another way than the readings.
  const told = (): string[] => logged(test).filter((line) => line.startsWith("round "));
  await seen.first("lines", () => told().length >= READINGS);
  const rounds = told();
  const first = Number(/\d+/.exec(rounds[0] ?? "")?.[0]);
  t.comment(`note: ${rounds.length} lines by printf beside ${uptimes().length} readings`);
  t.same(
    rounds,
    rounds.map((_, i) => `round ${first + i}: A0 is 512`),
    "each line, whole, in order",
  );

  // What is printed before there is a link, and what is told in a frame.
  const before = uptimes().length;
  await board.call("reset");
  await seen.first(
    "a reading of another start",
    () => Number(uptimes().at(-1)) < Number(uptimes()[before - 1]),
  );
  await seen.first("Serial.println at the start", () =>
    logged(test).includes("hello, I was just switched on"),
  );
  await seen.first("a log line in a frame", () => logged(test).includes("twenty rounds more"));
});

/** The events of the device in the agent's log. */
function logged({ cli }: CliAgent): string[] {
  return [...cli.stderr.matchAll(/ info {2}(.*) device=box component=bridge$/gm)].map(
    ([, text = ""]) => text,
  );
}
