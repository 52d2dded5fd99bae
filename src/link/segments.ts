import { NoiseRun, type Discard } from "../codec/index.ts";
import { MAX_SEGMENT_BYTES, readFrame, RELIABLE, type Frame } from "./frame.ts";
import { isText, wholeCharacters } from "./text.ts";

export type SegmentItem =
  | { readonly type: "frame"; readonly frame: Frame; readonly bytes: number }
  /** A line of what the firmware prints on the same wire. */
  | { readonly type: "text"; readonly text: string }
  | Discard<"noise" | "checksum" | "too-long">;

const LF = 0x0a;
/** What somebody prints without an end is cut into lines of this many bytes. */
const MAX_LINE_BYTES = 1_000;
/** Fewer characters than these are no text, unless a line end is after them. */
const MIN_TEXT = 3;

/**
 * Finds frames and lines of text between the zeros of a line. firmware-bridge/SPEC.md, "Line". Every byte but the zeros and
 * the ends of lines is in one frame, in one text, in one discard, or in `pending`.
 *
 *   …0 frame 0   0 frame 0printf\n 0 fr!me 0   printf\nframe 0
 *      frame       frame  text     checksum    text    frame
 *
 * Text is told when its line ends. But what may yet be a frame, as its second byte is a kind, waits for the zero:
 *
 *   (start) ──text, LF──► (start)     kinds ──0──► judged
 *      └─more than a frame, no text──► (too-long) noise ──0──► (start)
 */
export class SegmentReader {
  readonly #kinds: ReadonlySet<number>;
  readonly #noise = new NoiseRun();
  readonly #held = Buffer.alloc(MAX_LINE_BYTES);
  #size = 0;
  /** What has come since the last zero cannot be text any more, or is not to be taken as such before it has been tried as a frame. */
  #waitsForZero = false;
  #isSkipping = false;

  /** @param kinds of frames that the peer may send: a second byte that is none of them begins no frame */
  constructor(kinds: Iterable<number>) {
    this.#kinds = new Set(kinds);
  }

  /** Bytes taken in of which nothing has been told yet. */
  get pending(): number {
    return this.#size + this.#noise.bytes;
  }

  push(chunk: Uint8Array): SegmentItem[] {
    const items: SegmentItem[] = [];
    for (const byte of chunk) {
      if (byte === 0) this.#zero(items);
      else if (this.#isSkipping) this.#noise.add(1, items as Discard<"noise">[]);
      else this.#take(byte, items);
    }
    return items;
  }

  #take(byte: number, items: SegmentItem[]): void {
    this.#held[this.#size++] = byte;
    if (this.#size === 2 && this.#held[0] === LF) this.#afterEmptyLine(byte, items);
    // A line end alone may be a frame's first byte.
    else if (byte === LF && !this.#waitsForZero && this.#size > 1) this.#line(items);
    if (this.#size > MAX_SEGMENT_BYTES) this.#overlong(items);
  }

  #zero(items: SegmentItem[]): void {
    this.#noise.end(items as Discard<"noise">[]);
    if (this.#size > 0) this.#judge(items);
    this.#clear();
    this.#isSkipping = false;
  }

  get #mayBeFrame(): boolean {
    return this.#size <= MAX_SEGMENT_BYTES && this.#kinds.has((this.#held[1] ?? 0) & ~RELIABLE);
  }

  #afterEmptyLine(second: number, items: SegmentItem[]): void {
    if (this.#mayBeFrame) this.#waitsForZero = true;
    else {
      this.#clear();
      this.#take(second, items);
    }
  }

  #line(items: SegmentItem[]): void {
    const line = this.#held.subarray(0, this.#size);
    if (this.#mayBeFrame || !isText(line)) this.#waitsForZero = true;
    else {
      tell(line, items);
      this.#clear();
    }
  }

  /** It is no frame, but there may be lines of text in it, or one long one. */
  #overlong(items: SegmentItem[]): void {
    if (this.#size !== MAX_SEGMENT_BYTES + 1 && this.#size !== MAX_LINE_BYTES) return;
    const held = Buffer.from(this.#held.subarray(0, this.#size));
    const lineEnd = held.indexOf(LF) + 1;
    const line = lineEnd > 0 ? lineEnd : wholeCharacters(held);
    if (!isText(held.subarray(0, line))) {
      items.push({ type: "discard", bytes: this.#size, reason: "too-long" });
      this.#clear();
      this.#isSkipping = true;
    } else if (lineEnd > 0 || this.#size === MAX_LINE_BYTES) {
      tell(held.subarray(0, line), items);
      this.#clear();
      for (const byte of held.subarray(line)) this.#take(byte, items);
    }
  }

  #judge(items: SegmentItem[]): void {
    let rest = this.#held.subarray(0, this.#size);
    for (;;) {
      const frame = readFrame(rest);
      if (typeof frame === "object") return void items.push({ type: "frame", frame, bytes: rest.length });
      const end = rest.indexOf(LF) + 1;
      const isLine = end > 0 && isText(rest.subarray(0, end));
      if (!isLine) return judgeEnd(rest, frame, items);
      tell(rest.subarray(0, end), items);
      rest = rest.subarray(end);
      if (rest.length === 0) return;
    }
  }

  #clear(): void {
    this.#size = 0;
    this.#waitsForZero = false;
  }
}

function judgeEnd(rest: Buffer, reason: "noise" | "checksum", items: SegmentItem[]): void {
  if (isText(rest) && rest.toString().length >= MIN_TEXT) tell(rest, items);
  else items.push({ type: "discard", bytes: rest.length, reason });
}

/** Of an empty line there is nothing to tell. */
function tell(line: Buffer, items: SegmentItem[]): void {
  const text = line.toString().trimEnd();
  if (text !== "") items.push({ type: "text", text });
}
