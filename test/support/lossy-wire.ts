/** What becomes of the bytes of one direction; shares of them, 0 to 1. */
export interface WireFaults {
  readonly flip: number;
  readonly drop: number;
  readonly insert: number;
  /** Least and greatest delay, ms; it wanders in between. Bytes keep their order. */
  readonly delayMs: readonly [number, number];
  /** Longest chunk in which they come. */
  readonly chunkBytes: number;
}

export const GOOD_WIRE: WireFaults = { flip: 0, drop: 0, insert: 0, delayMs: [0, 0], chunkBytes: 64 };

/** 115200 baud, 8N1: ten bits a byte. */
export const BYTES_PER_MS = 11.52;

/** One direction of a serial line, in a time of its own. */
export class LossyWire {
  readonly #faults: WireFaults;
  readonly #random: () => number;
  #queue: Buffer[] = [];
  #queued = 0;
  #credit = 0;
  #delayMs: number;
  #arrivals: { atMs: number; bytes: Buffer }[] = [];

  constructor(faults: WireFaults, random: () => number) {
    this.#faults = faults;
    this.#random = random;
    this.#delayMs = faults.delayMs[0];
  }

  /** Bytes that the sender's side has not sent yet. */
  get queued(): number {
    return this.#queued;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.push(Buffer.from(bytes));
    this.#queued += bytes.length;
  }

  /** The sender was cut off: what it has not sent yet is gone, and what it was sending is cut. */
  cut(): void {
    this.#queue = [];
    this.#queued = 0;
  }

  /** One millisecond goes by. @returns what arrives */
  tick(nowMs: number): Buffer[] {
    this.#credit = this.#queued === 0 ? 0 : this.#credit + BYTES_PER_MS;
    const count = Math.min(this.#queued, Math.floor(this.#credit));
    if (count > 0) {
      this.#credit -= count;
      this.#wander();
      const last = this.#arrivals.at(-1)?.atMs ?? 0;
      this.#arrivals.push({
        atMs: Math.max(last, nowMs + this.#delayMs),
        bytes: this.#spoil(this.#take(count)),
      });
    }
    const chunks: Buffer[] = [];
    while (this.#arrivals[0] && this.#arrivals[0].atMs <= nowMs) {
      const { bytes } = this.#arrivals.shift() as { bytes: Buffer };
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + Math.floor(this.#random() * this.#faults.chunkBytes);
        chunks.push(bytes.subarray(at, end));
        at = end;
      }
    }
    return chunks;
  }

  #take(count: number): Buffer {
    const all = this.#queue.length === 1 ? (this.#queue[0] as Buffer) : Buffer.concat(this.#queue);
    this.#queued -= count;
    this.#queue = count === all.length ? [] : [all.subarray(count)];
    return all.subarray(0, count);
  }

  #spoil(bytes: Buffer): Buffer {
    const { flip, drop, insert } = this.#faults;
    if (flip + drop + insert === 0) return bytes;
    const out: number[] = [];
    for (const byte of bytes) {
      const dice = this.#random();
      if (dice < drop) continue;
      if (dice < drop + flip) out.push(byte ^ (1 << Math.floor(this.#random() * 8)));
      else out.push(byte);
      if (dice > 1 - insert) out.push(Math.floor(this.#random() * 256));
    }
    return Buffer.from(out);
  }

  #wander(): void {
    const [least, most] = this.#faults.delayMs;
    if (least === most) return;
    const step = (this.#random() - 0.5) * (most - least) * 0.1;
    this.#delayMs = Math.min(most, Math.max(least, this.#delayMs + step));
  }
}
