import type { Simulator } from "../../src/device/index.ts";
import type { Pty } from "./pty.ts";

/** What a device was asked, and what it answered, as they were recorded. */
export interface Exchange {
  readonly ask: Buffer;
  readonly answer: Buffer;
}

/** Longer than any request of a recording: of what is no request nothing more is kept. */
const MAX_HEARD_BYTES = 256;
const STEP_MS = 1_000;
const TICK_MS = 20;

/** Knows requests in a stream of bytes by the recording's. What it does not know it does not answer. */
export class RecordedAnswers {
  readonly #exchanges: readonly Exchange[];
  #heard: Buffer = Buffer.alloc(0);

  constructor(exchanges: readonly Exchange[]) {
    this.#exchanges = exchanges;
  }

  /** @returns the answers to the requests that are whole now */
  hear(bytes: Uint8Array): Buffer[] {
    this.#heard = Buffer.concat([this.#heard, bytes]);
    const answers: Buffer[] = [];
    for (let next = this.#next(); next; next = this.#next()) {
      this.#heard = this.#heard.subarray(next.end);
      answers.push(next.answer);
    }
    this.#heard = this.#heard.subarray(-MAX_HEARD_BYTES);
    return answers;
  }

  #next(): { readonly end: number; readonly answer: Buffer } | undefined {
    return this.#exchanges
      .map(({ ask, answer }) => ({ at: this.#heard.indexOf(ask), end: ask.length, answer }))
      .filter(({ at }) => at >= 0)
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, end, answer }) => ({ end: at + end, answer }))[0];
  }
}

/** The same device in a time of the test's own. */
export function recordedSimulator(exchanges: readonly Exchange[]): Simulator {
  const answers = new RecordedAnswers(exchanges);
  return {
    step: () => ({ bytes: Buffer.alloc(0), afterMs: STEP_MS }),
    receive: (bytes) => Buffer.concat(answers.hear(bytes)),
  };
}

export interface PeerOptions {
  readonly baudRate: number;
  /** On the line before each answer. */
  readonly noise: Buffer;
}

/** The device at the other end of a terminal, until that is closed. It answers at the line's pace. */
export async function playPeer(
  pty: Pty,
  exchanges: readonly Exchange[],
  { baudRate, noise }: PeerOptions,
): Promise<void> {
  const answers = new RecordedAnswers(exchanges);
  for await (const bytes of pty.received())
    for (const answer of answers.hear(bytes))
      await writeAtPace(pty, Buffer.concat([noise, answer]), baudRate);
}

/** Ten bits a byte. */
export async function writeAtPace(pty: Pty, bytes: Buffer, baudRate: number): Promise<void> {
  const piece = Math.max(1, Math.round((baudRate / 10) * (TICK_MS / 1_000)));
  const tickMs = (piece * 10 * 1_000) / baudRate;
  for (let at = 0; at < bytes.length; at += piece) {
    await pty.write(bytes.subarray(at, at + piece));
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}
