import type { Node } from "./points.ts";

/** What lidars send, for the simulator. Distances in mm, angles in degrees. */
export function writeNode({ isStart, quality, angle, distance }: Node): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8((quality << 2) | (isStart ? 1 : 2), 0);
  bytes.writeUInt16LE((Math.round(angle * 64) << 1) | 1, 1);
  bytes.writeUInt16LE(Math.round(distance * 4), 3);
  return bytes;
}

/** Without offsets. The distances are those of its 32 points, up to 16383. */
export function writeCapsule({
  isFirst,
  startAngle,
  distances,
}: {
  readonly isFirst: boolean;
  readonly startAngle: number;
  readonly distances: readonly number[];
}): Buffer {
  const bytes = Buffer.alloc(84);
  bytes.writeUInt16LE((isFirst ? 0x8000 : 0) | (Math.round(startAngle * 64) % (360 * 64)), 2);
  for (const [index, distance] of distances.entries())
    bytes.writeUInt16LE(distance << 2, 4 + (index >> 1) * 5 + (index & 1) * 2);
  return sealCapsule(bytes);
}

/** Puts the sync nibbles and the checksum before what is there. */
export function sealCapsule(bytes: Buffer): Buffer {
  let sum = 0;
  for (let at = 2; at < bytes.length; at++) sum ^= bytes[at] ?? 0;
  bytes[0] = 0xa0 | (sum & 0x0f);
  bytes[1] = 0x50 | (sum >> 4);
  return bytes;
}
