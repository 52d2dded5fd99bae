import { asDunlinError, DunlinError } from "../base/index.ts";
import {
  LineFault,
  MAX_RECORDING_LINE_BYTES,
  parseHeader,
  parseItem,
  type RecordedItem,
} from "./recording.ts";
import type { RecordingHeader } from "./recording-header.ts";

const LF = 0x0a;
/** A byte order mark would be a fault like any other. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a recording as it comes, in any pieces, and keeps no more of it than one line. Strict: a fault in a file that
 * was edited must not become bytes that the device never sent.
 */
export class RecordingParser {
  readonly #file: string;
  #header: RecordingHeader | undefined;
  #rest: Uint8Array = new Uint8Array();
  #line = 1;
  #atMs = 0;
  #found: DunlinError | undefined;

  /** @param file how faults name it */
  constructor(file: string) {
    this.#file = file;
  }

  /** Undefined until the first line is there. */
  get header(): RecordingHeader | undefined {
    return this.#header;
  }

  /**
   * @returns what is whole; with a fault after it, that is thrown by the next call
   * @throws DunlinError `recording-invalid`, with file and line
   */
  push(bytes: Uint8Array): RecordedItem[] {
    if (this.#found) throw this.#found;
    const items: RecordedItem[] = [];
    try {
      this.#split(bytes, items);
    } catch (thrown) {
      this.#found = asDunlinError(thrown);
      if (items.length === 0) throw this.#found;
    }
    return items;
  }

  /**
   * There is nothing more. A last line without an end may have lost half of its bytes, and cannot be told from a whole one.
   * @throws DunlinError `recording-invalid`
   */
  end(): void {
    if (this.#found) throw this.#found;
    if (this.#rest.length > 0)
      throw this.#fault(
        "the file ends within this line: it was cut off. Delete it, or end it if it is whole",
      );
    if (this.#header === undefined) throw this.#fault("this is no recording: the file is empty");
  }

  #split(bytes: Uint8Array, items: RecordedItem[]): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let from = 0;
    for (let at = all.indexOf(LF); at >= 0; at = all.indexOf(LF, from)) {
      const item = this.#take(all.subarray(from, at));
      if (item) items.push(item);
      from = at + 1;
    }
    // A copy, because the caller may use its memory again.
    this.#rest = Uint8Array.from(all.subarray(from));
    this.#checkLength(this.#rest);
  }

  #take(bytes: Uint8Array): RecordedItem | undefined {
    this.#checkLength(bytes);
    try {
      const line = text(bytes);
      const item = this.#header === undefined ? void (this.#header = parseHeader(line)) : parseItem(line);
      if (item) this.#checkTime(item);
      this.#line++;
      return item;
    } catch (thrown) {
      throw thrown instanceof LineFault ? this.#fault(thrown.message) : thrown;
    }
  }

  #checkLength({ length }: Uint8Array): void {
    if (length > MAX_RECORDING_LINE_BYTES)
      throw this.#fault(`longer than ${MAX_RECORDING_LINE_BYTES} bytes: is this a recording?`);
  }

  #checkTime({ atMs }: RecordedItem): void {
    if (atMs < this.#atMs) throw new LineFault(`time goes back, from ${this.#atMs} to ${atMs} ms`);
    this.#atMs = atMs;
  }

  #fault(message: string): DunlinError {
    return new DunlinError("recording-invalid", `${this.#file}:${this.#line}: ${message}`, {
      context: { file: this.#file, line: this.#line },
    });
  }
}

function text(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes);
  } catch {
    throw new LineFault("this is not text in UTF-8");
  }
}
