import * as Type from "typebox";
import { LineSplitter } from "../../src/codec/index.ts";
import type { AnyDriver, Call, Driver, DriverEvent, Session, Simulator } from "../../src/device/index.ts";
import type { CommandDescriptions, Value } from "../../src/message/index.ts";
import { checksumBytes, checksumOf } from "./checksum.ts";
import type { TextDescription } from "./schema.ts";
import { metricsOf, textValue } from "./values.ts";

const MAX_LINE_BYTES = 1_024;
const ARGUMENT = "value";
const PLACEHOLDER = "{value}";

/** A driver out of a description of kind text. */
export function textDriver(name: string, description: TextDescription): AnyDriver {
  const driver: Driver<object> = {
    name,
    title: description.title,
    settings: Type.Object({}),
    line: { ...description.line, flowControl: "none" },
    describe: () => ({
      metrics: metricsOf(description.metrics),
      commands: commandsOf(description),
      silenceMs: description.silenceMs,
    }),
    open: () => new TextSession(description),
    simulate: (_settings, random) => new TextSimulator(description, random),
  };
  return driver as unknown as AnyDriver;
}

function commandsOf({ commands }: TextDescription): CommandDescriptions {
  return Object.fromEntries(
    Object.entries(commands).map(([name, { description, send, minimum: min, maximum: max }]) => {
      const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
      const args = send.includes(PLACEHOLDER) ? { [ARGUMENT]: { type: "number" as const, ...bounds } } : {};
      return [name, { description, arguments: args }];
    }),
  );
}

class TextSession implements Session {
  readonly #description: TextDescription;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);

  constructor(description: TextDescription) {
    this.#description = description;
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  wake(): readonly DriverEvent[] {
    const { poll } = this.#description;
    if (!poll) return [];
    return [
      { type: "write", bytes: Buffer.from(poll.send) },
      { type: "wake", afterMs: poll.everyMs },
    ];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    return this.#lines.push(chunk).map((item) => (item.type === "discard" ? item : this.#line(item.bytes)));
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const { send = "" } = this.#description.commands[name] ?? {};
    const text = send.replaceAll(PLACEHOLDER, String(args[ARGUMENT]));
    return [
      { type: "write", bytes: Buffer.from(text) },
      { type: "outcome", call: id, outcome: { ok: true } },
    ];
  }

  #line(bytes: Buffer): DriverEvent {
    const { prefix, separator, fields: count, metrics } = this.#description;
    const refuse = (reason: "checksum" | "unparsable" | "unsupported"): DriverEvent => ({
      type: "discard",
      bytes: bytes.length,
      reason,
    });
    const whole = bytes.toString("utf8");
    if (!whole.startsWith(prefix)) return refuse("unsupported");
    const text = this.#checked(whole);
    if (text === undefined) return refuse("checksum");
    const fields = text.split(separator);
    if (count !== undefined && fields.length !== count) return refuse("unparsable");
    const values: Record<string, Value> = {};
    for (const [name, metric] of Object.entries(metrics)) {
      const field = fields[metric.field];
      const value = field === undefined ? undefined : textValue(field, metric);
      if (value === undefined) return refuse("unparsable");
      values[name] = value;
    }
    return { type: "reading", values };
  }

  /** The line without its checksum; undefined if that is wrong. */
  #checked(text: string): string | undefined {
    const { checksum } = this.#description;
    if (!checksum) return text;
    const mark = text.lastIndexOf(checksum.mark);
    if (mark < 0) return undefined;
    const digits = text.slice(mark + checksum.mark.length).trim();
    const covered = Buffer.from(text.slice(checksum.from, mark));
    if (!/^[0-9A-Fa-f]+$/.test(digits) || digits.length !== 2 * checksumBytes(checksum.name))
      return undefined;
    return Number.parseInt(digits, 16) === checksumOf(checksum.name, covered)
      ? text.slice(0, mark)
      : undefined;
  }
}

/** Lines with a number, or a word, in every field. */
class TextSimulator implements Simulator {
  readonly #description: TextDescription;
  readonly #random: () => number;

  constructor(description: TextDescription, random: () => number) {
    this.#description = description;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const { poll, silenceMs } = this.#description;
    return { bytes: poll ? Buffer.alloc(0) : this.#line(), afterMs: Math.min(1_000, silenceMs / 2) };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const { poll } = this.#description;
    return poll && Buffer.from(poll.send).equals(bytes) ? this.#line() : Buffer.alloc(0);
  }

  #line(): Buffer {
    const { prefix, separator, fields, metrics, checksum } = this.#description;
    const all = Object.values(metrics);
    const count = fields ?? Math.max(...all.map(({ field }) => field)) + 1;
    const words = Array.from({ length: count }, (_, at) => {
      const metric = all.find(({ field }) => field === at);
      return metric?.type === "text" ? "ok" : (this.#random() * 100).toFixed(1);
    });
    const text = `${words[0]?.startsWith(prefix) ? "" : prefix}${words.join(separator)}`;
    if (!checksum) return Buffer.from(`${text}\r\n`);
    const sum = checksumOf(checksum.name, Buffer.from(text.slice(checksum.from)));
    const digits = sum
      .toString(16)
      .toUpperCase()
      .padStart(2 * checksumBytes(checksum.name), "0");
    return Buffer.from(`${text}${checksum.mark}${digits}\r\n`);
  }
}
