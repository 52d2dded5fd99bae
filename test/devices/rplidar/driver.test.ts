import t from "tap";
import { rplidar } from "../../../devices/rplidar/driver.ts";
import {
  COMMANDS,
  expressRequest,
  writeDescriptor,
  writeRequest,
} from "../../../devices/rplidar/protocol.ts";
import { sealCapsule, writeCapsule, writeNode } from "../../../devices/rplidar/writing.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { settingsOf } from "../settings.ts";

const STOP = writeRequest(COMMANDS.stop).toString("hex");
const EXPRESS = expressRequest(0).toString("hex");
const SCAN = writeRequest(COMMANDS.scan).toString("hex");
const STEP = 30;

const open = (given: object = {}): Session =>
  rplidar.open(settingsOf(rplidar, { sectorWidth: 180, ...given }));
const run = (session: Session, name: string, id = "1"): readonly DriverEvent[] =>
  session.run?.({ id, name, args: {} }) ?? [];
const capsule = (startAngle: number, distance = 1_000, isFirst = false): Buffer =>
  writeCapsule({ isFirst, startAngle, distances: Array.from({ length: 32 }, () => distance) });
const capsules = (from: number, to: number, distance?: number): Buffer[] =>
  Array.from({ length: (to - from) / STEP }, (_, i) => capsule((from + i * STEP) % 360, distance));

function written(events: readonly DriverEvent[] = []): string[] {
  return events.flatMap((event) =>
    event.type === "write" ? [Buffer.from(event.bytes).toString("hex")] : [],
  );
}

function readings(events: readonly DriverEvent[]): Values[] {
  return events.flatMap((event) => (event.type === "reading" ? [event.values] : []));
}

function outcomes(events: readonly DriverEvent[] = []): DriverEvent[] {
  return events.filter(({ type }) => type === "outcome");
}

/** One that scans. */
function scanning(given: object = {}): Session {
  const session = open(given);
  session.start?.();
  session.wake?.();
  session.push(Buffer.concat([writeDescriptor(0x82), capsule(0, 1_000, true)]));
  return session;
}

t.test("what was going on is stopped first, then an express scan is asked for", async (t) => {
  const session = open();
  t.same(written(session.start?.()), [STOP]);
  t.match(session.wake?.(), [{ type: "write" }, { type: "wake", afterMs: 4_000 }]);
});

t.test("a lidar that knows no express scan is asked for a standard one", async (t) => {
  const session = open();
  const asked = written(session.start?.());
  for (let i = 0; i < 5; i++) asked.push(...written(session.wake?.()));
  t.same(asked, [STOP, EXPRESS, STOP, EXPRESS, STOP, SCAN]);
  t.match(session.wake?.(), [{ type: "wake", afterMs: 5_000 }], "then it is left alone for a while");
  t.same(written(session.wake?.()), [STOP], "and asked again");
});

t.test("a standard scan, another mode and the motor are asked for as they are set", async (t) => {
  const standard = open({ scan: "standard" });
  t.same([...written(standard.start?.()), ...written(standard.wake?.())], [STOP, SCAN]);
  const mode = open({ workingMode: 1, motorPwm: 660 });
  mode.start?.();
  t.same(written(mode.wake?.()), ["a5f0029402c1" + expressRequest(1).toString("hex")]);
});

t.test("a scan without points for 3 s is begun anew", async (t) => {
  const session = scanning();
  t.match(session.wake?.(), [{ type: "wake", afterMs: 3_000 }], "points came");
  t.same(written(session.wake?.()), [STOP], "none came");
});

t.test("a revolution is a reading when the next one begins", async (t) => {
  const session = scanning();
  const turn = capsules(STEP, 360);
  t.same(
    readings(session.push(Buffer.concat([...turn, ...capsules(0, 360, 2_000)]))),
    [],
    "its beginning was not seen",
  );
  t.match(readings(session.push(Buffer.concat(capsules(0, 60)))), [
    { points: 384, valid_points: 384, nearest: 2, farthest: 2, quality: null, sector_0: 2, sector_180: 2 },
  ]);
});

t.test("a revolution with a capsule missing is dropped, and the next one is whole", async (t) => {
  const session = scanning();
  session.push(Buffer.concat(capsules(STEP, 360)));
  const broken = capsules(0, 360, 2_000).toSpliced(5, 1);
  const whole = capsules(0, 360, 3_000);
  t.match(readings(session.push(Buffer.concat([...broken, ...whole, ...capsules(0, 60)]))), [{ nearest: 3 }]);
});

t.test("offsets are taken off the angle, also across north", async (t) => {
  const session = scanning();
  const first = capsule(0, 0);
  // The first point only: 500 mm, 5.5 degrees before where its capsule begins.
  first.writeUInt16LE((500 << 2) | 2, 4);
  first[8] = 0x0c;
  session.push(Buffer.concat([...capsules(STEP, 360), sealCapsule(first), ...capsules(STEP, 360)]));
  t.match(readings(session.push(Buffer.concat(capsules(0, 60)))), [{ nearest: 0.5, nearest_angle: 354.5 }]);
});

