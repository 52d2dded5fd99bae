import type { DriverEvent } from "../../src/device/index.ts";

/** One thing that the transceiver is asked for. */
export interface Request {
  /** The command that it is for, absent where it is the driver's own. */
  readonly call?: string;
  /** What it is answered by, a packet type, or undefined if by nothing. */
  readonly answer: number | undefined;
  /** How long that may take, ticks. */
  readonly ticks: number;
  write(sequence: number): Buffer;
  /** @param answer undefined if there was none */
  end(answer: Buffer | undefined): readonly DriverEvent[];
}

interface Asked extends Request {
  readonly sequence: number;
}

/**
 * One request at a time, as the transceiver has no room for a second one while it transmits. The answer repeats the
 * sequence number of what it answers.
 */
export class Exchange {
  #queue: Request[] = [];
  #asked: Asked | undefined;
  #ticksLeft = 0;
  #sequence = 0;

  request(request: Request): DriverEvent[] {
    this.#queue.push(request);
    return this.#asked ? [] : this.#next();
  }

  /** Before all that waits. */
  requestFirst(...requests: readonly Request[]): void {
    this.#queue.unshift(...requests);
  }

  /** What is on its way is still waited for, as the transceiver is busy with it. */
  cancel(call: string): void {
    this.#queue = this.#queue.filter((request) => request.call !== call);
    if (this.#asked?.call === call) this.#asked = { ...this.#asked, end: () => [] };
  }

  /** @returns undefined for an answer that nobody waits for */
  answer(packet: Buffer): DriverEvent[] | undefined {
    const asked = this.#asked;
    if (!asked || packet[1] !== asked.answer || packet[3] !== asked.sequence) return undefined;
    return this.#end(asked, packet);
  }

  tick(): DriverEvent[] {
    if (!this.#asked || --this.#ticksLeft > 0) return [];
    return this.#end(this.#asked, undefined);
  }

  #end(asked: Asked, answer: Buffer | undefined): DriverEvent[] {
    const events = asked.end(answer);
    return [...events, ...this.#next()];
  }

  #next(): DriverEvent[] {
    const request = this.#queue.shift();
    if (!request) {
      this.#asked = undefined;
      return [];
    }
    this.#asked = { ...request, sequence: this.#sequence };
    this.#sequence = (this.#sequence + 1) & 0xff;
    this.#ticksLeft = request.ticks;
    return [{ type: "write", bytes: request.write(this.#asked.sequence) }];
  }
}
