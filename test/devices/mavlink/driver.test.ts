import t from "tap";
import { mavlink } from "../../../devices/mavlink/driver.ts";
import { Fields, type RawFields } from "../../../devices/mavlink/fields.ts";
import { messageWithId, READ_MESSAGES } from "../../../devices/mavlink/messages.ts";
import { METRICS } from "../../../devices/mavlink/metrics.table.ts";
import { MAVLINK_FRAMES, packetOf } from "../../../devices/mavlink/protocol.ts";
import { Sender } from "../../../devices/mavlink/sender.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const open = (given: object = {}): Session =>
  mavlink.open(settingsOf(mavlink, { intervals: {}, heartbeat: false, ...given }));
const vehicle = new Sender({ version: 2, system: 1, component: 1 });
const HEARTBEAT: RawFields = { type: 2, autopilot: 3, base_mode: 0x51, system_status: 3, mavlink_version: 3 };
const heartbeat = (fields: RawFields = {}): Buffer => vehicle.write("HEARTBEAT", { ...HEARTBEAT, ...fields });
const ack = (command: number, result: number): Buffer => vehicle.write("COMMAND_ACK", { command, result });
const run = (session: Session, name: string, args: Values, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args }) ?? [];
const wakes = (session: Session, count: number): readonly DriverEvent[] =>
  Array.from({ length: count }, () => session.wake?.() ?? []).flat();

interface Written {
  readonly name: string | undefined;
  readonly system: number;
  readonly component: number;
  readonly seq: number;
  readonly version: number;
  readonly fields: RawFields;
}

/** What the driver has written, read. */
function written(events: readonly DriverEvent[]): Written[] {
  const scanner = new FrameScanner(...MAVLINK_FRAMES);
  const bytes = events.flatMap((event) => (event.type === "write" ? [event.bytes] : []));
  return bytes
    .flatMap((one) => scanner.push(one))
    .flatMap((item) => {
      if (item.type === "discard") return [];
      const { system, component, seq, version, id, payload } = packetOf(item.bytes);
      const message = messageWithId(id);
      const fields = message ? new Fields(message.layout, payload).all() : {};
      return [{ name: message?.name, system, component, seq, version, fields }];
    });
}

function ofType<Type extends DriverEvent["type"]>(
  events: readonly DriverEvent[],
  type: Type,
): Extract<DriverEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<DriverEvent, { type: Type }> => event.type === type);
}

t.test("a heartbeat goes out at once and each second, numbered, from a computer on board", async (t) => {
  const session = open({ heartbeat: true });
  const events = [...(session.start?.() ?? []), ...wakes(session, 2)];
  t.match(written(events), [
    {
      name: "HEARTBEAT",
      system: 254,
      component: 191,
      seq: 0,
      version: 2,
      fields: { type: 18, autopilot: 8 },
    },
    { seq: 1 },
    { seq: 2 },
  ]);
  t.same(
    ofType(events, "wake").map(({ afterMs }) => afterMs),
    [1_000, 1_000, 1_000],
  );
});

t.test("without the heartbeat nothing is written", async (t) => {
  const session = open();
  t.same(written([...(session.start?.() ?? []), ...session.push(heartbeat()), ...wakes(session, 20)]), []);
});

t.test("a vehicle that is heard is asked for its messages, one after the other", async (t) => {
  const session = open({ intervals: { ATTITUDE: 100, VFR_HUD: 0 } });
  t.same(written(session.push(heartbeat({ autopilot: 8 }))), [], "a gimbal is no vehicle");
  t.match(written(session.push(heartbeat())), [
    {
      name: "COMMAND_LONG",
      fields: { command: 511, param1: 30, param2: 100_000, target_system: 1, target_component: 1 },
    },
  ]);
  t.match(written(session.push(ack(511, 0))), [{ fields: { command: 511, param1: 74, param2: -1 } }]);
  t.match(session.push(ack(511, 2)), [{ type: "log", text: /^interval of VFR_HUD: the vehicle denies it/ }]);
  t.same(written(session.push(heartbeat())), [], "once");
});

t.test("a vehicle that was silent for five seconds is asked again", async (t) => {
  const session = open({ intervals: { ATTITUDE: 100 } });
  session.push(Buffer.concat([heartbeat(), ack(511, 0)]));
  wakes(session, 4);
  t.same(written(session.push(heartbeat())), []);
  wakes(session, 5);
  t.match(written(session.push(heartbeat())), [{ fields: { command: 511, param1: 30 } }]);
});

