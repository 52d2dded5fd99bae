import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import type { Metrics, Value, Values } from "../../src/message/index.ts";
import { COMMANDS, writeCommand } from "./commands.ts";
import { Exchange } from "./exchange.ts";
import { TELEGRAM_METRICS } from "./metrics.table.ts";
import { CONTACT, isLearn, learntOf, metricsOf, PROFILES, valuesOf } from "./profiles.ts";
import { ESP3_FRAMES, PACKET, packetOf, type Packet } from "./protocol.ts";
import { EnoceanSimulator } from "./simulator.ts";
import { hexByte, RORG, telegramOf, type Telegram } from "./telegram.ts";

export interface EnoceanSettings {
  /** Profile by the sender's id. */
  readonly senders: Readonly<Record<string, string>>;
}

const SENDER_ID = "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){3}$";

/** EnOcean gateways: USB 300 and 310, the Pi's TCM 310, and others that speak ESP3. One telegram, one reading. */
export const enoceanEsp3: Driver<EnoceanSettings> = {
  name: "enocean-esp3",
  title: "EnOcean gateways (USB 300, TCM 310, ESP3)",
  settings: Type.Object({
    senders: Type.Record(Type.String({ pattern: SENDER_ID }), Type.Enum(PROFILES), {
      description: "equipment profile by the sender's id, which a telegram does not carry",
      default: {},
    }),
  }),
  line: { ...LINE_8N1, baudRate: 57_600 },
  describe: ({ senders }) => ({
    metrics: describedBy(senders),
    commands: COMMANDS,
    // Solar sensors send every quarter of an hour at least, while there is light.
    silenceMs: 1_200_000,
  }),
  open: ({ senders }) => new EnoceanSession(senders),
  simulate: ({ senders }, random) => new EnoceanSimulator(senders, random),
};

function describedBy(senders: EnoceanSettings["senders"]): Metrics {
  const profiles = [CONTACT, ...Object.values(senders)];
  return Object.assign({}, TELEGRAM_METRICS, ...profiles.map((profile) => metricsOf(profile))) as Metrics;
}

class EnoceanSession implements Session {
  readonly #frames = new FrameScanner(ESP3_FRAMES);
  readonly #profiles: ReadonlyMap<string, string>;
  readonly #exchange = new Exchange();

  constructor(senders: EnoceanSettings["senders"]) {
    this.#profiles = new Map(Object.entries(senders).map(([id, profile]) => [id.toUpperCase(), profile]));
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#frames.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else events.push(...this.#packet(packetOf(item.bytes), item.bytes.length));
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const bytes = writeCommand(name, args);
    if ("fault" in bytes) return [{ type: "outcome", call: id, outcome: { ok: false, reason: bytes.fault } }];
    return this.#exchange.request({ call: id, name, bytes });
  }

  /** The request is on its way; what ends is the waiting for the response. */
  cancel(call: string): readonly DriverEvent[] {
    this.#exchange.cancel(call);
    return [];
  }

  wake(): readonly DriverEvent[] {
    return this.#exchange.wake();
  }

  #packet(packet: Packet, bytes: number): readonly DriverEvent[] {
    if (packet.type === PACKET.radioErp1) {
      const telegram = telegramOf(packet);
      if (telegram) return [{ type: "reading", values: this.#readingOf(telegram) }];
      return [{ type: "discard", bytes, reason: "unparsable" }];
    }
    const events = packet.type === PACKET.response ? this.#exchange.response(packet) : undefined;
    return events ?? [{ type: "discard", bytes, reason: "unsupported" }];
  }

  #readingOf(telegram: Telegram): Values {
    const { rorg, payload, sender, status, subtelegrams, destination, signalDbm, security } = telegram;
    const common: Record<string, Value> = {
      sender,
      rorg: hexByte(rorg),
      payload: payload.toString("hex"),
      status,
      repeater: status & 0x0f,
      signal_strength: signalDbm,
      subtelegrams,
      destination,
      security,
      learn: isLearn(telegram),
    };
    if (common["learn"] === true) return { ...common, ...learntOf(telegram) };
    const profile = this.#profiles.get(sender) ?? (rorg === RORG.oneByte ? CONTACT : undefined);
    const values = profile === undefined ? undefined : valuesOf(profile, telegram);
    return values && profile !== undefined ? { ...common, profile, ...values } : common;
  }
}
