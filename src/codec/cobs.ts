/**
 * Consistent overhead byte stuffing (Cheshire and Baker 1999, https://doi.org/10.1109/90.769765): bytes without a zero, so
 * that zeros can stand between packets. Each block begins with a code: the number of bytes up to the next zero, that zero
 * included; FF are 254 bytes with no zero after them.
 */
const LONGEST_BLOCK = 0xff;

/** Longest that so many bytes become. */
export function cobsBytes(bytes: number): number {
  return bytes + 1 + Math.floor(bytes / (LONGEST_BLOCK - 1));
}

export function encodeCobs(bytes: Uint8Array): Buffer {
  const encoded = Buffer.allocUnsafe(cobsBytes(bytes.length));
  let codeAt = 0;
  let at = 1;
  for (let from = 0; from < bytes.length; from++) {
    const byte = bytes[from] ?? 0;
    if (byte !== 0) encoded[at++] = byte;
    const isFull = at - codeAt === LONGEST_BLOCK;
    // A full block that ends the packet has no other after it.
    if (byte !== 0 && !(isFull && from + 1 < bytes.length)) continue;
    encoded[codeAt] = at - codeAt;
    codeAt = at++;
  }
  encoded[codeAt] = at - codeAt;
  return encoded.subarray(0, at);
}

/** @returns undefined if that is no encoded packet: it holds a zero, or ends within a block */
export function decodeCobs(encoded: Uint8Array): Buffer | undefined {
  if (encoded.length === 0) return undefined;
  const bytes = Buffer.allocUnsafe(encoded.length);
  let at = 0;
  for (let codeAt = 0; codeAt < encoded.length;) {
    const code = encoded[codeAt] ?? 0;
    const end = codeAt + code;
    if (code === 0 || end > encoded.length) return undefined;
    for (let from = codeAt + 1; from < end; from++) {
      const byte = encoded[from] ?? 0;
      if (byte === 0) return undefined;
      bytes[at++] = byte;
    }
    if (code < LONGEST_BLOCK && end < encoded.length) bytes[at++] = 0;
    codeAt = end;
  }
  return bytes.subarray(0, at);
}