t.test("an interval is set, by the message's name or by its number", async (t) => {
  const session = open();
  session.push(heartbeat());
  t.match(written(run(session, "interval", { name: "ATTITUDE", interval: 250 })), [
    { fields: { command: 511, param1: 30, param2: 250_000 } },
  ]);
  t.same(session.push(ack(511, 0)), [{ type: "outcome", call: "1", outcome: { ok: true } }]);
  t.match(written(run(session, "interval", { name: "12345", interval: 0 })), [
    { fields: { param1: 12_345, param2: -1 } },
  ]);
  session.push(ack(511, 0));
  t.match(run(session, "interval", { name: "NOTHING", interval: 1 }), [
    { type: "outcome", outcome: { ok: false, reason: /no message NOTHING/ } },
  ]);
  t.match(run(session, "interval", { name: "99999999", interval: 1 }), [{ outcome: { ok: false } }]);
});

const RESULTS = [
  [1, /temporarily/],
  [2, /denies/],
  [3, /not support/],
  [4, /failed/],
  [6, /cancelled/],
  [77, /77/],
] as const;

for (const [result, reason] of RESULTS)
  t.test(`result ${result} of an acknowledgement is a failure, and says why`, async (t) => {
    const session = open();
    session.push(heartbeat());
    run(session, "interval", { name: "ATTITUDE", interval: 250 });
    t.match(session.push(ack(511, result)), [{ type: "outcome", call: "1", outcome: { ok: false, reason } }]);
  });

t.test("only the vehicle's acknowledgement of this command counts", async (t) => {
  const session = open();
  session.push(heartbeat());
  run(session, "interval", { name: "ATTITUDE", interval: 250 });
  const other = new Sender({ version: 2, system: 2, component: 1 });
  t.same(session.push(other.write("COMMAND_ACK", { command: 511, result: 0 })), []);
  t.same(session.push(ack(400, 0)), []);
  t.match(session.push(ack(511, 0)), [{ outcome: { ok: true } }]);
  t.same(session.push(ack(511, 0)), [], "and once");
});

t.test("in progress goes on waiting", async (t) => {
  const session = open();
  session.push(heartbeat());
  run(session, "interval", { name: "ATTITUDE", interval: 250 });
  for (let i = 0; i < 10; i++) {
    t.same(written(wakes(session, 1)), []);
    t.same(session.push(ack(511, 5)), []);
  }
  t.match(session.push(ack(511, 0)), [{ outcome: { ok: true } }]);
});

t.test("a request succeeds with the message's values, in whichever order they come", async (t) => {
  const session = open({ messages: ["HEARTBEAT"] });
  session.push(heartbeat());
  const version = vehicle.write("AUTOPILOT_VERSION", { flight_sw_version: 0x010f0080 });
  run(session, "request", { name: "AUTOPILOT_VERSION" });
  t.same(session.push(ack(512, 0)), []);
  t.match(session.push(version), [
    { type: "sense" },
    { type: "outcome", call: "1", outcome: { ok: true, result: { firmware: "1.15.0-beta" } } },
    { type: "discard", reason: "unsupported" },
  ]);
  run(session, "request", { name: "AUTOPILOT_VERSION" });
  t.match(session.push(version), [{ type: "sense" }, { type: "discard" }]);
  t.match(session.push(ack(512, 0)), [{ outcome: { ok: true, result: { message: "AUTOPILOT_VERSION" } } }]);
});

t.test("what is not answered is sent three times, counting, then fails", async (t) => {
  const session = open();
  session.push(heartbeat());
  const events = [...run(session, "request", { name: "ATTITUDE" }), ...wakes(session, 6)];
  t.same(
    written(events).map(({ fields }) => fields["confirmation"]),
    [0, 1, 2],
  );
  t.match(ofType(events, "outcome"), [{ outcome: { ok: false, reason: "the vehicle does not answer" } }]);
});

t.test("a command without a vehicle fails; one that comes soon enough gets it", async (t) => {
  const session = open();
  t.same(written(run(session, "request", { name: "ATTITUDE" })), []);
  t.match(ofType(wakes(session, 6), "outcome"), [{ outcome: { ok: false, reason: /no vehicle/ } }]);
  run(session, "request", { name: "ATTITUDE" }, "2");
  wakes(session, 3);
  t.match(written(session.push(heartbeat())), [{ fields: { command: 512, param1: 30 } }]);
});

t.test("a cancelled command gives no outcome, and the next one goes on", async (t) => {
  const session = open();
  session.push(heartbeat());
  run(session, "request", { name: "ATTITUDE" }, "1");
  run(session, "request", { name: "VFR_HUD" }, "2");
  run(session, "request", { name: "WIND" }, "3");
  session.cancel?.("1");
  session.cancel?.("2");
  const events = session.push(ack(512, 2));
  t.same(ofType(events, "outcome"), []);
  t.match(written(events), [{ fields: { param1: 168 } }]);
});

