import type { WriteStream } from "node:tty";

const ESC = "\x1b[";
const ALTERNATE = `${ESC}?1049h${ESC}?25l`;
const BACK = `${ESC}?25h${ESC}?1049l`;
/** A terminal that knows it shows what is between them at once. */
const TOGETHER = [`${ESC}?2026h`, `${ESC}?2026l`] as const;

/** The whole terminal, as long as it is open. What was on it before comes back. */
export class Screen {
  readonly #out: WriteStream;
  #shown: readonly string[] = [];
  #open = true;

  constructor(out: WriteStream) {
    this.#out = out;
    out.write(ALTERNATE);
  }

  /** Writes the lines that differ from those that are there. One that is slow misses some, and gets the newest. */
  draw(lines: readonly string[]): void {
    if (!this.#open || this.#out.writableNeedDrain) return;
    const changed = lines.flatMap((line, at) =>
      line === this.#shown[at] ? [] : [`${ESC}${at + 1};1H${line}${ESC}0m${ESC}K`],
    );
    this.#shown = lines;
    if (changed.length > 0) this.#out.write(`${TOGETHER[0]}${changed.join("")}${TOGETHER[1]}`);
  }

  /** The terminal has another size: all of it is written anew. */
  clear(): void {
    this.#shown = [];
    if (this.#open) this.#out.write(`${ESC}2J`);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#out.write(BACK);
  }
}
