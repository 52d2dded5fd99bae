import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** What one of the tests' own programs says, a JSON object a line, and when it came. */
export interface Told {
  readonly atMs: number;
  readonly link?: string;
  readonly seq?: number;
  readonly answered?: boolean;
  readonly state?: string;
  readonly connections?: Readonly<Record<string, number>>;
  readonly blocked?: boolean;
}

/** The lines of a program, kept, so that a test can wait for what has come or will come. */
export class ToldLines {
  readonly lines: Told[] = [];
  readonly #reader;

  constructor(output: Readable | null) {
    if (!output) throw new Error("no output to read");
    this.#reader = createInterface(output);
    this.#reader.on("line", (line) => {
      this.lines.push({ ...(JSON.parse(line) as object), atMs: performance.now() });
    });
  }

  /** The first line after this time that fits; fails after `limitMs`, which is only a guard against hanging. */
  async first(what: string, sinceMs: number, fits: (told: Told) => boolean, limitMs = 60_000): Promise<Told> {
    const signal = AbortSignal.timeout(limitMs);
    for (;;) {
      const found = this.lines.find((told) => told.atMs >= sinceMs && fits(told));
      if (found) return found;
      await once(this.#reader, "line", { signal }).catch(() => {
        throw new Error(
          `waited ${limitMs} ms in vain for ${what}; states: ${JSON.stringify(this.lines.filter(({ state }) => state !== undefined).slice(-5))}, last: ${JSON.stringify(this.lines.at(-1))}`,
        );
      });
    }
  }

  /** The newest line that fits. */
  last(fits: (told: Told) => boolean): Told | undefined {
    return this.lines.findLast(fits);
  }
}

export const isLink =
  (link: string) =>
  (told: Told): boolean =>
    told.link === link;

export const isSeq = (told: Told): boolean => told.seq !== undefined;
