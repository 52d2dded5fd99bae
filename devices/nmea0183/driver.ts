import * as Type from "typebox";
import {
  MarkedLineSplitter,
  MAX_SENTENCE_BYTES,
  readSentence,
  SENTENCE_MARKS,
} from "../../src/codec/index.ts";
import { LINE_8N1, type Call, type Driver, type DriverEvent, type Session } from "../../src/device/index.ts";
import { CHIPSETS, commandsOf, orderOf, type Chipset } from "./commands.ts";
import { Fields } from "./fields.ts";
import { METRICS } from "./metrics.table.ts";
import { SENTENCES } from "./sentences.table.ts";
import { NmeaSimulator } from "./simulator.ts";
import { Transducers } from "./transducers.ts";

export interface NmeaSettings {
  readonly chipset: Chipset;
  readonly sentences: readonly string[];
  readonly requireChecksum: boolean;
}

/** XDR is a type of its own: what it measures its devices name. */
const XDR = "XDR";
const TYPES = [...Object.keys(SENTENCES), XDR];

/** GPS and GNSS receivers and marine instruments that send NMEA 0183. One sentence, one reading: README.md tells why. */
export const nmea0183: Driver<NmeaSettings> = {
  name: "nmea0183",
  title: "GPS and GNSS receivers, marine instruments (NMEA 0183)",
  settings: Type.Object({
    chipset: Type.Enum(CHIPSETS, {
      description: "whose commands the receiver understands; generic knows only `send`",
      default: "generic",
    }),
    sentences: Type.Array(Type.Enum(TYPES), {
      description: "types of sentences that become readings; the others are counted as unsupported",
      default: TYPES,
    }),
    requireChecksum: Type.Boolean({
      description: "false takes sentences without a checksum too, as some old devices send them",
      default: true,
    }),
  }),
  // What u-blox and MTK receivers are set to; marine instruments have 4800.
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: ({ chipset }) => ({ metrics: METRICS, commands: commandsOf(chipset), silenceMs: 5_000 }),
  open: (settings) => new NmeaSession(settings),
  simulate: (_, random) => new NmeaSimulator(random),
};

class NmeaSession implements Session {
  readonly #settings: NmeaSettings;
  readonly #wanted: ReadonlySet<string>;
  readonly #lines = new MarkedLineSplitter(SENTENCE_MARKS, MAX_SENTENCE_BYTES);
  readonly #transducers = new Transducers();
  /** Calls that wait for a $PMTK001, by the number of the command. */
  readonly #waiting = new Map<string, string>();

  constructor(settings: NmeaSettings) {
    this.#settings = settings;
    this.#wanted = new Set(settings.sentences);
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#lines.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#sentence(item.bytes, events);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const order = orderOf(this.#settings.chipset, name, args);
    if ("fault" in order) return [failed(id, order.fault)];
    const write: DriverEvent = { type: "write", bytes: order.bytes };
    if (order.acknowledged === undefined)
      return [write, { type: "outcome", call: id, outcome: { ok: true } }];
    const earlier = this.#waiting.get(order.acknowledged);
    this.#waiting.set(order.acknowledged, id);
    return earlier === undefined
      ? [write]
      : [failed(earlier, `${name} was sent again before it was answered`), write];
  }

  #sentence(line: Buffer, events: DriverEvent[]): void {
    const discard = (reason: "noise" | "checksum" | "unparsable" | "unsupported"): void => {
      events.push({ type: "discard", bytes: line.length, reason });
    };
    const sentence = readSentence(line, this.#settings.requireChecksum);
    if ("fault" in sentence) return discard(sentence.fault);
    const fields = new Fields(sentence.text);
    const { address } = fields;
    // P begins a maker's own address: $PGRMC is not an RMC.
    if (address.startsWith("P"))
      return address === "PMTK001" ? this.#answer(fields, events) : discard("unsupported");
    const type = address.slice(-3);
    if (type === "TXT" && fields.text(3) !== "")
      return void events.push({ type: "log", text: fields.text(3) });
    if (type === XDR && this.#wanted.has(XDR)) {
      const { values, metrics } = this.#transducers.read(fields);
      if (fields.faulty) return discard("unparsable");
      if (Object.keys(metrics).length > 0) events.push({ type: "describe", metrics });
      return void events.push({ type: "reading", values });
    }
    const values = this.#wanted.has(type) ? SENTENCES[type]?.(fields) : undefined;
    if (values === undefined) return discard("unsupported");
    if (fields.faulty) return discard("unparsable");
    if (values !== null) events.push({ type: "reading", values });
  }

  /** `$PMTK001,<command>,<flag>`: what came of a command. MTK NMEA packet user manual, packet 001. */
  #answer(fields: Fields, events: DriverEvent[]): void {
    const call = this.#waiting.get(fields.text(0));
    if (call === undefined) return;
    this.#waiting.delete(fields.text(0));
    const fault = MTK_FAULTS.get(fields.text(1));
    events.push(fault === undefined ? { type: "outcome", call, outcome: { ok: true } } : failed(call, fault));
  }
}

const MTK_FAULTS: ReadonlyMap<string, string> = new Map([
  ["0", "the receiver calls the command invalid"],
  ["1", "the receiver does not support the command"],
  ["2", "the receiver could not carry out the command"],
]);

function failed(call: string, reason: string): DriverEvent {
  return { type: "outcome", call, outcome: { ok: false, reason } };
}
