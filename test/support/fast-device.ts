import { createHash } from "node:crypto";
import { openPty } from "./pty.ts";

/** Lines a burst, and ms between bursts: the line is full, and the test's own process has time left. */
const BURST_MS = 20;

export interface FastDeviceOptions {
  readonly linesPerSecond: number;
  /** Characters a line beside its number that hardly compress. Default 0. */
  readonly noise?: number;
}

/** A serial device that prints `{"n":1,…}`, `{"n":2,…}` without end: what the number of a reading must be is known. */
export class FastDevice {
  readonly #pty = openPty();
  readonly #options: FastDeviceOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #sent = 0;

  constructor(options: FastDeviceOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** For `port:` in a configuration. */
  get path(): string {
    return this.#pty.path;
  }

  /** Sends no more; what has been sent stays in the line. @returns the number of the last */
  async stop(): Promise<number> {
    this.#stop.abort();
    await this.#ended;
    return this.#sent;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#pty.close();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { linesPerSecond } = this.#options;
    const perBurst = Math.ceil((linesPerSecond * BURST_MS) / 1_000);
    while (!this.#stop.signal.aborted) {
      await this.#pty.write(Array.from({ length: perBurst }, () => this.#line()).join(""));
      await new Promise((resolve) => setTimeout(resolve, BURST_MS));
    }
  }

  #line(): string {
    const n = ++this.#sent;
    const { noise = 0 } = this.#options;
    if (noise === 0) return `{"n":${n}}\n`;
    return `{"n":${n},"noise":"${noiseOf(n, noise)}"}\n`;
  }
}

function noiseOf(seed: number, characters: number): string {
  return createHash("shake256", { outputLength: Math.ceil((characters * 3) / 4) })
    .update(String(seed))
    .digest("base64")
    .slice(0, characters);
}
