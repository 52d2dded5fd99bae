import { DunlinError } from "../base/index.ts";

/** Heads of CBOR byte strings, RFC 8949 §3: length in the head, in one byte after it, in two, in four. */
const BYTES = 0x40;
const [ONE_BYTE, TWO_BYTES, FOUR_BYTES] = [0x58, 0x59, 0x5a];
const IN_HEAD = 24;
const MAX_HEAD_BYTES = 5;
const NOTHING = Buffer.alloc(0);

/**
 * Readings on their way from an agent to its hub, as one frame: a CBOR sequence (RFC 8742) of byte strings, topic and body in turn. An
 * empty topic is the one before it. A frame for each would cost a socket more than all else.
 * @param pairs topic, body, topic, body, …
 */
export function packReadings(pairs: readonly Buffer[]): Buffer {
  const most = pairs.reduce((sum, { length }) => sum + length + MAX_HEAD_BYTES, 0);
  const packed = Buffer.allocUnsafe(most);
  let at = 0;
  let topic: Buffer | undefined;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const next = pairs[i];
    at = put(packed, at, next === topic ? NOTHING : (next as Buffer));
    at = put(packed, at, pairs[i + 1] as Buffer);
    topic = next;
  }
  return packed.subarray(0, at);
}

/** Takes it apart again: the pairs are parts of the frame, not copies. @throws DunlinError `message-invalid` */
export function unpackReadings(packed: Buffer): Buffer[] {
  const pairs: Buffer[] = [];
  let topic: Buffer = NOTHING;
  for (let at = 0; at < packed.length;) {
    const next = take(packed, at);
    const body = take(packed, next.end);
    if (next.bytes.length > 0) topic = next.bytes;
    pairs.push(topic, body.bytes);
    at = body.end;
  }
  return pairs;
}

function put(into: Buffer, at: number, bytes: Buffer): number {
  const { length } = bytes;
  let end = at;
  if (length < IN_HEAD) into[end++] = BYTES | length;
  else if (length < 0x100) {
    into[end++] = ONE_BYTE;
    into[end++] = length;
  } else if (length < 0x1_0000) {
    into[end++] = TWO_BYTES;
    end = into.writeUInt16BE(length, end);
  } else {
    into[end++] = FOUR_BYTES;
    end = into.writeUInt32BE(length, end);
  }
  into.set(bytes, end);
  return end + length;
}

function take(from: Buffer, at: number): { readonly bytes: Buffer; readonly end: number } {
  const first = from[at] ?? 0;
  let start = at + 1;
  let length = first - BYTES;
  if (first === ONE_BYTE) length = from[start++] ?? NaN;
  else if (first === TWO_BYTES && start + 1 < from.length) {
    length = from.readUInt16BE(start);
    start += 2;
  } else if (first === FOUR_BYTES && start + 3 < from.length) {
    length = from.readUInt32BE(start);
    start += 4;
  } else if (length < 0 || length >= IN_HEAD) length = NaN;
  const end = start + length;
  // A length that is none compares to nothing.
  if (end <= from.length) return { bytes: from.subarray(start, end), end };
  throw new DunlinError("message-invalid", "hub link: readings that are cut off, or none");
}
