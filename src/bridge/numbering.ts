import type { Clock } from "../base/index.ts";
import { encodeReading, type Values } from "../message/index.ts";
import type { StreamStarts } from "../ipc/index.ts";

/** Numbers and encodes the readings of this bridge's devices: once, here; after that nobody touches the bytes. */
export class Numbering {
  readonly #clock: Clock;
  readonly #streams = new Map<string, { readonly topic: Buffer; next: number }>();
  #epoch = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** New streams are numbered from where the core has them. Those that run go on: the core has not seen all that is under way to it. */
  begin(epoch: number, starts: StreamStarts): void {
    if (epoch !== this.#epoch) this.#streams.clear();
    this.#epoch = epoch;
    for (const [device, { topic, next }] of Object.entries(starts))
      if (!this.#streams.has(device)) this.#streams.set(device, { topic: Buffer.from(topic), next });
  }

  /**
   * @param time when its bytes came, µs since 1970
   * @returns [topic, body], or undefined before the core has given the stream its start
   */
  frames(device: string, values: Values, time: number): [Buffer, Buffer] | undefined {
    const stream = this.#streams.get(device);
    if (!stream) return undefined;
    const seq = stream.next++;
    return [
      stream.topic,
      encodeReading({ epoch: this.#epoch, seq, time, clock: this.#clock.quality, values }),
    ];
  }
}
