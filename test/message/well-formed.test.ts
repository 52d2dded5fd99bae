import fc from "fast-check";
import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import {
  decode,
  encode,
  head,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_MESSAGE_BYTES,
  text,
  wellFormed,
} from "../../src/message/index.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

t.test("refuses what RFC 8949 appendix F calls not well-formed, and what Dunlin does not take", async (t) => {
  const refused: Record<string, RegExp> = {
    "": /cut off/,
    "18": /cut off/,
    "1c": /reserved length/,
    "9f0102ff": /indefinite length/,
    "62e2": /cut off/,
    "61ff": /not UTF-8/,
    a10102: /map key that is not text/,
    "0000": /1 bytes after the end/,
    f818: /reserved simple/,
    "5bffffffffffffffff": /cut off/,
    "9bffffffffffffffff": /more than 4096 items/,
    bbffffffffffffffff: /more than 4096 items/,
  };
  for (const [hex, reason] of Object.entries(refused)) t.match(wellFormed(bytes(hex)), reason, hex);
});

t.test("bounds depth, counts and size", async (t) => {
  t.equal(wellFormed(bytes(`${"81".repeat(MAX_DEPTH)}00`)), undefined);
  t.match(wellFormed(bytes(`${"81".repeat(MAX_DEPTH + 1)}00`)), /nested deeper/);
  t.match(wellFormed(bytes("c1".repeat(100_000))), /tag/, "tags cannot nest: there are none");
  t.equal(wellFormed(encode(Array.from({ length: MAX_ITEMS }, () => 0))), undefined);
  t.match(wellFormed(encode(Array.from({ length: MAX_ITEMS + 1 }, () => 0))), /more than/);
  t.throws(() => decode(Buffer.alloc(MAX_MESSAGE_BYTES + 1)), { code: "message-too-large" });
});

t.test("any bytes are decoded or refused with a DunlinError, never anything else", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
      try {
        decode(input);
      } catch (thrown) {
        t.type(thrown, DunlinError);
      }
    }),
    { numRuns: 5_000 },
  );
});

t.test("hand-made heads are those of the encoder", async (t) => {
  for (const number of [0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295])
    t.same(head("uint", number), encode(number), String(number));
  t.same(head("uint", 2 ** 40), encode(BigInt(2 ** 40)));
  for (const word of ["", "a", "x".repeat(300)]) t.same(text(word), encode(word));
});
