/** Some readings as they were published, as [topic, body] pairs: one message to the journal. */
export interface Batch {
  readonly frames: Buffer[];
  bytes: number;
}

/** Readings go to the journal together, up to this many bytes of bodies. */
const BATCH_BYTES = 64 * 1024;

/** How much is held for the journal. */
export interface BacklogLimits {
  /** Bytes of bodies that are with the journal and not durable: more waits here. Below what the journal takes into memory, so that it drops nothing. */
  readonly underWayBytes: number;
  /** Bytes of bodies in all; when it is full the oldest that is not under way goes, and is counted. */
  readonly totalBytes: number;
}

/**
 * The readings that are not known to be durable, in order. What was sent stays until the journal says that it is on disk, so
 * that one that is started anew gets it again.
 *
 *   durable │ under way │ waiting │ gathering
 *           └ confirm()  └ next()  └ add()
 */
export class ReadingBacklog {
  readonly #limits: BacklogLimits;
  #batches: Batch[] = [];
  #underWay = 0;
  #underWayBytes = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Readings that never came to the journal. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns whether there is enough for a message */
  add(topic: Buffer, body: Buffer): boolean {
    let last = this.#batches.length > this.#underWay ? this.#batches.at(-1) : undefined;
    if (!last || last.bytes >= BATCH_BYTES) this.#batches.push((last = { frames: [], bytes: 0 }));
    last.frames.push(topic, body);
    last.bytes += body.length;
    this.#bytes += body.length;
    while (this.#bytes > this.#limits.totalBytes && this.#batches.length > this.#underWay + 1)
      this.#dropWaiting();
    return last.bytes >= BATCH_BYTES;
  }

  /** The next message, if there is one and it may go. */
  next(): Batch | undefined {
    const batch = this.#batches[this.#underWay];
    if (!batch || this.#underWayBytes >= this.#limits.underWayBytes) return undefined;
    this.#underWay++;
    this.#underWayBytes += batch.bytes;
    return batch;
  }

  /** The oldest messages that are under way are durable. */
  confirm(count: number): void {
    const done = this.#batches.splice(0, Math.min(count, this.#underWay));
    this.#underWay -= done.length;
    for (const { bytes } of done) {
      this.#underWayBytes -= bytes;
      this.#bytes -= bytes;
    }
  }

  /** Nobody knows what became of those under way: they are to be sent again. */
  restart(): void {
    this.#underWay = this.#underWayBytes = 0;
  }

  #dropWaiting(): void {
    const [gone] = this.#batches.splice(this.#underWay, 1);
    this.#bytes -= gone?.bytes ?? 0;
    this.#dropped += (gone?.frames.length ?? 0) / 2;
  }
}
