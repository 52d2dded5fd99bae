/** One measurement. */
export interface Point {
  /** Degrees, 0 to below 360, clockwise. */
  readonly angle: number;
  /** Millimetres, 0 if nothing was seen. */
  readonly distance: number;
  /** 0 to 63, of standard scans only. */
  readonly quality?: number;
}

export const FULL_CIRCLE = 360;

/** Of a standard scan. Figure 4-5: S, not S and quality; C and angle; distance. */
export interface Node extends Point {
  /** The first of a revolution. */
  readonly isStart: boolean;
  readonly quality: number;
}

/** @returns undefined if its check bits are wrong, or its angle cannot be */
export function nodeAt(bytes: Buffer, at: number): Node | undefined {
  const head = bytes[at] ?? 0;
  const start = head & 1;
  const angle = bytes.readUInt16LE(at + 1);
  if (start === ((head >> 1) & 1) || (angle & 1) === 0 || angle >> 1 > FULL_CIRCLE * 64) return undefined;
  return {
    isStart: start === 1,
    quality: head >> 2,
    angle: ((angle >> 1) / 64) % FULL_CIRCLE,
    distance: bytes.readUInt16LE(at + 3) / 4,
  };
}

/** Of an express scan: points whose angles lie between where this one begins and where the next one does. */
export interface Capsule {
  /** The first since the scan was started. */
  readonly isFirst: boolean;
  readonly startAngle: number;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly distance: number;
  /** To be taken off the angle, degrees. */
  readonly offset: number;
}

const HEAD_BYTES = 4;
const CABIN_BYTES = 5;
const CABINS = 16;
const DENSE_SAMPLES = 40;

/** Whether its sync nibbles and its checksum are right. Figure 4-12. */
export function isCapsule(bytes: Buffer, at: number, length: number): boolean {
  if (!hasCapsuleSync(bytes, at)) return false;
  let sum = 0;
  for (let i = at + 2; i < at + length; i++) sum ^= bytes[i] ?? 0;
  return sum === (((bytes[at] ?? 0) & 0x0f) | (((bytes[at + 1] ?? 0) & 0x0f) << 4));
}

export function hasCapsuleSync(bytes: Buffer, at: number): boolean {
  return (bytes[at] ?? 0) >> 4 === 0xa && (bytes[at + 1] ?? 0) >> 4 === 0x5;
}

/** Figures 4-11 to 4-13. */
export function capsuleOf(bytes: Buffer): Capsule {
  return { ...headOf(bytes), samples: Array.from({ length: CABINS }, (_, i) => cabin(bytes, i)).flat() };
}

/** Two points in five bytes: distances in mm with two bits of the offset each, then the lower bits of both offsets. */
function cabin(bytes: Buffer, index: number): readonly Sample[] {
  const at = HEAD_BYTES + index * CABIN_BYTES;
  const low = bytes[at + 4] ?? 0;
  return [sample(bytes.readUInt16LE(at), low & 0x0f), sample(bytes.readUInt16LE(at + 2), low >> 4)];
}

/**
 * The offset is in eighths of a degree. The protocol's text calls its top bit a sign, but Slamtec's own SDK takes all six as a
 * number from 0 to 7.875, and what the optics of its lidars need is 0 to 8 degrees: so that is what they send.
 */
function sample(word: number, low: number): Sample {
  return { distance: word >> 2, offset: (((word & 3) << 4) | low) / 8 };
}

/** Forty distances in mm, without offsets: the dense capsules of an express scan. */
export function denseCapsuleOf(bytes: Buffer): Capsule {
  return {
    ...headOf(bytes),
    samples: Array.from({ length: DENSE_SAMPLES }, (_, i) => ({
      distance: bytes.readUInt16LE(HEAD_BYTES + i * 2),
      offset: 0,
    })),
  };
}

function headOf(bytes: Buffer): Pick<Capsule, "isFirst" | "startAngle"> {
  const word = bytes.readUInt16LE(2);
  return { isFirst: word >> 15 === 1, startAngle: ((word & 0x7fff) / 64) % FULL_CIRCLE };
}
