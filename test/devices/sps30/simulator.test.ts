import t from "tap";
import { BEGIN, POLL, requestsOf } from "../../../devices/sps30/commands.ts";
import { sps30 } from "../../../devices/sps30/driver.ts";
import { COMMANDS, requestOf } from "../../../devices/sps30/protocol.ts";
import { FlagSplitter, readAnswer } from "../../../devices/sps30/shdlc.ts";
import { SpsSimulator } from "../../../devices/sps30/simulator.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it obeys and refuses by its state", async (t) => {
  const simulator = new SpsSimulator(seeded(3));
  const hear = (bytes: Uint8Array | undefined): string => {
    const [item] = new FlagSplitter().push(simulator.receive(bytes ?? Buffer.of()));
    const answer = item?.type === "content" ? readAnswer(item.bytes) : undefined;
    if (!answer || "fault" in answer) return "nothing";
    return `${answer.state.toString(16)} ${answer.data.length}`;
  };
  const [stop, sleep] = requestsOf("sleep", {}).map(({ bytes }) => bytes);
  const [wake, start] = BEGIN.map(({ bytes }) => bytes);
  const read = POLL[0]?.bytes;
  t.equal(hear(wake), "43 0", "awake already");
  t.equal(hear(read), "43 0", "idle");
  t.equal(hear(start), "0 0");
  t.equal(hear(start), "43 0");
  t.equal(hear(read), "0 40");
  t.equal(hear(read), "0 0", "nothing new");
  t.equal(simulator.step().bytes.length, 0);
  t.equal(hear(read), "0 40");
  t.equal(hear(sleep), "43 0", "from idle only");
  t.equal(hear(stop), "0 0");
  t.equal(hear(sleep), "0 0");
  t.equal(hear(start), "nothing", "asleep");
  t.equal(hear(requestOf(COMMANDS.wake)), "nothing", "without an edge before it");
  t.equal(hear(wake), "0 0");
  t.equal(hear(requestOf(COMMANDS.cleaning, [0])), "0 4");
  t.equal(hear(requestOf(COMMANDS.start, [1, 9])), "4 0");
  t.equal(hear(requestOf(0x77)), "2 0");
});

t.test("with the driver it gives a reading a poll, of every metric", async (t) => {
  const settings = settingsOf(sps30);
  const events = converse(sps30 as never, settings, { readings: 10 });
  const readings = events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
  t.equal(readings.length, 10);
  for (const values of readings) t.same(Object.keys(values), Object.keys(sps30.describe(settings).metrics));
});

t.test("every command of the driver succeeds with it", async (t) => {
  const settings = settingsOf(sps30);
  const simulator = sps30.simulate(settings, seeded(3));
  const session = sps30.open(settings);
  const play = (events: readonly DriverEvent[]): readonly DriverEvent[] =>
    events.flatMap((event) =>
      event.type === "write" ? play(session.push(simulator.receive(event.bytes))) : [event],
    );
  play(session.start?.() ?? []);
  for (const name of ["clean", "cleaning", "status", "information", "sleep", "wake", "reset"]) {
    const events = play(session.run?.({ id: name, name, args: { interval: 3_600 } }) ?? []);
    t.match(
      events.filter(({ type }) => type === "outcome"),
      [{ call: name, outcome: { ok: true } }],
      name,
    );
  }
  play(session.wake?.() ?? []);
  t.match(
    play(session.wake?.() ?? []),
    [{ type: "wake" }, { type: "reading" }, { type: "wake" }],
    "after the reset",
  );
});
