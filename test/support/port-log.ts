import { Buffer } from "node:buffer";
import type { PortState } from "../../src/serial/index.ts";

/** What a ReopeningPort told: pass it as its options, then wait for what should come. Waiting has no time limit; the test's own has. */
export class PortLog {
  readonly states: PortState[] = [];
  #received: Buffer = Buffer.alloc(0);
  #seen = 0;
  #wake = Promise.withResolvers<void>();

  readonly onState = (state: PortState): void => {
    this.states.push(state);
    this.#changed();
  };

  /** Copies, because the chunk is valid during the call only. */
  readonly onChunk = (chunk: Uint8Array): void => {
    this.#received = Buffer.concat([this.#received, chunk]);
    this.#changed();
  };

  /** The next state of this kind after the one that was waited for last. */
  async until<Kind extends PortState["kind"]>(kind: Kind): Promise<Extract<PortState, { kind: Kind }>> {
    for (;;) {
      const index = this.states.findIndex((state, i) => i >= this.#seen && state.kind === kind);
      if (index >= 0) {
        this.#seen = index + 1;
        return this.states[index] as Extract<PortState, { kind: Kind }>;
      }
      await this.#wake.promise;
    }
  }

  /** Takes the next bytes that came. */
  async take(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#wake.promise;
    const bytes = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return bytes;
  }

  #changed(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers<void>();
    resolve();
  }
}
