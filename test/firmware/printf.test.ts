import t from "tap";
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
  await seen.first("readings", () => uptimes().length >= READINGS);
  const quality = await seen.next(
    "how the link is",
    (message) => message.kind === "telemetry" && "link_bad_frames" in message.values,
  );
  // Whether one had to be sent again is a matter of how busy this machine is.
  t.match(quality, { values: { link_bad_frames: 0 } }, "no frame is harmed");
  t.comment(`note: ${JSON.stringify((quality as { values: unknown }).values)}`);
  t.match((await statusOf(test)).devices["box"], { state: "online", counters: { driverFailures: 0 } });
  t.same(
    uptimes().toSorted((a, b) => a - b),
    uptimes(),
    "each reading once, in order",
  );

  const rounds = logged(test).filter((line) => line.startsWith("round "));
  const first = Number(/\d+/.exec(rounds[0] ?? "")?.[0]);
  // The first readings were kept from before the agent was there, and their lines were not.
  t.ok(rounds.length > READINGS / 2, `${rounds.length} lines by printf beside ${uptimes().length} readings`);
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
  t.ok(logged(test).includes("hello, I was just switched on"), "Serial.println at the start");
  t.ok(logged(test).includes("twenty rounds more"), "a log line in a frame");
});

/** The events of the device in the agent's log. */
function logged({ cli }: CliAgent): string[] {
  return [...cli.stderr.matchAll(/ info {2}(.*) device=box component=bridge$/gm)].map(
    ([, text = ""]) => text,
  );
}
