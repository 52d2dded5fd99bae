import type { DurableStart, DurableStream } from "../client/index.ts";
import type { CursorFile, Place } from "./cursor-file.ts";
import type { Output } from "./output.ts";

/** The cursor is saved at most this often, ms: each time is a sync. */
const SAVE_MS = 500;
/** Lines that are written together: a write a reading would be the most of the work. */
const TOGETHER = 1_000;

/** Lines on their way out, and behind them the cursor: it never says more than was written. */
export class LineWriter {
  readonly #output: Output;
  readonly #stream: DurableStream;
  readonly #file: CursorFile | undefined;
  readonly #from: Place["from"];
  #lines: string[] = [];
  /** Something was taken from the stream, and is not written yet or never was. */
  #unwritten = false;
  #saving: NodeJS.Timeout | undefined;

  /** @param start where the run was told to begin */
  constructor(output: Output, stream: DurableStream, file: CursorFile | undefined, start: DurableStart) {
    this.#output = output;
    this.#stream = stream;
    this.#file = file;
    if (start === "start") this.#from = start;
    else if (start && "timeUs" in start) this.#from = start.timeUs;
  }

  get isFull(): boolean {
    return this.#lines.length >= TOGETHER;
  }

  /** Lines of one message; there may be none. */
  add(lines: readonly string[]): void {
    this.#unwritten = true;
    for (const line of lines) this.#lines.push(line);
  }

  /** @throws what the output throws; the cursor stays where it was */
  async flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) await this.#output.write(`${lines.join("\n")}\n`);
    this.#unwritten = false;
    if (this.#file) this.#saving ??= setTimeout(() => this.#saveInTime(), SAVE_MS);
  }

  /** Everything that was taken is written: notes that. What failed to be written is not, and comes again next time. */
  save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    if (!this.#file || this.#unwritten) return;
    const output = this.#output.settle();
    const cursors = this.#stream.cursors();
    const from = this.#from;
    this.#file.save({ cursors, ...(output && { output }), ...(from !== undefined && { from }) });
  }

  /** In the middle of a write the next flush sees to it. */
  #saveInTime(): void {
    this.#saving = undefined;
    try {
      this.save();
    } catch {
      // Ends the run: the last attempt to save says why.
      this.#stream.close();
    }
  }
}
