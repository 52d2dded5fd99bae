import t from "tap";
import { rflink } from "../../../devices/rflink/driver.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { converse } from "../../support/conversation.ts";
import { seeded } from "../../support/random.ts";
import { settingsOf } from "../settings.ts";

t.test("it hears eight senders in turn, and says that it is there", async (t) => {
  const events = converse(rflink as never, settingsOf(rflink), { readings: 90 });
  const senders = events.flatMap((event) => (event.type === "reading" ? [event.values["sender"]] : []));
  t.same(new Set(senders), new Set(["3001", "008f", "5a6d", "2b19", "8001", "00c142", "aa66"]));
  t.equal(events.filter(({ type }) => type === "sense").length, 2, "pings, in a minute and a half");
  t.same(
    events.filter((event) => event.type === "discard").map((event) => event.reason),
    ["unparsable"],
    "the first line is cut",
  );
});

t.test("every command of the driver succeeds with it, and one that it does not know fails", async (t) => {
  const settings = settingsOf(rflink);
  const session = rflink.open(settings);
  const simulator = rflink.simulate(settings, seeded(2));
  const run = (name: string, args: Values = {}): readonly DriverEvent[] =>
    (session.run?.({ id: "1", name, args }) ?? []).flatMap((event) =>
      event.type === "write" ? session.push(simulator.receive(event.bytes)) : [],
    );
  const given: Readonly<Record<string, Values>> = {
    transmit: { protocol: "NewKaku", sender: "00c142", switch: "1", command: "ON" },
    send: { line: "RFDEBUG=ON" },
  };
  for (const name of Object.keys(rflink.describe(settings).commands))
    t.match(run(name, given[name]), [{}, { type: "outcome", outcome: { ok: true } }, { type: "wake" }], name);
  t.match(run("send", { line: "NONSENSE" }), [{}, { outcome: { ok: false } }, {}]);
});
