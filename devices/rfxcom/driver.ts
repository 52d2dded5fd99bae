import * as Type from "typebox";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import { COMMANDS, outcome, requestOf } from "./commands.ts";
import { Exchange } from "./exchange.ts";
import { PROTOCOLS } from "./interface.ts";
import { PACKET_METRICS, VALUE_METRICS } from "./metrics.table.ts";
import { Opening } from "./opening.ts";
import { readingOf, TYPE } from "./protocol.ts";
import { PacketScanner, type PacketItem } from "./scanner.ts";
import { RfxcomSimulator } from "./simulator.ts";

export interface RfxcomSettings {
  readonly protocols: readonly string[];
}

/** All that has a time is counted in these: a pause on the line, an answer that does not come. */
const TICK_MS = 100;
/** So many ticks without a byte are a pause: packets come in one go. */
const PAUSE_TICKS = 2;

/** RFXCOM transceivers for 433 MHz: RFXtrx433, 433E, 433XL, RFXrec433, and those for other bands. One packet, one reading. */
export const rfxcom: Driver<RfxcomSettings> = {
  name: "rfxcom",
  title: "RFXCOM transceivers (RFXtrx433)",
  settings: Type.Object({
    protocols: Type.Array(Type.Enum([...PROTOCOLS]), {
      description: "what to listen for, 433 MHz only; none: what the transceiver has stored",
      default: [],
      maxItems: PROTOCOLS.length,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 38_400 },
  describe: () => ({
    metrics: { ...PACKET_METRICS, ...VALUE_METRICS },
    commands: COMMANDS,
    // A house without a sensor hears a remote control now and then only.
    silenceMs: 1_200_000,
  }),
  open: (settings) => new RfxcomSession(settings),
  simulate: (_, random) => new RfxcomSimulator(random),
};

class RfxcomSession implements Session {
  readonly #packets = new PacketScanner();
  readonly #exchange = new Exchange();
  readonly #opening: Opening;
  #quietTicks = 0;

  constructor({ protocols }: RfxcomSettings) {
    this.#opening = new Opening(this.#exchange, protocols);
  }

  start(): readonly DriverEvent[] {
    return [{ type: "wake", afterMs: TICK_MS }, ...this.#opening.start()];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    this.#quietTicks = 0;
    return this.#take(this.#packets.push(chunk));
  }

  /** Ticks on its own: when a pause begins is known only when it is over, and chunks say nothing of it. */
  wake(): readonly DriverEvent[] {
    this.#quietTicks++;
    const settled = this.#quietTicks === PAUSE_TICKS ? this.#take(this.#packets.settle()) : [];
    return [{ type: "wake", afterMs: TICK_MS }, ...settled, ...this.#exchange.tick()];
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const request = requestOf(id, name, args, this.#opening.mode);
    if ("fault" in request) return [outcome(id, { ok: false, reason: request.fault })];
    return this.#exchange.request(request);
  }

  cancel(call: string): readonly DriverEvent[] {
    this.#exchange.cancel(call);
    return [];
  }

  #take(items: readonly PacketItem[]): DriverEvent[] {
    return items.flatMap((item) => (item.type === "discard" ? [item] : this.#packet(item.bytes)));
  }

  #packet(bytes: Buffer): readonly DriverEvent[] {
    const values = readingOf(bytes);
    if (values) return [{ type: "reading", values }];
    if (bytes[1] === TYPE.interfaceMessage) this.#opening.heard(bytes);
    const events = this.#exchange.answer(bytes);
    return events
      ? [{ type: "sense" }, ...events]
      : [{ type: "discard", bytes: bytes.length, reason: "unsupported" }];
  }
}
