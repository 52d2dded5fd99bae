import t from "tap";
import { layoutOf } from "../../../devices/mavlink/layout.ts";
import { messageNamed, MESSAGES } from "../../../devices/mavlink/messages.ts";
import { OTHERS } from "../../../devices/mavlink/others.table.ts";
import { MAVLINK_FRAMES, packetOf, writePacket } from "../../../devices/mavlink/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";

/** CRC_EXTRA and length in MAVLink 1, as the generated C headers of mavlink/c_library_v2 have them. */
const PUBLISHED: Readonly<Record<string, readonly [crcExtra: number, baseBytes: number]>> = {
  HEARTBEAT: [50, 9],
  SYS_STATUS: [124, 31],
  SYSTEM_TIME: [137, 12],
  PARAM_REQUEST_READ: [214, 20],
  PARAM_VALUE: [220, 25],
  GPS_RAW_INT: [24, 30],
  SCALED_PRESSURE: [115, 14],
  ATTITUDE: [39, 28],
  ATTITUDE_QUATERNION: [246, 32],
  LOCAL_POSITION_NED: [185, 28],
  GLOBAL_POSITION_INT: [104, 28],
  SERVO_OUTPUT_RAW: [222, 21],
  RC_CHANNELS: [118, 42],
  NAV_CONTROLLER_OUTPUT: [183, 26],
  VFR_HUD: [20, 20],
  COMMAND_LONG: [152, 33],
  COMMAND_ACK: [143, 3],
  HIGHRES_IMU: [93, 62],
  RADIO_STATUS: [185, 9],
  GPS2_RAW: [87, 35],
  POWER_STATUS: [203, 6],
  DISTANCE_SENSOR: [85, 14],
  BATTERY_STATUS: [154, 36],
  AUTOPILOT_VERSION: [178, 60],
  HWSTATUS: [21, 3],
  EKF_STATUS_REPORT: [71, 22],
  VIBRATION: [90, 32],
  HOME_POSITION: [104, 52],
  EXTENDED_SYS_STATE: [130, 2],
  STATUSTEXT: [83, 51],
  HYGROMETER_SENSOR: [20, 5],
};

t.test("CRC_EXTRA and lengths are those that others publish", async (t) => {
  for (const [name, [crcExtra, baseBytes]] of Object.entries(PUBLISHED)) {
    t.equal(messageNamed(name).layout.crcExtra, crcExtra, name);
    t.equal(messageNamed(name).layout.baseBytes, baseBytes, name);
  }
});

t.test("no id is in both tables, or twice in one", async (t) => {
  const ids = [...OTHERS.map(([id]) => id), ...Object.values(MESSAGES).map(({ id }) => id)];
  t.equal(new Set(ids).size, ids.length);
});

t.test("what is written is read, in both versions", async (t) => {
  const { id, layout } = messageNamed("BATTERY_STATUS");
  const payload = Buffer.from(Array.from({ length: layout.bytes }, (_, i) => i + 1));
  for (const version of [1, 2] as const) {
    const packet = { version, seq: 7, system: 3, component: 4, id, payload };
    const [frame] = new FrameScanner(...MAVLINK_FRAMES).push(writePacket(packet));
    if (frame?.type !== "frame") return void t.fail(`version ${version}`);
    const sent = version === 1 ? payload.subarray(0, layout.baseBytes) : payload;
    t.same(packetOf(frame.bytes), { ...packet, payload: sent, isSigned: false });
  }
});

t.test("a frame that fails its check hides none that begins inside it", async (t) => {
  const { id } = messageNamed("MISSION_CURRENT");
  const inner = writePacket({
    version: 2,
    seq: 0,
    system: 1,
    component: 1,
    id,
    payload: Buffer.from([9, 9]),
  });
  // Its length reaches over the frame behind it.
  const broken = Buffer.concat([Buffer.from([0xfd, 60, 0, 0, 0, 1, 1, 0, 0, 0]), Buffer.alloc(20)]);
  const items = new FrameScanner(...MAVLINK_FRAMES).push(Buffer.concat([broken, inner, Buffer.alloc(60)]));
  t.equal(items.filter(({ type }) => type === "frame").length, 1);
});

t.test("a definition that is none is a fault of the table", async (t) => {
  t.throws(() => layoutOf("X", "uint9_t nothing"));
});
