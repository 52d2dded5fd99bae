import type { Values } from "../../src/message/index.ts";

/** Numbers run to 255 and begin again. What seems to be ahead by more than this came late, or its sender has started anew. */
const MOST_LOST = 127;

/** Counts what each sender's numbers say was sent and did not come. MAVLink developer guide, "Packet loss". */
export class Traffic {
  /** The last number by system and component, as one number. */
  readonly #last = new Map<number, number>();
  #received = 0;
  #lost = 0;

  count(system: number, component: number, seq: number): void {
    const sender = (system << 8) | component;
    const last = this.#last.get(sender);
    this.#last.set(sender, seq);
    this.#received++;
    if (last === undefined) return;
    const missing = (seq - last - 1) & 0xff;
    if (missing <= MOST_LOST) this.#lost += missing;
  }

  /** @returns what came since the last time, or undefined if nothing did */
  take(): Values | undefined {
    const [received, lost] = [this.#received, this.#lost];
    this.#received = this.#lost = 0;
    if (received === 0) return undefined;
    const loss = Math.round((lost / (received + lost)) * 10_000) / 100;
    return { message: "LINK", received, lost, loss };
  }
}
