import fc from "fast-check";
import t from "tap";
import { decode } from "../../src/message/index.ts";
import { CborWriter } from "../../src/message/cbor-writer.ts";

/** What a writer writes, as hex. */
function written(write: (writer: CborWriter) => void): string {
  const writer = new CborWriter();
  write(writer);
  return writer.take().toString("hex");
}

t.test("numbers are as RFC 8949, appendix A, has them", async (t) => {
  const examples: [number, string][] = [
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [100, "1864"],
    [1000, "1903e8"],
    [1000000, "1a000f4240"],
    [1000000000000, "1b000000e8d4a51000"],
    [-1, "20"],
    [-100, "3863"],
    [-1000, "3903e7"],
    [1.1, "fb3ff199999999999a"],
    [-4.1, "fbc010666666666666"],
    [1.0e300, "fb7e37e43c8800759c"],
  ];
  for (const [value, hex] of examples)
    t.equal(
      written((writer) => writer.number(value)),
      hex,
      String(value),
    );
  for (const value of [NaN, Infinity, -Infinity])
    t.equal(
      written((writer) => writer.number(value)),
      "f6",
    );
});

t.test("every whole number decodes to itself, at the edges of each width too", async (t) => {
  const edges = [2 ** 8, 2 ** 16, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((edge) => [
    edge - 1,
    edge,
    -edge,
    -edge - 1,
  ]);
  for (const value of edges.filter(Number.isSafeInteger))
    t.equal(
      decode(
        Buffer.from(
          written((writer) => writer.number(value)),
          "hex",
        ),
      ),
      value,
    );
});

t.test("text of any length and script decodes to itself", async (t) => {
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 80 }), fc.string({ maxLength: 300 }));
  fc.assert(
    fc.property(text, (value) => {
      t.equal(
        decode(
          Buffer.from(
            written((writer) => writer.text(value)),
            "hex",
          ),
        ),
        value.toWellFormed(),
      );
    }),
  );
});

t.test("what does not fit the room makes it larger, and what was taken stays as it is", async (t) => {
  const writer = new CborWriter();
  writer.text("short");
  const first = writer.take();
  writer.map(2);
  writer.text("long");
  writer.text("x".repeat(5_000));
  writer.text("é");
  writer.null();
  t.same(decode(writer.take()), { long: "x".repeat(5_000), é: null });
  t.equal(decode(first), "short");
});