t.test("a parameter is read, of ArduPilot as a number, of PX4 by its bytes", async (t) => {
  const value = (param_value: number, param_type: number): Buffer =>
    vehicle.write("PARAM_VALUE", { param_id: "SYS_AUTOSTART", param_value, param_type });
  const bytewise = Buffer.alloc(4);
  bytewise.writeInt32LE(4_001);
  for (const [autopilot, onWire] of [
    [3, 4_001],
    [12, bytewise.readFloatLE()],
  ] as const) {
    const session = open();
    session.push(heartbeat({ autopilot }));
    t.match(written(run(session, "parameter", { name: "SYS_AUTOSTART" })), [
      {
        name: "PARAM_REQUEST_READ",
        fields: { param_id: "SYS_AUTOSTART", param_index: -1, target_system: 1 },
      },
    ]);
    t.match(session.push(vehicle.write("PARAM_VALUE", { param_id: "OTHER" })), [{ type: "discard" }]);
    t.same(session.push(value(onWire, 6)), [
      { type: "outcome", call: "1", outcome: { ok: true, result: { name: "SYS_AUTOSTART", value: 4_001 } } },
    ]);
  }
});

t.test("what was lost is told each 10 s, by the senders' numbers", async (t) => {
  const session = open();
  const gimbal = new Sender({ version: 2, system: 1, component: 154 });
  const messages = Array.from({ length: 8 }, () => vehicle.write("ATTITUDE", {}));
  const kept = messages.filter((_, i) => i !== 3 && i !== 4);
  session.push(Buffer.concat([...kept, gimbal.write("HEARTBEAT", { autopilot: 8 })]));
  t.same(ofType(wakes(session, 9), "reading"), []);
  t.match(ofType(wakes(session, 1), "reading"), [
    { values: { message: "LINK", received: 7, lost: 2, loss: 22.22 } },
  ]);
  t.same(ofType(wakes(session, 10), "reading"), [], "nothing came, nothing is told");
});

t.test("a vehicle that counts anew has lost nothing", async (t) => {
  const session = open();
  const again = new Sender({ version: 2, system: 9, component: 1 });
  const first = Array.from({ length: 6 }, () => again.write("ATTITUDE", {}));
  session.push(Buffer.concat([...first.slice(3), ...first.slice(0, 1)]));
  t.match(ofType(wakes(session, 10), "reading"), [{ values: { received: 4, lost: 0, loss: 0 } }]);
});

t.test("with a system set others are refused, but not the radio", async (t) => {
  const session = open({ system: 1 });
  const other = new Sender({ version: 2, system: 51, component: 68 });
  t.match(session.push(other.write("ATTITUDE", {})), [{ type: "discard", reason: "unsupported" }]);
  t.match(session.push(other.write("RADIO_STATUS", { rssi: 200 })), [{ values: { radio_rssi: 200 } }]);
});

t.test("our own echo is no reading, and no loss", async (t) => {
  const session = open({ heartbeat: true });
  for (const event of session.start?.() ?? [])
    if (event.type === "write")
      t.match(session.push(event.bytes), [{ type: "discard", reason: "unsupported" }]);
  t.same(ofType(wakes(session, 10), "reading"), []);
});

t.test("version 1 is written where it is set", async (t) => {
  const session = open({ heartbeat: true, version: 1 });
  t.match(written(session.start?.() ?? []), [{ name: "HEARTBEAT", version: 1 }]);
});

t.test("a long text without its first piece is told all the same", async (t) => {
  const session = open();
  const text = (text: string, chunk_seq: number): Buffer =>
    vehicle.write("STATUSTEXT", { severity: 3, text, id: 4, chunk_seq });
  t.same(session.push(text("x".repeat(50), 1)), []);
  t.same(session.push(text("end", 2)), [{ type: "log", text: `error: …${"x".repeat(50)}end` }]);
});

t.test("what a reading names is declared, for every message", async (t) => {
  for (const name of READ_MESSAGES) {
    const [event] = open().push(vehicle.write(name, {}));
    if (event?.type !== "reading") t.fail(`${name} gives no reading`);
    else
      for (const metric of Object.keys(event.values))
        t.ok(Object.hasOwn(METRICS, metric), `${name}: ${metric}`);
  }
});

t.test("a setting for a message that there is not is refused", async (t) => {
  t.throws(() => open({ intervals: { NOTHING: 100 } }));
});
