import { cut, type Line } from "./line.ts";

/** What a view gives: lines that stay, and those between them that are scrolled. */
export interface View {
  readonly head: readonly Line[];
  readonly body: readonly Line[];
  readonly foot: readonly Line[];
}

/** Lays a view out on a screen, and remembers how far it was scrolled. */
export class Frame {
  #offset = 0;
  #room = 1;

  /** @returns as many lines as the screen has rows, none wider than it */
  lay({ head, body, foot }: View, columns: number, rows: number): Line[] {
    this.#room = Math.max(1, rows - head.length - foot.length);
    this.#offset = Math.max(0, Math.min(this.#offset, body.length - this.#room));
    const shown = body.slice(this.#offset, this.#offset + this.#room);
    const filler = Array.from({ length: this.#room - shown.length }, (): Line => []);
    return [...head, ...shown, ...filler, ...foot].slice(0, rows).map((line) => cut(line, columns));
  }

  /** @param by lines; `page` scrolls by what is seen */
  scroll(by: number | "page-down" | "page-up" | "start" | "end"): void {
    if (by === "start") this.#offset = 0;
    else if (by === "end") this.#offset = Number.MAX_SAFE_INTEGER;
    else this.#offset += by === "page-down" ? this.#room : by === "page-up" ? -this.#room : by;
    this.#offset = Math.max(0, this.#offset);
  }
}
