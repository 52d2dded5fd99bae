import type { ErrorCode } from "../base/index.ts";
import { lineOf, placeOf, type Source, type Span } from "./source.ts";

/** The codes that a fault in a configuration can have; docs/errors.md says what to do about each. */
export type FaultCode = Extract<
  ErrorCode,
  "config-invalid" | "config-unreadable" | "driver-unknown" | "address-invalid" | "insecure-address"
>;

/** One thing that is wrong in the configuration, where it is, and what to do about it. */
export interface ConfigFault {
  readonly file: string;
  /** From 1; 0 if it is of the file as a whole, as when it cannot be read. */
  readonly line: number;
  /** From 1, in UTF-16 units; 0 if the fault is of the file as a whole. */
  readonly column: number;
  /** The setting: `devices.gps.line.baudRate`; empty for the file as a whole. */
  readonly path: string;
  readonly code: FaultCode;
  /** What was wrong and what was expected, in one line without the place. */
  readonly message: string;
  /** What to do about it, where the message does not say it. */
  readonly hint?: string;
  /** The line of the file that `line` names. */
  readonly source?: string;
  /** How many characters the faulty part has from `column` on; at least 1. */
  readonly width?: number;
}

export type Path = readonly string[];

interface FaultOptions {
  readonly code?: FaultCode;
  readonly hint?: string | undefined;
}

/** Messages and hints quote the file, in which anything may be as long as the file. */
const MAX_TEXT = 300;

/** Gathers faults, so that all are told at once. */
export class Faults {
  readonly #found: { readonly order: number; readonly fault: ConfigFault }[] = [];

  get count(): number {
    return this.#found.length;
  }

  /** @param span the key that is unknown, or the value that is wrong */
  add(span: Span, path: Path, message: string, options: FaultOptions = {}): void {
    const { line, column } = placeOf(span.source, span.start);
    const source = lineOf(span.source, line);
    const width = Math.max(1, Math.min(span.end - span.start, source.length - column + 1));
    this.#push(span.source.order, { line, column, source, width }, span.source.file, path, message, options);
  }

  /** A fault of a file that has no text to point to. */
  addFile(file: string, order: number, message: string, options: FaultOptions = {}): void {
    this.#push(order, { line: 0, column: 0 }, file, [], message, options);
  }

  #push(
    order: number,
    place: Pick<ConfigFault, "line" | "column" | "source" | "width">,
    file: string,
    path: Path,
    message: string,
    { code = "config-invalid", hint }: FaultOptions,
  ): void {
    const hinted = hint === undefined ? {} : { hint: cut(hint) };
    const fault = { file, ...place, path: pathText(path), code, message: cut(message), ...hinted };
    this.#found.push({ order, fault });
  }

  /** By file in the order of merging, then by place; one that an alias brought up twice is told once. */
  sorted(): ConfigFault[] {
    const told = new Set<string>();
    return this.#found
      .toSorted((a, b) => a.order - b.order || a.fault.line - b.fault.line || a.fault.column - b.fault.column)
      .map(({ fault }) => fault)
      .filter(({ file, line, column, message }) => {
        const key = `${file}:${line}:${column}:${message}`;
        return !told.has(key) && told.add(key);
      });
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** A key that is longer is told by its beginning. */
const MAX_PART = 64;

/** `devices.gps.port`; a part that holds more than a plain word is quoted: `devices["a.b"].port`. */
export function pathText(path: Path): string {
  return path.map(partText).join("");
}

function partText(part: string, at: number): string {
  const shown = part.length > MAX_PART ? `${part.slice(0, MAX_PART)}…` : part;
  if (!/^[\w-]+…?$/.test(shown)) return `[${JSON.stringify(shown)}]`;
  return at === 0 ? shown : `.${shown}`;
}

/** The whole of a source, for faults that have no better place. */
export function startOf(source: Source): Span {
  return { source, start: 0, end: 0 };
}
