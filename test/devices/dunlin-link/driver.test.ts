import t from "tap";
import { dunlinLink } from "../../../devices/dunlin-link/driver.ts";
import type { Driver, DriverEvent } from "../../../src/device/index.ts";
import { converse } from "../../support/conversation.ts";
import { settingsOf } from "../settings.ts";

const driver = dunlinLink as unknown as Driver<unknown>;

function events(readings: number, given: object = {}): DriverEvent[] {
  return converse(driver, settingsOf(dunlinLink, given), { readings });
}

const LINK = ["link_rtt", "link_loss", "link_retransmits", "link_bad_frames", "link_dropped"];

t.test("before the device has told, there are the link's metrics and no commands", async (t) => {
  const { metrics, commands, isPending } = dunlinLink.describe(settingsOf(dunlinLink));
  t.same([Object.keys(metrics), commands, isPending], [LINK, {}, true]);
});

t.test("what the device tells replaces the description, but for the link's own metrics", async (t) => {
  const [told, ...more] = events(20).filter(({ type }) => type === "describe");
  t.match(told, {
    metrics: { temperature: { type: "number", unit: "Cel" }, uptime: { type: "integer", unit: "s" } },
    commands: {
      fan: { idempotent: true, arguments: { on: { type: "boolean" } } },
      dose: { timeoutMs: 5_000 },
    },
    replaces: true,
  });
  t.same(Object.keys((told as { metrics: object }).metrics).slice(4), LINK);
  t.same(more, [], "once");
});

t.test("a reading of how the link is, as often as the settings say", async (t) => {
  const readings = events(60, { linkQuality: 5_000 }).filter(({ type }) => type === "reading");
  const links = readings.filter((event) => event.type === "reading" && "link_rtt" in event.values);
  t.equal(links.length, 10);
  t.same(links[0], {
    type: "reading",
    values: { link_rtt: 0, link_loss: 0, link_retransmits: 0, link_bad_frames: 0, link_dropped: 0 },
  });
});

t.test("no reading of a link that is not there", async (t) => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, nowUs: () => nowMs * 1_000, quality: "unsynced" as const };
  const session = dunlinLink.open({ linkQuality: 1_000 }, clock);
  const all = [...(session.start?.() ?? [])];
  for (; nowMs < 20_000; nowMs += 100) all.push(...(session.wake?.() ?? []));
  t.same([...new Set(all.map(({ type }) => type))].sort(), ["wake", "write"]);
  t.same(
    all
      .filter(({ type }) => type === "wake")
      .every((event) => event.type === "wake" && event.afterMs <= 2_000),
    true,
    "hello is said again and again",
  );
});

t.test("the simulated device obeys, also when it takes its time", async (t) => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, nowUs: () => nowMs * 1_000, quality: "synced" as const };
  const session = dunlinLink.open({ linkQuality: 10_000 }, clock);
  const simulator = dunlinLink.simulate({ linkQuality: 10_000 }, () => 0.5);
  const found: DriverEvent[] = [];
  const take = (more: readonly DriverEvent[]): void => {
    for (const event of more) {
      if (event.type === "write") take(session.push(simulator.receive(event.bytes)));
      else if (event.type === "outcome" || event.type === "log") found.push(event);
    }
  };
  take(session.start?.() ?? []);
  take(session.run?.({ id: "a", name: "fan", args: { on: true } }) ?? []);
  take(session.run?.({ id: "b", name: "dose", args: { volume: 12.5 } }) ?? []);
  for (; nowMs < 3_000; nowMs += 100) {
    take(session.push(simulator.step().bytes));
    take(session.wake?.() ?? []);
  }
  t.same(found, [
    { type: "log", text: "connected to greenhouse, firmware 1.0.0" },
    { type: "outcome", call: "a", outcome: { ok: true, result: { fan: true } } },
    { type: "log", text: "watering: 12.5 mL" },
    { type: "outcome", call: "b", outcome: { ok: true, result: {} } },
  ]);
});
