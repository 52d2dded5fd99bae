import fc from "fast-check";
import t from "tap";
import { writeDescriptor } from "../../../devices/rplidar/protocol.ts";
import { AnswerScanner, type AnswerItem } from "../../../devices/rplidar/scanner.ts";
import { writeCapsule, writeNode } from "../../../devices/rplidar/writing.ts";
import { chunked, chunkSizes } from "../../support/chunks.ts";

const NODE = writeNode({ isStart: true, angle: 90, distance: 1_000, quality: 3 });
const CAPSULE = writeCapsule({ isFirst: false, startAngle: 12, distances: [1, 2, 3] });
const HEALTH = Buffer.concat([writeDescriptor(0x06), Buffer.alloc(3)]);

function told(items: readonly AnswerItem[]): string[] {
  return items.map((item) => {
    if (item.type === "begin") return `begin ${item.descriptor.kind}`;
    return item.type === "answer"
      ? `answer ${item.kind} ${item.bytes.toString("hex")}`
      : `${item.reason} ${item.bytes}`;
  });
}

t.test("a descriptor ends what was before it", async (t) => {
  const items = new AnswerScanner().push(
    Buffer.concat([writeDescriptor(0x81), NODE, HEALTH, NODE, writeDescriptor(0x82), CAPSULE]),
  );
  t.same(
    told(items).map((one) => one.replace(/ [0-9a-f]{6,}$/, "")),
    [
      "begin nodes",
      "answer nodes",
      "begin health",
      "answer health",
      "noise 5",
      "begin capsules",
      "answer capsules",
    ],
  );
});

t.test("a capsule with a wrong bit hides none that begins inside it", async (t) => {
  const broken = Buffer.from(CAPSULE.subarray(0, 40));
  const items = new AnswerScanner().push(
    Buffer.concat([writeDescriptor(0x82), broken, CAPSULE, CAPSULE, CAPSULE]),
  );
  t.same(
    items.map(({ type }) => type),
    ["begin", "discard", "answer", "answer", "answer"],
  );
  t.match(items[1], { bytes: 40, reason: "checksum" });
});

t.test("a descriptor of another length than its kind has is none", async (t) => {
  const wrong = Buffer.from("a55a0600004081", "hex");
  t.same(told(new AnswerScanner().push(Buffer.concat([wrong, HEALTH]))).slice(0, 2), [
    "noise 7",
    "begin health",
  ]);
});

t.test("any chunking gives the same items", async () => {
  const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));
  const piece = fc.oneof(
    fc.constantFrom(
      NODE,
      CAPSULE,
      HEALTH,
      writeDescriptor(0x81),
      writeDescriptor(0x82),
      writeDescriptor(0x84),
    ),
    noise,
    fc.nat(83).map((length) => CAPSULE.subarray(0, length)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), chunkSizes, (pieces, sizes) => {
      const sent = Buffer.concat(pieces);
      const whole = told(new AnswerScanner().push(sent));
      const scanner = new AnswerScanner();
      const inChunks: string[] = [];
      for (const chunk of chunked(sent, sizes)) inChunks.push(...told(scanner.push(chunk)));
      return JSON.stringify(inChunks) === JSON.stringify(whole);
    }),
    { numRuns: 1_000 },
  );
});