t.test("points of a standard scan: null for what sees nothing, and a mean quality", async (t) => {
  const session = open({ scan: "standard", sectorWidth: 90 });
  const turn = [0, 100, 200, 300].map((angle, i) =>
    writeNode({ isStart: i === 0, angle, distance: i * 500, quality: i * 10 }),
  );
  const events = session.push(Buffer.concat([writeDescriptor(0x81), ...turn, turn[0] ?? Buffer.of()]));
  t.same(readings(events), [
    {
      points: 4,
      valid_points: 3,
      nearest: 0.5,
      nearest_angle: 100,
      farthest: 1.5,
      quality: 20,
      sector_0: null,
      sector_90: 0.5,
      sector_180: 1,
      sector_270: 1.5,
    },
  ]);
});

t.test("info and health pause the scan, and it goes on", async (t) => {
  const session = scanning();
  t.same(written(run(session, "info")), [STOP]);
  session.push(capsule(STEP));
  t.same(written(session.wake?.()), ["a550"]);
  const info = Buffer.from("181d0107" + "000102030405060708090a0b0c0d0e0f", "hex");
  const events = session.push(Buffer.concat([writeDescriptor(0x04), info]));
  t.same(outcomes(events), [
    {
      type: "outcome",
      call: "1",
      outcome: {
        ok: true,
        result: { model: 0x18, firmware: "1.29", hardware: 7, serial: "000102030405060708090A0B0C0D0E0F" },
      },
    },
  ]);
  t.same(written(events), [STOP]);
  t.same(written(session.wake?.()), [EXPRESS]);
  run(session, "health");
  session.push(Buffer.concat([writeDescriptor(0x82), capsule(0, 1_000, true)]));
  t.same(written(session.wake?.()), ["a552"]);
  t.match(outcomes(session.push(Buffer.concat([writeDescriptor(0x06), Buffer.from([2, 7, 1])]))), [
    { outcome: { ok: true, result: { status: "error", error_code: 263 } } },
  ]);
});

t.test("a health that there is not is no answer", async (t) => {
  const session = scanning();
  run(session, "health");
  session.wake?.();
  t.match(session.push(Buffer.concat([writeDescriptor(0x06), Buffer.from([9, 0, 0])])), [
    { type: "discard", bytes: 3, reason: "unsupported" },
  ]);
});

t.test("stop stops until start, and the motor too", async (t) => {
  const session = scanning({ motorPwm: 660 });
  t.same(written(run(session, "stop")), [STOP]);
  const stopped = session.wake?.();
  t.match(outcomes(stopped), [{ call: "1", outcome: { ok: true } }]);
  t.same(written(stopped), ["a5f002000057"]);
  t.same(session.wake?.(), [], "nothing more is done");
  t.same(written(run(session, "start", "2")), [STOP]);
  session.wake?.();
  t.match(outcomes(session.push(Buffer.concat([writeDescriptor(0x82), capsule(0, 1_000, true)]))), [
    { call: "2", outcome: { ok: true } },
  ]);
});

t.test("reset ends with the lidar's health, whatever it tells at its boot", async (t) => {
  const session = scanning();
  run(session, "reset");
  t.match(session.wake?.(), [{ type: "write" }, { type: "wake", afterMs: 3_000 }]);
  session.push(Buffer.from("RP LIDAR System.\r\n", "latin1"));
  t.same(written(session.wake?.()), ["a552"]);
  t.match(outcomes(session.push(Buffer.concat([writeDescriptor(0x06), Buffer.alloc(3)]))), [
    { outcome: { ok: true, result: { status: "good", error_code: 0 } } },
  ]);
});

t.test("what is not answered is asked three times, then fails, and the scan goes on", async (t) => {
  const session = scanning();
  const events = [...run(session, "info")];
  for (let i = 0; i < 6; i++) events.push(...(session.wake?.() ?? []));
  t.same(written(events), [STOP, "a550", STOP, "a550", STOP, "a550", STOP]);
  t.match(outcomes(events), [{ outcome: { ok: false, reason: "the lidar does not answer" } }]);
});

t.test("a cancelled command gives no outcome, whether it has begun or not", async (t) => {
  const session = scanning();
  run(session, "info", "1");
  run(session, "health", "2");
  session.cancel?.("1");
  session.cancel?.("2");
  session.wake?.();
  const events = session.push(Buffer.concat([writeDescriptor(0x04), Buffer.alloc(20)]));
  t.same(outcomes(events), []);
  t.same(written(events), [STOP]);
  t.same(written(session.wake?.()), [EXPRESS]);
});

t.test("what comes of the scan before, while a new one is asked for, is noise", async (t) => {
  const session = scanning();
  run(session, "start");
  session.wake?.();
  t.same(outcomes(session.push(capsule(STEP))), []);
  const [first] = session.push(Buffer.concat([writeDescriptor(0x82), capsule(0, 1_000, true)]));
  t.match(first, { type: "discard", bytes: 84, reason: "noise" });
});
