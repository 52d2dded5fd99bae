/** An accuracy that the receiver does not know. Field practice: all accuracies of a receiver without a fix. */
const UNKNOWN = 0xffff_ffff;

/**
 * The fields of one payload by offset, as the interface description counts them. `perUnit` is how many of the field's
 * steps make one of our units; dividing by it gives the nearest double, without the noise that multiplying would bring.
 */
export class Payload {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  u1(at: number): number {
    return this.#bytes.readUInt8(at);
  }

  i1(at: number): number {
    return this.#bytes.readInt8(at);
  }

  u2(at: number, perUnit = 1): number {
    return this.#bytes.readUInt16LE(at) / perUnit;
  }

  i2(at: number, perUnit = 1): number {
    return this.#bytes.readInt16LE(at) / perUnit;
  }

  u4(at: number, perUnit = 1): number {
    return this.#bytes.readUInt32LE(at) / perUnit;
  }

  i4(at: number, perUnit = 1): number {
    return this.#bytes.readInt32LE(at) / perUnit;
  }

  accuracy(at: number, perUnit: number): number | null {
    const value = this.u4(at);
    return value === UNKNOWN ? null : value / perUnit;
  }

  /** A value in `i4` steps with more digits in an `i1` field of hundredths, or tenths, of such a step. UBX-NAV-HPPOSLLH. */
  fine(at: number, fineAt: number, finePerStep: number, finePerUnit: number): number {
    return (this.i4(at) * finePerStep + this.i1(fineAt)) / finePerUnit;
  }

  bit(at: number, bit: number): boolean {
    return ((this.u1(at) >> bit) & 1) === 1;
  }
}
