import t from "tap";
import { decode, encode } from "../../src/message/index.ts";

const hex = (value: unknown): string => encode(value).toString("hex");

t.test("integers stay integers beyond 32 bits, at any depth", async (t) => {
  t.equal(hex(0x1_0000_0000), "1b0000000100000000");
  t.equal(hex({ a: [{ b: Number.MAX_SAFE_INTEGER }] }), "a1616181a161621b001fffffffffffff");
  t.equal(hex(-0x1_0000_0001), "3b0000000100000000");
  t.equal(hex(-2_147_483_649), "3a80000000", "beyond the signed 32 bits");
});

t.test("a key without a value is left out", async (t) => {
  t.equal(hex({ a: undefined, b: 1 }), "a1616201");
});

t.test("tags are refused: a decoder would build dates, sets and patterns of them", async (t) => {
  for (const tagged of [
    "c000",
    "c11a514b67b0",
    "d90102820102",
    "d81b82646d696f6101",
    "a16161c249010000000000000000",
  ])
    t.throws(() => decode(Buffer.from(tagged, "hex")), { code: "message-invalid", message: /tag/ }, tagged);
});
