import fc from "fast-check";
import t from "tap";
import {
  decodeReading,
  encode,
  encodeReading,
  faultInReading,
  readingPrefix,
  seqOf,
  wellFormed,
  type Reading,
} from "../../src/message/index.ts";

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  fc.constant(null),
);
const reading: fc.Arbitrary<Reading> = fc.record({
  epoch: fc.maxSafeNat(),
  seq: fc.maxSafeNat(),
  time: fc.maxSafeNat(),
  clock: fc.constantFrom("synced" as const, "unsynced" as const),
  values: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/), value, { noNullPrototype: true }),
});

t.test(
  "what is encoded is well-formed, decodes to the same, and shows its number without being decoded",
  async (t) => {
    fc.assert(
      fc.property(reading, (original) => {
        const body = encodeReading(original);
        t.equal(wellFormed(body), undefined);
        t.same(decodeReading(body), original);
        t.equal(seqOf(body, readingPrefix(original.epoch)), original.seq);
        t.equal(
          seqOf(body, readingPrefix(original.epoch === 0 ? 1 : original.epoch - 1)),
          undefined,
          "another epoch",
        );
      }),
    );
  },
);

t.test("a body that is cut off anywhere is refused and its seq never misread", async (t) => {
  const body = encodeReading({
    epoch: 300,
    seq: 70_000,
    time: 1_800_000_000_000_000,
    clock: "synced",
    values: { a: 1 },
  });
  const prefix = readingPrefix(300);
  for (let length = 0; length < body.length; length++) {
    const cut = body.subarray(0, length);
    t.throws(() => decodeReading(cut), { code: "message-invalid" });
    t.ok([undefined, 70_000].includes(seqOf(cut, prefix)));
  }
});

const READING: Reading = {
  epoch: 3,
  seq: 7,
  time: 1_790_000_000_000_000,
  clock: "synced",
  values: { t: 1.5 },
};

t.test("what is no reading is told apart by the whole of its shape", async (t) => {
  t.equal(faultInReading(encodeReading(READING)), undefined);
  const { epoch, seq, time, clock, values } = READING;
  const bad: Record<string, unknown> = {
    "a key is missing": { epoch, seq, time, clock },
    "a key is unknown": { epoch, seq, time, clock, values, more: 1 },
    "the order is another": { seq, epoch, time, clock, values },
    "time is a fraction": { epoch, seq, time: 1.5, clock, values },
    "the clock is a word of its own": { epoch, seq, time, clock: "fine", values },
    "a value is nested": { epoch, seq, time, clock, values: { t: [1] } },
    "a value is no number": { epoch, seq, time, clock, values: { t: Number.NaN } },
    "a metric is no name": { epoch, seq, time, clock, values: { "T 1": 1 } },
    "values is a list": { epoch, seq, time, clock, values: [1] },
  };
  for (const [what, value] of Object.entries(bad))
    t.match(faultInReading(encode(value)), /reading whose/, what);
  t.match(faultInReading(encodeReading(READING).subarray(0, 20)), /cut off/);
});

t.test("NaN and the infinities go out as null", async (t) => {
  const values = { a: Number.NaN, b: Infinity, c: -Infinity, d: 0 };
  t.same(decodeReading(encodeReading({ ...READING, values })).values, { a: null, b: null, c: null, d: 0 });
});
