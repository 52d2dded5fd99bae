import * as Type from "typebox";
import { FrameScanner } from "../../src/codec/index.ts";
import { LINE_8N1, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import { packetOf, VBUS_STREAMS, type Packet } from "./protocol.ts";
import { addressText, contentsOf, METRICS, metricsOf, valuesOf, type Contents } from "./readings.ts";
import { VbusSimulator } from "./simulator.ts";

export interface VbusSettings {
  readonly source: string;
}

/** RESOL's solar and heating controllers, which others sell under their own names too. */
export const resolVbus: Driver<VbusSettings> = {
  name: "resol-vbus",
  title: "RESOL VBus solar controllers (DeltaSol and others)",
  settings: Type.Object({
    source: Type.String({
      description:
        "address of the only controller or part of one that is listened to, four hex digits in quotes, as in the metric source; empty: all",
      pattern: "^([0-9A-Fa-f]{4})?$",
      default: "",
    }),
  }),
  line: { ...LINE_8N1, baudRate: 9600 },
  // A master sends about once a second; some only every ten.
  describe: () => ({ metrics: METRICS, commands: {}, silenceMs: 30_000 }),
  open: ({ source }) => new VbusSession(source.toUpperCase()),
  simulate: (_, random) => new VbusSimulator(random),
};

/** A bus has a handful of kinds of packets; what looks like more is noise with a right check, and would be metrics for ever. */
const MAX_KINDS = 64;

class VbusSession implements Session {
  readonly #streams = new FrameScanner(VBUS_STREAMS);
  readonly #source: string;
  /** By sender, receiver, command and length: what has been told of. */
  readonly #kinds = new Map<string, Contents>();

  /** @param source empty: all of them */
  constructor(source: string) {
    this.#source = source;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#streams.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#stream(item.bytes, events);
    }
    return events;
  }

  #stream(bytes: Buffer, events: DriverEvent[]): void {
    const packet = packetOf(bytes);
    const contents = packet && this.#isWanted(packet) ? this.#contents(packet, events) : undefined;
    if (packet && contents) events.push({ type: "reading", values: valuesOf(contents, packet) });
    else events.push({ type: "discard", bytes: bytes.length, reason: "unsupported" });
  }

  #isWanted({ source }: Packet): boolean {
    return this.#source === "" || this.#source === addressText(source);
  }

  #contents(packet: Packet, events: DriverEvent[]): Contents | undefined {
    const kind = `${packet.destination} ${packet.source} ${packet.command} ${packet.payload.length}`;
    const known = this.#kinds.get(kind);
    if (known) return known;
    const contents = this.#kinds.size < MAX_KINDS ? contentsOf(packet) : undefined;
    if (!contents) return undefined;
    this.#kinds.set(kind, contents);
    events.push({ type: "describe", metrics: metricsOf(contents) });
    return contents;
  }
}
