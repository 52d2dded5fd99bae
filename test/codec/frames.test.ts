import t from "tap";
import { FrameScanner, INCOMPLETE, type FrameFormat } from "../../src/codec/index.ts";

/** AA 55, length of what follows, data, sum of the data. */
const FORMAT: FrameFormat = {
  sync: [0xaa, 0x55],
  headBytes: 3,
  maxBytes: 12,
  lengthOf: (bytes, at) => 3 + (bytes[at + 2] ?? 0),
  isIntact: (bytes, start, end) =>
    end - start > 3 &&
    (bytes.subarray(start + 3, end - 1).reduce((a, b) => a + b, 0) & 0xff) === bytes[end - 1],
};

/** Each frame as hex, each discard as reason and bytes; chunks are hex. */
function told(scanner: FrameScanner, ...chunks: string[]): (string | [string, number])[] {
  return chunks.flatMap((chunk) =>
    scanner
      .push(Buffer.from(chunk.replaceAll(" ", ""), "hex"))
      .map((item): string | [string, number] =>
        item.type === "frame" ? item.bytes.toString("hex") : [item.reason, item.bytes],
      ),
  );
}

const A = "aa5503010203";
const B = "aa550405060a15";

t.test("frames one after the other, whole and in pieces", async (t) => {
  t.same(told(new FrameScanner(FORMAT), A + B + A), [A, B, A]);
  t.same(told(new FrameScanner(FORMAT), "aa", "55", "0301", "0203aa", "550405", "060a", "15"), [A, B]);
});

t.test("noise before, between and after is counted as such", async (t) => {
  const scanner = new FrameScanner(FORMAT);
  t.same(told(scanner, `0102 aa ${A} 55aa99 ${B} 07`), [["noise", 3], A, ["noise", 3], B]);
  t.equal(scanner.pending, 1);
});

t.test("a frame that fails its check is a checksum discard of its length", async (t) => {
  t.same(told(new FrameScanner(FORMAT), `aa5503010204 ${B}`), [["checksum", 6], B]);
});

t.test("a frame cut off by the next costs only itself", async (t) => {
  t.same(told(new FrameScanner(FORMAT), `aa550405 ${A} 00`), [["truncated", 4], A]);
});

t.test("a sync inside a frame is data", async (t) => {
  const frame = "aa550501aa550202";
  t.same(told(new FrameScanner(FORMAT), frame + A), [frame, A]);
});

t.test("a false sync inside a broken frame is part of it", async (t) => {
  t.same(told(new FrameScanner(FORMAT), `aa5507 aa55020908 0000 ${A}`), [["checksum", 10], A]);
});

t.test("what claims to be longer than any frame is no frame", async (t) => {
  t.same(told(new FrameScanner(FORMAT), `aa55ff ${A}`), [["noise", 3], A]);
});

t.test("frames of one push stay whole while the rest of it is kept", async (t) => {
  const scanner = new FrameScanner(FORMAT);
  scanner.push(Buffer.from("aa5503", "hex"));
  const items = scanner.push(Buffer.from(`010203${A}aa5504`, "hex"));
  t.same(
    items.map((item) => item.type === "frame" && item.bytes.toString("hex")),
    [A, A],
  );
  t.same(told(scanner, "05060a15"), [B]);
});

t.test("10 MB of anything cost bounded memory", async (t) => {
  for (const byte of [0x00, 0xaa]) {
    const scanner = new FrameScanner(FORMAT);
    const chunk = Buffer.alloc(64 * 1024, byte);
    let discarded = 0;
    for (let i = 0; i < 160; i++)
      for (const item of scanner.push(chunk)) if (item.type === "discard") discarded += item.bytes;
    t.equal(discarded + scanner.pending, 10 * 1024 * 1024);
    t.ok(scanner.pending <= 256 + FORMAT.maxBytes);
  }
});

/** 24, digits, 0A: how long it is shows only at its end. */
const TEXT: FrameFormat = {
  sync: [0x24],
  headBytes: 1,
  maxBytes: 8,
  lengthOf: (bytes, at) => {
    for (let end = at + 1; end < at + 8; end++) {
      const byte = bytes[end];
      if (byte === undefined) return INCOMPLETE;
      if (byte === 0x0a) return end + 1 - at;
      if (byte < 0x30 || byte > 0x39) return 0;
    }
    return 0;
  },
  isIntact: (_, start, end) => end - start > 2,
};

t.test("frames of two formats on one line, whole and byte by byte", async (t) => {
  const line = "2431323334 0a".replace(" ", "");
  const sent = `${A}${line}ff${line}${B}24313233${A}2431323334353637${line}240a`;
  const found = [A, line, ["noise", 1], line, B, ["noise", 4], A, ["noise", 8], line, ["checksum", 2]];
  t.same(told(new FrameScanner(FORMAT, TEXT), sent), found);
  t.same(told(new FrameScanner(TEXT, FORMAT), ...(sent.match(/../g) ?? [])), found);
});

t.test("a frame of one format inside a broken one of the other", async (t) => {
  const broken = "aa5508" + "24313233340a" + "0000";
  t.same(told(new FrameScanner(FORMAT, TEXT), broken + A), [
    ["truncated", 3],
    "24313233340a",
    ["noise", 2],
    A,
  ]);
});
