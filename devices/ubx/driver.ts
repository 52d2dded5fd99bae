import * as Type from "typebox";
import { FrameScanner, readSentence, ubxMessage, ubxPayload } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import { COMMANDS, PORTS, type ReceiverPort } from "./commands.ts";
import { acknowledgementOf, Dialogue } from "./dialogue.ts";
import { MESSAGES } from "./messages.table.ts";
import { METRICS } from "./metrics.table.ts";
import { Payload } from "./payload.ts";
import { INF_CLASS, kindOf, MESSAGE, RECEIVER_FRAMES, textOf, versionsOf } from "./protocol.ts";
import { UbxSimulator } from "./simulator.ts";

export interface UbxSettings {
  readonly messages: readonly string[];
  readonly enable: readonly string[];
  readonly receiverPort: ReceiverPort;
}

const NAMES = Object.keys(MESSAGES);
const BY_ID = new Map(Object.entries(MESSAGES).map(([name, message]) => [message.id, { name, message }]));

/** u-blox receivers by their binary protocol. One message, one reading, as with nmea0183's sentences. */
export const ubx: Driver<UbxSettings> = {
  name: "ubx",
  title: "u-blox GNSS receivers (UBX binary protocol)",
  settings: Type.Object({
    messages: Type.Array(Type.Enum(NAMES), {
      description: "messages that become readings; the others are counted as unsupported",
      default: NAMES,
    }),
    enable: Type.Array(Type.Enum(NAMES), {
      description:
        "messages that the receiver is told to send when the port opens; receivers send none unasked",
      default: ["NAV-PVT"],
    }),
    receiverPort: Type.Enum(PORTS, {
      description:
        "which port of the receiver this line is, where messages are enabled by port (u-blox 9 and later)",
      default: "uart1",
    }),
  }),
  // Up to u-blox 8; 38400 from u-blox 9 on. USB takes any.
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: () => ({ metrics: METRICS, commands: COMMANDS, silenceMs: 15_000 }),
  open: (settings) => new UbxSession(settings),
  simulate: (_, random) => new UbxSimulator(random),
};

class UbxSession implements Session {
  readonly #settings: UbxSettings;
  readonly #wanted: ReadonlySet<string>;
  readonly #frames = new FrameScanner(...RECEIVER_FRAMES);
  readonly #dialogue: Dialogue;

  constructor(settings: UbxSettings) {
    this.#settings = settings;
    this.#wanted = new Set(settings.messages);
    this.#dialogue = new Dialogue(settings.receiverPort);
  }

  start(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#enable(events);
    return events;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#frame(item.bytes, events);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#dialogue.add({ call: id, name, args }, events);
    return events;
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#dialogue.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    this.#dialogue.expired(events);
    return events;
  }

  #enable(events: DriverEvent[]): void {
    for (const name of this.#settings.enable)
      this.#dialogue.add({ name: "message", args: { name, every: 1 } }, events);
  }

  /** The first line of what receivers tell when they start; what they were told before they have forgotten. */
  #notice(text: string, events: DriverEvent[]): void {
    events.push({ type: "log", text });
    if (/^u-blox ag\b/i.test(text)) this.#enable(events);
  }

  #frame(frame: Buffer, events: DriverEvent[]): void {
    const kind = kindOf(frame);
    const discard = (reason: DiscardReason): void => {
      events.push({ type: "discard", bytes: frame.length, reason });
    };
    if (kind === "sentence") {
      const text = noticeIn(frame);
      return text === undefined ? discard("unsupported") : this.#notice(text, events);
    }
    if (kind === "rtcm") return discard("unsupported");
    const fault = this.#message(ubxMessage(frame), ubxPayload(frame), events);
    if (fault !== undefined) discard(fault);
  }

  /** @returns why nothing comes of it, or undefined if something does */
  #message(id: number, payload: Buffer, events: DriverEvent[]): DiscardReason | undefined {
    const acknowledgement = acknowledgementOf(id, payload);
    if (acknowledgement) {
      this.#dialogue.acknowledged(acknowledgement.message, acknowledgement.isAccepted, events);
      return undefined;
    }
    if (id >> 8 === INF_CLASS) {
      this.#notice(textOf(payload), events);
      return undefined;
    }
    // A message without a payload is a poll: the echo of ours, or another host's.
    if (payload.length === 0) return "unsupported";
    return id === MESSAGE.monVer ? this.#versions(payload, events) : this.#reading(id, payload, events);
  }

  #versions(payload: Buffer, events: DriverEvent[]): DiscardReason | undefined {
    const versions = versionsOf(payload);
    if (versions === undefined) return "unparsable";
    const { protocol, ...rest } = versions;
    const values = { message: "MON-VER", ...rest, protocol_version: protocol };
    events.push({ type: "reading", values });
    this.#dialogue.version(Number(protocol ?? 0), values, events);
    return undefined;
  }

  #reading(id: number, payload: Buffer, events: DriverEvent[]): DiscardReason | undefined {
    const known = BY_ID.get(id);
    if (!known || !this.#wanted.has(known.name)) return "unsupported";
    const values =
      payload.length < known.message.minBytes ? undefined : known.message.decode(new Payload(payload));
    if (!values) return "unparsable";
    events.push({ type: "reading", values: { message: known.name, ...values } });
    return undefined;
  }
}

/** The text of a TXT sentence: what the receiver tells people at its start. */
function noticeIn(frame: Buffer): string | undefined {
  const sentence = readSentence(frame.subarray(0, frame.length - 2), true);
  if ("fault" in sentence || !/^..TXT,/.test(sentence.text)) return undefined;
  return sentence.text.split(",")[4];
}
