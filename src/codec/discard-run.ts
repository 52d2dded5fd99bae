/** Bytes that no frame came from. Of the shape of a driver's own discard event, so that a driver can pass it on as it is. */
export interface Discard<Reason extends string = string> {
  readonly type: "discard";
  readonly bytes: number;
  readonly reason: Reason;
}

/**
 * A long run is told in pieces of this many bytes: seldom enough to cost nothing, often enough that the counters move
 * while a port at the wrong baud rate gives nothing but noise (256 bytes are 0.3 s at 9600 baud).
 */
export const NOISE_PIECE_BYTES = 256;

interface NoiseSink {
  push(discard: Discard<"noise">): unknown;
}

/**
 * Adds up neighbouring bytes of noise. It tells of them when the run ends or is a piece long, never at the end of a
 * chunk: so the discards are the same in whatever chunks the bytes came.
 */
export class NoiseRun {
  #bytes = 0;

  /** Bytes not yet told of. */
  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number, into: NoiseSink): void {
    this.#bytes += bytes;
    while (this.#bytes >= NOISE_PIECE_BYTES) {
      into.push({ type: "discard", bytes: NOISE_PIECE_BYTES, reason: "noise" });
      this.#bytes -= NOISE_PIECE_BYTES;
    }
  }

  end(into: NoiseSink): void {
    if (this.#bytes > 0) into.push({ type: "discard", bytes: this.#bytes, reason: "noise" });
    this.#bytes = 0;
  }
}
