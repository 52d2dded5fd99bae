import t, { type Test } from "tap";
import { firmata } from "../../../devices/firmata/driver.ts";
import {
  BOARD_FRAMES,
  messageOf,
  SYSEX_IDS,
  textOf,
  type Message,
} from "../../../devices/firmata/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { wireOf } from "../sds011/wire.ts";
import { settingsOf } from "../settings.ts";

interface Found {
  readonly offset: number;
  readonly length: number;
  readonly message: Message;
}

/** As the recordings have them. */
interface Wanted {
  readonly type: string;
  readonly offset?: number;
  readonly len?: number;
  readonly cmd?: string;
  readonly [field: string]: unknown;
}

function messagesOf(bytes: Buffer): readonly Found[] {
  const found: Found[] = [];
  let offset = 0;
  for (const item of new FrameScanner(...BOARD_FRAMES).push(bytes)) {
    const length = item.type === "discard" ? item.bytes : item.bytes.length;
    if (item.type === "frame") found.push({ offset, length, message: messageOf(item.bytes) });
    offset += length;
  }
  return found;
}

function idText(id: number): string {
  return `0x${id.toString(16).toUpperCase().padStart(2, "0")}`;
}

function named({ message, offset, length }: Found): Wanted {
  switch (message.type) {
    case "version":
      return { type: "report_version", offset, major: message.major, minor: message.minor };
    case "analog":
      return { type: "analog", offset, pin: message.channel, value: message.value };
    case "digital":
      return { type: "digital", offset, port: message.port, value: message.bits };
    default: {
      const cmd = idText(message.id);
      const [major, minor] = message.data;
      if (message.id !== SYSEX_IDS.firmware) return { type: "sysex", offset, len: length, cmd };
      return {
        type: "sysex",
        offset,
        len: length,
        cmd,
        major,
        minor,
        name: textOf(message.data.subarray(2)),
      };
    }
  }
}

function kindOf(wanted: Wanted): string {
  return wanted.type === "sysex" ? `sysex ${wanted.cmd}` : wanted.type;
}

/** Nothing before the version becomes a reading, everything after it does that the settings want. */
function checkReadings(t: Test, capture: Capture, after: readonly Wanted[]): void {
  const settings = settingsOf(firmata, { inputs: { a0: { pin: 0 }, a1: { pin: 1 } } });
  const readings = firmata
    .open(settings)
    .push(wireOf(capture))
    .flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const wanted = after
    .filter(({ type, pin }) => type === "analog" && Number(pin) < 2)
    .map(({ pin, value }) => ({ [`a${String(pin)}`]: value }));
  t.same(readings, wanted);
}

for (const capture of capturesOf("firmata"))
  t.test(`firmata ${capture.name}`, async (t) => {
    const {
      messages,
      first_report_version: version,
      first_messages: first,
      after_version: counts,
      firmware,
    } = capture.expected as {
      readonly messages?: readonly Wanted[];
      readonly first_report_version?: Wanted;
      readonly first_messages?: readonly Wanted[];
      readonly after_version?: Readonly<Record<string, number>>;
      readonly firmware?: object;
    };
    const found = messagesOf(wireOf(capture)).map(named);
    if (messages) t.match(found, messages);
    if (!version) return;
    const from = found.findIndex(({ type }) => type === "report_version");
    const after = found.slice(from);
    t.match(after[0], version);
    if (first) t.match(after.slice(0, first.length), first);
    if (firmware)
      t.match(
        after.find(({ cmd }) => cmd === idText(SYSEX_IDS.firmware)),
        firmware,
      );
    const counted: Record<string, number> = {};
    for (const kind of after.slice(1).map(kindOf)) counted[kind] = (counted[kind] ?? 0) + 1;
    if (counts) t.same(counted, counts);
    checkReadings(t, capture, after);
  });
