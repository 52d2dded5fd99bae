import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { DunlinError } from "../../src/base/index.ts";
import {
  formatHeader,
  formatItem,
  MAX_CHUNK_BYTES,
  MAX_RECORDING_LINE_BYTES,
  type RecordedItem,
  type RecordingHeader,
  RecordingParser,
} from "../../src/serial/index.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";

const times = fc.oneof(fc.nat({ max: 5_000 }), fc.integer({ min: 0, max: 999_999_999_999 }));
const chunks = fc.record({
  kind: fc.constant("chunk" as const),
  atMs: times,
  direction: fc.constantFrom("<" as const, ">" as const),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});
const gaps = fc.record({
  kind: fc.constant("gap" as const),
  atMs: times,
  text: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
});
const recordings = fc
  .array(fc.oneof(chunks, gaps), { maxLength: 12 })
  .map((items): RecordedItem[] => items.toSorted((one, other) => one.atMs - other.atMs));
const headers: fc.Arbitrary<RecordingHeader> = fc.record(
  {
    port: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
    driver: fc.string({ minLength: 1 }),
    settings: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
    start: fc
      .date({ min: new Date(0), max: new Date("2099-01-01T00:00:00Z"), noInvalidDate: true })
      .map((date) => date.toISOString()),
  },
  { requiredKeys: [] },
);

function text(header: RecordingHeader, items: readonly RecordedItem[]): Buffer {
  return Buffer.from(formatHeader(header) + items.map(formatItem).join(""));
}

function pushAll(parser: RecordingParser, bytes: Uint8Array, sizes: readonly number[]): RecordedItem[] {
  const items: RecordedItem[] = [];
  for (const piece of chunked(bytes, sizes)) items.push(...parser.push(piece));
  return items;
}

/** What of a gap is kept is on one line. */
function kept(item: RecordedItem): unknown {
  if (item.kind === "chunk") return { ...item, bytes: [...item.bytes] };
  return { ...item, text: item.text.replaceAll(/\p{Cc}+/gu, " ").trim() || "?" };
}

t.test("what is written is read, however it is cut up", async () => {
  fc.assert(
    fc.property(headers, recordings, chunkSizes, (header, items, sizes) => {
      const parser = new RecordingParser("a.rec");
      const read = pushAll(parser, text(header, items), sizes);
      parser.end();
      deepStrictEqual(JSON.parse(JSON.stringify(parser.header)), JSON.parse(JSON.stringify(header)));
      deepStrictEqual(read.map(kept), items.map(kept));
    }),
    { numRuns: 300 },
  );
});

/** Pieces of lines, thrown together and into a recording: reaches further than bytes at random. */
const pieces = fc.constantFrom(
  ...'0|5|17|999999999999|1000000000000| | <| >| !| 24| 4| gg|24|#|é|\n|\r\n|\r|\0|dunlin-recording 1 {}|{|}|"'.split(
    "|",
  ),
);
const garbage = fc.oneof(
  fc.array(pieces, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(""))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

t.test("anything at all is read, or is a fault with a line; never half of it", async () => {
  fc.assert(
    fc.property(headers, recordings, garbage, fc.nat(), fc.boolean(), (header, items, wrong, where, cut) => {
      const whole = text(header, items);
      const at = where % (whole.length + 1);
      const bytes = Buffer.concat([whole.subarray(0, at), wrong, cut ? Buffer.of() : whole.subarray(at)]);
      const outcomes = [[bytes.length || 1], [1], [7, 3]].map((sizes) => outcome(bytes, sizes));
      deepStrictEqual(outcomes[1], outcomes[0]);
      deepStrictEqual(outcomes[2], outcomes[0]);
    }),
    { numRuns: 1_000 },
  );
});

function outcome(bytes: Buffer, sizes: readonly number[]): unknown {
  const parser = new RecordingParser("a.rec");
  try {
    const items = pushAll(parser, bytes, sizes);
    parser.end();
    for (const item of items) if (item.kind === "chunk" && item.bytes.length > MAX_CHUNK_BYTES) throw item;
    return items.map(kept);
  } catch (thrown) {
    if (!(thrown instanceof DunlinError) || !/^a\.rec:\d+: /.test(thrown.message)) throw thrown;
    return thrown.message;
  }
}

t.test("a line without an end is given up when it is too long", async (t) => {
  const parser = new RecordingParser("a.rec");
  parser.push(Buffer.from("dunlin-recording 1 {}\n"));
  const piece = Buffer.alloc(1_000, 0x23);
  let pushed = 0;
  t.throws(
    () => {
      for (; pushed < 1_000_000; pushed += piece.length) parser.push(piece);
    },
    { code: "recording-invalid" },
  );
  t.ok(pushed <= MAX_RECORDING_LINE_BYTES);
});
