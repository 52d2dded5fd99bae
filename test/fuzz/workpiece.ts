/** Bytes that are being changed in place: a fuzzer makes millions of inputs, and only the last form of each is worth memory of its own. */
export class Workpiece {
  readonly bytes: Buffer;
  readonly #maxBytes: number;
  length = 0;

  /** @param maxBytes what would make it longer does nothing */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.bytes = Buffer.alloc(maxBytes);
  }

  start(from: Buffer): void {
    this.length = Math.min(from.length, this.#maxBytes);
    from.copy(this.bytes, 0, 0, this.length);
  }

  /** Puts `piece` where `[at, end)` is now. The piece may be a part of these very bytes. */
  replace(at: number, end: number, piece: Uint8Array): void {
    const length = this.length + piece.length - (end - at);
    if (length > this.#maxBytes) return;
    const own = piece.buffer === this.bytes.buffer ? Uint8Array.from(piece) : piece;
    this.bytes.copyWithin(at + own.length, end, this.length);
    this.bytes.set(own, at);
    this.length = length;
  }

  /** The piece again and again, as often as there is room up to `bytes` in all: what is quadratic shows only so. */
  stretch(at: number, piece: Uint8Array, bytes: number): void {
    const times = Math.floor((Math.min(bytes, this.#maxBytes) - this.length) / Math.max(1, piece.length));
    if (times > 0 && piece.length > 0) this.replace(at, at, Buffer.alloc(times * piece.length, piece));
  }

  part(at: number, end: number): Buffer {
    return this.bytes.subarray(at, end);
  }

  /** As memory of its own: decoders keep slices of what they are given. */
  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }
}
