import { encodeColumn, decodeColumn } from "../../../src/journal/column.ts";
import { decodeCommandRow, encodeCommandRow } from "../../../src/journal/command-row.ts";
import { compress, decompress, INTAKE_LEVEL } from "../../../src/journal/compression.ts";
import { decodeRun, encodeRun, packRun, type Entry } from "../../../src/journal/packed-run.ts";
import { encodeRecord, findRecord, itemsOf, RECORD_HEAD_BYTES } from "../../../src/journal/record.ts";
import { bodyOf as bodyIn, unpackRun, type Run } from "../../../src/journal/run.ts";
import { encodeHead, findHead } from "../../../src/journal/slot-file.ts";
import { crc32 } from "node:zlib";
import { bodyOf, timeOf } from "../../support/journal.ts";
import { hold, seedOf, tokens, type Target } from "../target.ts";

/** What is read from a file that was damaged in a way that its checksums do not show. */
const isRangeError = (thrown: unknown): boolean => thrown instanceof RangeError;
/** zlib's have a code of their own. */
const isZlibError = (thrown: unknown): boolean => thrown instanceof Error && "code" in thrown;

function run(epoch: number, count: number, form: "headless" | "whole"): ReturnType<typeof packRun> {
  const entries = Array.from({ length: count }, (_, i): Entry => {
    const body = form === "headless" ? bodyOf("gps", epoch, i + 1) : Buffer.from(`body ${i}`);
    return { epoch, seq: i + 1, timeUs: timeOf(i + 1), body };
  });
  return packRun(entries);
}

const RUNS = [run(1, 3, "headless"), run(7, 40, "headless"), run(2, 5, "whole"), run(1, 1, "whole")];
const ROW = {
  id: "0198c0de-0000-7000-8000-000000000000",
  state: "running",
  timeUs: timeOf(1),
  envelope: Buffer.from("envelope"),
  progress: Buffer.from("progress"),
} as const;

const column: Target = {
  name: "journal-column",
  share: 3,
  maxBytes: 2_048,
  corpus: [[], [5, 5, 5], [1, 2, 300, 70_000], [-1, 2 ** 52]].map((values) =>
    Buffer.concat([encodeColumn(Float64Array.from(values)), Buffer.from("rest")]),
  ),
  documented: isRangeError,
  decode(input) {
    const count = Math.abs(seedOf(input)) % 8;
    const { values, end } = decodeColumn(input, 0, count);
    hold(values.length === count && end <= input.length, "a column beyond its end");
    hold(values.every(Number.isInteger), "a column of what are no whole numbers");
    return true;
  },
};

const runTarget: Target = {
  name: "journal-run",
  share: 3,
  maxBytes: 4_096,
  corpus: RUNS.map(encodeRun),
  documented: isRangeError,
  decode(input) {
    const unpacked = unpackRun(decodeRun(input));
    holdsRun(unpacked);
    return true;
  },
};

function holdsRun(unpacked: Run): void {
  let from = 0;
  for (let i = 0; i < unpacked.count; i++) {
    const end = unpacked.ends[i] as number;
    hold(end >= from && end <= unpacked.bytes.length, "a body that ends before it begins, or beyond the run");
    hold(bodyIn(unpacked, i).length === end - from, "a body of another length");
    from = end;
  }
}

const row: Target = {
  name: "journal-command",
  share: 2,
  maxBytes: 1_024,
  corpus: [encodeCommandRow(ROW), encodeCommandRow({ ...ROW, state: "failed", envelope: Buffer.alloc(0) })],
  documented: isRangeError,
  decode(input) {
    const one = decodeCommandRow("id", input);
    const again = encodeCommandRow(one);
    // The sign and the payload of a NaN are nobody's.
    hold(Number.isNaN(one.timeUs) || again.equals(input), "another row after encoding");
    return true;
  },
};

const SALT = 77;
const RECORDS = [1, 2].map((number) =>
  encodeRecord(
    number,
    timeOf(number),
    { runs: RUNS.slice(number).map((one) => ({ stream: "gps", run: one })), commands: [ROW] },
    SALT,
  ),
);

/** A record whose sum is right, whatever it holds. */
function fixRecord(input: Buffer): Buffer {
  if (input.length < RECORD_HEAD_BYTES) return input;
  input.writeUInt32LE(Math.max(0, input.length - RECORD_HEAD_BYTES), 24);
  input.writeUInt32LE(crc32(input.subarray(8), SALT), 4);
  return input;
}

const record: Target = {
  name: "journal-record",
  share: 1,
  maxBytes: 4_096,
  corpus: RECORDS.map(({ bytes }) => bytes),
  documented: (thrown) => isRangeError(thrown) || isZlibError(thrown),
  fix: fixRecord,
  decode(input) {
    const found = findRecord(input, 0, SALT);
    if (!found) return false;
    for (const { bytes } of itemsOf(found).runs) holdsRun(unpackRun(decodeRun(bytes)));
    return true;
  },
};

/** What is in a record before it is compressed: so that more than the compression is tried. */
const items: Target = {
  name: "journal-items",
  share: 0.5,
  maxBytes: 2_048,
  corpus: RECORDS.map(({ bytes, rawBytes }) => decompress(bytes.subarray(RECORD_HEAD_BYTES), rawBytes)),
  documented: isRangeError,
  decode(input) {
    const packed = Buffer.concat([Buffer.alloc(RECORD_HEAD_BYTES), compress(input, INTAKE_LEVEL)]);
    const { runs, commands } = itemsOf({ number: 1, writtenUs: 1, rawBytes: input.length, bytes: packed });
    const bytes = runs.reduce((sum, one) => sum + one.bytes.length, 0);
    hold(bytes <= input.length && commands.length <= input.length, "more than there was");
    return true;
  },
};

const decompression: Target = {
  name: "journal-zstd",
  share: 0.5,
  // Comes by no wire, and makes 8 MiB at most.
  maxMs: 100,
  maxBytes: 4_096,
  corpus: [
    ...RUNS.map((one) => compress(encodeRun(one), INTAKE_LEVEL)),
    // A bomb: more than is ever read.
    compress(Buffer.alloc(9 * 1024 * 1024), INTAKE_LEVEL),
  ],
  documented: isZlibError,
  decode(input) {
    const raw = decompress(input, [0, 100, 4_000][Math.abs(seedOf(input)) % 3] as number);
    hold(raw.length <= 8 * 1024 * 1024, "more than is ever written");
    return true;
  },
};

const slots: Target = {
  name: "journal-head",
  share: 1,
  maxBytes: 12_288,
  corpus: [
    Buffer.concat([encodeHead({ slots: 2, salt: 5 }), Buffer.alloc(64)]),
    Buffer.concat([Buffer.alloc(4_096), encodeHead({ slots: 3, salt: 5 })]),
    ...tokens("", "DNI1"),
  ],
  decode(input) {
    const head = findHead(input);
    if (head) hold(head.slots <= 0xffff_ffff, "a head beyond all heads");
    return head !== undefined;
  },
};

export const DISK_TARGETS: readonly Target[] = [column, runTarget, row, record, items, decompression, slots];
