import { DunlinError } from "../base/index.ts";
import type { Port, PortHandlers, SimulatedLine } from "./port.ts";

/** A line whose far end is a simulator in this process: paced by its steps, answering what is written. */
export class SimPort implements Port {
  readonly #far: SimulatedLine;
  readonly #handlers: PortHandlers;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(far: SimulatedLine, handlers: PortHandlers) {
    this.#far = far;
    this.#handlers = handlers;
    // The first bytes come after the caller has the port in hand.
    this.#timer = setTimeout(() => this.#step(), 0);
  }

  /** The answer comes later than the write, as on a wire. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new DunlinError("cancelled", "the simulated line was closed");
    const answer = this.#far.receive(bytes);
    setImmediate(() => this.#deliver(answer));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #step(): void {
    const { bytes, afterMs } = this.#far.step();
    this.#timer = setTimeout(() => this.#step(), afterMs);
    this.#deliver(bytes);
  }

  #deliver(bytes: Uint8Array): void {
    if (!this.#closed && bytes.length > 0) this.#handlers.onChunk(bytes);
  }
}
