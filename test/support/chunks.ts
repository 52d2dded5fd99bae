import fc from "fast-check";

/** How a stream may be cut up: byte by byte, in small or in large pieces; the sizes are used in turn. */
export const chunkSizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });

/** The bytes in pieces of these sizes. Each is wiped when the next is asked for: a chunk is only valid during the call. */
export function* chunked(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const chunk = Uint8Array.from(bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1)));
    at += chunk.length;
    yield chunk;
    chunk.fill(0x24);
  }
}
