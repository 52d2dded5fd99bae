import t, { type Test } from "tap";
import { mavlink } from "../../../devices/mavlink/driver.ts";
import { Fields, writeFields, type RawFields } from "../../../devices/mavlink/fields.ts";
import { messageWithId } from "../../../devices/mavlink/messages.ts";
import { MAVLINK_FRAMES, packetOf, writePacket } from "../../../devices/mavlink/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Wanted {
  readonly offset: number;
  readonly length: number;
  readonly version: 1 | 2;
  readonly seq: number;
  readonly sysid: number;
  readonly compid: number;
  readonly msgid: number;
  readonly name: string;
  readonly signed?: boolean;
  readonly payload?: string;
  readonly fields?: RawFields;
}

interface Found {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The intact frames, and how many bytes are in none. */
function framesOf(bytes: Buffer): { readonly frames: readonly Found[]; readonly outside: number } {
  const scanner = new FrameScanner(...MAVLINK_FRAMES);
  const frames: Found[] = [];
  let [offset, outside] = [0, 0];
  for (const item of scanner.push(bytes)) {
    const length = item.type === "discard" ? item.bytes : item.bytes.length;
    if (item.type === "discard") outside += length;
    else frames.push({ offset, bytes: item.bytes });
    offset += length;
  }
  return { frames, outside: outside + scanner.pending };
}

function checkFrame(t: Test, wanted: Wanted, frame: Buffer): void {
  const what = `${wanted.name} at ${wanted.offset}`;
  const { payload, ...head } = packetOf(frame);
  t.equal(frame.length, wanted.length, what);
  t.same(head, {
    version: wanted.version,
    seq: wanted.seq,
    system: wanted.sysid,
    component: wanted.compid,
    id: wanted.msgid,
    isSigned: wanted.signed ?? false,
  });
  if (wanted.payload !== undefined)
    t.ok(wanted.payload.startsWith(payload.toString("hex")), `${what}: payload`);
  const message = messageWithId(wanted.msgid);
  if (!message || !wanted.fields) return;
  t.equal(message.name, wanted.name);
  t.match(new Fields(message.layout, payload).all(), wanted.fields, `${what}: fields`);
  if (head.isSigned) return;
  const written = writePacket({ ...head, payload: writeFields(message.layout, wanted.fields) });
  t.equal(written.toString("hex"), frame.toString("hex"), `${what}: written`);
}

/** Each frame of a message that gives readings is one. */
function readings(capture: Capture): number {
  const session = mavlink.open(settingsOf(mavlink, { intervals: {} }));
  return session.push(wireOf(capture)).filter(({ type }) => type === "reading").length;
}

for (const capture of capturesOf("mavlink"))
  t.test(`mavlink ${capture.name}`, async (t) => {
    const { frames, outside } = framesOf(wireOf(capture));
    const wanted = (capture.expected["frames"] ?? []) as readonly Wanted[];
    t.equal(frames.length, capture.expected["frames_ok"]);
    t.equal(outside, capture.expected["bytes_outside_frames"]);
    for (const one of wanted) {
      const frame = frames.find(({ offset }) => offset === one.offset);
      if (frame) checkFrame(t, one, frame.bytes);
      else t.fail(`${one.name} at ${one.offset} is not found`);
    }
    const given = frames.filter(({ bytes }) => messageWithId(packetOf(bytes).id)?.values);
    t.equal(readings(capture), given.length, "readings");
  });
