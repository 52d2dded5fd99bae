import fc from "fast-check";
import t from "tap";
import { cobsBytes, decodeCobs, encodeCobs } from "../../src/codec/index.ts";
import { capturesOf } from "../devices/captures.ts";

interface Vectors {
  readonly vectors: readonly { readonly decoded: string; readonly encoded: string }[];
  readonly rejects: readonly string[];
}

for (const { name, expected, bytes } of capturesOf("cobs"))
  t.test(`cobs ${name}`, async (t) => {
    const { vectors, rejects } = expected as unknown as Vectors;
    t.equal(vectors.length, 13);
    for (const { decoded, encoded } of vectors) {
      t.equal(encodeCobs(Buffer.from(decoded, "hex")).toString("hex"), encoded);
      t.equal(decodeCobs(Buffer.from(encoded, "hex"))?.toString("hex"), decoded);
    }
    t.equal(rejects.length, 4);
    for (const encoded of rejects) t.equal(decodeCobs(Buffer.from(encoded, "hex")), undefined, encoded);
    const stream = vectors.map(({ encoded }) => `${encoded}00`).join("");
    t.equal(bytes.toString("hex"), stream, "the file is all of them, each with a zero after it");
  });

t.test("whatever goes in comes out, without a zero between, and no longer than said", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.array(fc.constantFrom(0, 0, 1, 255), { maxLength: 600 }).map((list) => Uint8Array.from(list)),
    fc.integer({ min: 250, max: 520 }).map((length) => new Uint8Array(length).fill(7)),
  );
  fc.assert(
    fc.property(bytes, (plain) => {
      const encoded = encodeCobs(plain);
      const decoded = decodeCobs(encoded);
      return (
        !encoded.includes(0) &&
        encoded.length <= cobsBytes(plain.length) &&
        decoded !== undefined &&
        Buffer.compare(decoded, plain) === 0
      );
    }),
  );
});

t.test("nothing is no packet, and anything at all throws nothing", async (t) => {
  t.equal(decodeCobs(Buffer.of()), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const decoded = decodeCobs(bytes);
      return decoded === undefined || decoded.length < bytes.length;
    }),
  );
});
