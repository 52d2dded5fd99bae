import * as Type from "typebox";
import { FrameScanner, INCOMPLETE, type FrameFormat } from "../../src/codec/index.ts";
import type { AnyDriver, Call, Driver, DriverEvent, Session, Simulator } from "../../src/device/index.ts";
import { checksumBytes, checksumOf } from "./checksum.ts";
import type { FramesDescription } from "./schema.ts";
import { frameValue, metricsOf } from "./values.ts";

const MAX_FRAME_BYTES = 4_096;

/** A driver out of a description of kind frames. */
export function framesDriver(name: string, description: FramesDescription): AnyDriver {
  const driver: Driver<object> = {
    name,
    title: description.title,
    settings: Type.Object({}),
    line: { ...description.line, flowControl: "none" },
    describe: () => ({
      metrics: metricsOf(description.metrics),
      commands: Object.fromEntries(
        Object.entries(description.commands).map(([command, one]) => [
          command,
          { description: one.description, arguments: {} },
        ]),
      ),
      silenceMs: description.silenceMs,
    }),
    open: () => new FramesSession(description),
    simulate: (_settings, random) => new FramesSimulator(description, random),
  };
  return driver as unknown as AnyDriver;
}

class FramesSession implements Session {
  readonly #description: FramesDescription;
  readonly #frames: FrameScanner;

  constructor(description: FramesDescription) {
    this.#description = description;
    this.#frames = new FrameScanner(formatOf(description));
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  wake(): readonly DriverEvent[] {
    const { poll } = this.#description;
    if (!poll) return [];
    return [
      { type: "write", bytes: bytesOf(poll.send) },
      { type: "wake", afterMs: poll.everyMs },
    ];
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    return this.#frames.push(chunk).map((item) => (item.type === "discard" ? item : this.#frame(item.bytes)));
  }

  run({ id, name }: Call): readonly DriverEvent[] {
    const { send = "" } = this.#description.commands[name] ?? {};
    return [
      { type: "write", bytes: bytesOf(send) },
      { type: "outcome", call: id, outcome: { ok: true } },
    ];
  }

  #frame(frame: Buffer): DriverEvent {
    const { match, metrics, order } = this.#description;
    const isOther = match.some(({ at, is }) => {
      const wanted = bytesOf(is);
      const start = at < 0 ? frame.length + at : at;
      return !frame.subarray(start, start + wanted.length).equals(wanted);
    });
    if (isOther) return { type: "discard", bytes: frame.length, reason: "unsupported" };
    const values = Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => [name, frameValue(frame, metric, order)]),
    );
    return { type: "reading", values };
  }
}

function formatOf(description: FramesDescription): FrameFormat {
  const { sync, length, order, end } = description;
  const first = [...bytesOf(sync)];
  const last = end === undefined ? Buffer.alloc(0) : bytesOf(end);
  const lengthBytes = typeof length === "number" ? 0 : length.type === "uint16" ? 2 : 1;
  const least = first.length + last.length;
  return {
    sync: first,
    headBytes: typeof length === "number" ? first.length : Math.max(first.length, length.at + lengthBytes),
    maxBytes: typeof length === "number" ? length : MAX_FRAME_BYTES,
    lengthOf: (bytes, at) => {
      if (typeof length === "number") return length;
      if (bytes.length < at + length.at + lengthBytes) return INCOMPLETE;
      const whole =
        (order === "big"
          ? bytes.readUIntBE(at + length.at, lengthBytes)
          : bytes.readUIntLE(at + length.at, lengthBytes)) + (length.plus ?? 0);
      return whole < least || whole > MAX_FRAME_BYTES ? 0 : whole;
    },
    isIntact: (bytes, start, until) => {
      const frame = bytes.subarray(start, until);
      return frame.subarray(frame.length - last.length).equals(last) && hasItsChecksum(frame, description);
    },
  };
}

function hasItsChecksum(frame: Buffer, { checksum }: FramesDescription): boolean {
  if (!checksum) return true;
  const size = checksumBytes(checksum.name);
  const at = checksum.at < 0 ? frame.length + checksum.at : checksum.at;
  if (at < checksum.from || at + size > frame.length) return false;
  const found = checksum.order === "big" ? frame.readUIntBE(at, size) : frame.readUIntLE(at, size);
  return found === checksumOf(checksum.name, frame.subarray(checksum.from, at));
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

/** Frames with random contents that pass their own checks. */
class FramesSimulator implements Simulator {
  readonly #description: FramesDescription;
  readonly #random: () => number;

  constructor(description: FramesDescription, random: () => number) {
    this.#description = description;
    this.#random = random;
  }

  step(): { readonly bytes: Uint8Array; readonly afterMs: number } {
    const { poll, silenceMs } = this.#description;
    return { bytes: poll ? Buffer.alloc(0) : this.#frame(), afterMs: Math.min(1_000, silenceMs / 2) };
  }

  receive(bytes: Uint8Array): Uint8Array {
    const { poll } = this.#description;
    return poll && bytesOf(poll.send).equals(bytes) ? this.#frame() : Buffer.alloc(0);
  }

  #frame(): Buffer {
    const { sync, end = "", length, match, metrics, checksum, order } = this.#description;
    const ends = Object.values(metrics).map(({ at }) => (at < 0 ? 0 : at + 8));
    const whole = typeof length === "number" ? length : Math.max(16, ...ends, length.at + 4);
    const frame = Buffer.from(Array.from({ length: whole }, () => Math.floor(this.#random() * 100)));
    const put = (bytes: Buffer, at: number): void => void bytes.copy(frame, at < 0 ? whole + at : at);
    for (const { at, is } of match) put(bytesOf(is), at);
    put(bytesOf(sync), 0);
    put(bytesOf(end), whole - bytesOf(end).length);
    if (typeof length !== "number") {
      const size = length.type === "uint16" ? 2 : 1;
      const value = Math.max(0, whole - (length.plus ?? 0));
      if (order === "big") frame.writeUIntBE(value, length.at, size);
      else frame.writeUIntLE(value, length.at, size);
    }
    if (!checksum) return frame;
    const at = checksum.at < 0 ? whole + checksum.at : checksum.at;
    const value = checksumOf(checksum.name, frame.subarray(checksum.from, at));
    if (checksum.order === "big") frame.writeUIntBE(value, at, checksumBytes(checksum.name));
    else frame.writeUIntLE(value, at, checksumBytes(checksum.name));
    return frame;
  }
}
