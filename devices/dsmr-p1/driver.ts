import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import { MetricRegister } from "../iec62056-21/metric-register.ts";
import { envelopes, isEnvelope, LUXEMBOURG_AUTHENTICATION_KEY, openEnvelope, type Keys } from "./envelope.ts";
import { METRICS } from "./objects.table.ts";
import { readTelegram, TELEGRAMS, TELEGRAMS_WITH_PARITY } from "./protocol.ts";
import { readingOf } from "./readings.ts";
import { P1Simulator } from "./simulator.ts";

export interface P1Settings {
  readonly checksum: "auto" | "required";
  readonly encryptionKey: string;
  readonly authenticationKey: string;
}

/** Most metrics found in telegrams beyond those of the table. */
const MAX_FOUND = 100;

/** Smart meters with a P1 port: DSMR 2.2 to 5 in the Netherlands, eMUCS in Belgium, Luxembourg's Smarty, and those of other countries in the same form. */
export const dsmrP1: Driver<P1Settings> = {
  name: "dsmr-p1",
  title: "Smart meters with a P1 port (DSMR, eMUCS, Smarty)",
  settings: Type.Object({
    checksum: Type.Enum(["auto", "required"], {
      description:
        "auto takes telegrams without a checksum, as DSMR 2 and 3 send them, until one with a checksum has come",
      default: "auto",
    }),
    encryptionKey: Type.String({
      description: "32 hex digits, from the grid operator, where telegrams are encrypted (Luxembourg)",
      default: "",
      pattern: "^([0-9A-Fa-f]{32})?$",
    }),
    authenticationKey: Type.String({
      description: "32 hex digits; the default is that of Luxembourg. Of use only with an encryptionKey",
      default: LUXEMBOURG_AUTHENTICATION_KEY,
      pattern: "^[0-9A-Fa-f]{32}$",
    }),
  }),
  // DSMR 4 and after. DSMR 2 and 3 have 9600 baud, 7E1.
  line: { ...LINE_8N1, baudRate: 115_200 },
  describe: () => ({
    metrics: METRICS,
    commands: {},
    // A telegram every 10 s before DSMR 5, every second since.
    silenceMs: 35_000,
  }),
  open: (settings) => new P1Session(settings),
  simulate: (settings, random) => new P1Simulator(random, keysOf(settings)),
};

class P1Session implements Session {
  readonly #keys: Keys | undefined;
  readonly #frames: FrameScanner;
  readonly #register = new MetricRegister(METRICS, MAX_FOUND);
  #needsChecksum: boolean;
  #encryptionTold = false;

  constructor(settings: P1Settings) {
    this.#keys = keysOf(settings);
    this.#frames = new FrameScanner(TELEGRAMS, TELEGRAMS_WITH_PARITY, envelopes(this.#keys));
    this.#needsChecksum = settings.checksum === "required";
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else if (isEnvelope(item.bytes)) this.#envelope(item.bytes, events);
      else this.#telegram(item.bytes, item.bytes.length, events);
    }
    return events;
  }

  #envelope(frame: Buffer, events: DriverEvent[]): void {
    const content = this.#keys && openEnvelope(frame, this.#keys);
    // What is inside has a checksum of its own; the same scanner says whether it is a telegram.
    const inner = content && new FrameScanner(TELEGRAMS).push(content).find(({ type }) => type === "frame");
    if (inner?.type === "frame") return this.#telegram(inner.bytes, frame.length, events);
    if (!this.#keys && !this.#encryptionTold) {
      this.#encryptionTold = true;
      events.push({ type: "log", text: "telegrams are encrypted: set encryptionKey" });
    }
    discard(frame.length, this.#keys ? "unparsable" : "unsupported", events);
  }

  /** @param bytes that the telegram took on the line */
  #telegram(frame: Buffer, bytes: number, events: DriverEvent[]): void {
    const telegram = readTelegram(frame);
    if (telegram.isChecked) this.#needsChecksum = true;
    else if (this.#needsChecksum) return discard(bytes, "checksum", events);
    if (!telegram.isChecked && !telegram.isWellFormed) return discard(bytes, "unparsable", events);
    const reading = readingOf(telegram, this.#register);
    if (!reading) return discard(bytes, "unsupported", events);
    if (reading.isFaulty && !telegram.isChecked) return discard(bytes, "unparsable", events);
    const metrics = this.#register.takeFound();
    if (metrics) events.push({ type: "describe", metrics });
    const left = this.#register.takeLeft();
    if (left !== undefined) events.push({ type: "log", text: `${left} and more left out: too many metrics` });
    events.push({ type: "reading", values: reading.values });
  }
}

function discard(bytes: number, reason: DiscardReason, events: DriverEvent[]): void {
  events.push({ type: "discard", bytes, reason });
}

function keysOf({ encryptionKey, authenticationKey }: P1Settings): Keys | undefined {
  if (encryptionKey === "") return undefined;
  return {
    encryption: Buffer.from(encryptionKey, "hex"),
    authentication: Buffer.from(authenticationKey, "hex"),
  };
}
