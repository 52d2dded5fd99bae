import t from "tap";
import { MarkedLineSplitter } from "../../src/codec/index.ts";

const MARKS = [...Buffer.from("$!")];

function told(splitter: MarkedLineSplitter, ...chunks: string[]): (string | [string, number])[] {
  return chunks.flatMap((chunk) =>
    splitter
      .push(Buffer.from(chunk, "latin1"))
      .map((item): string | [string, number] =>
        item.type === "line" ? item.bytes.toString("latin1") : [item.reason, item.bytes],
      ),
  );
}

const splitter = (maxBytes = 80): MarkedLineSplitter => new MarkedLineSplitter(MARKS, maxBytes);

t.test("lines begin with a mark and end with CR or LF", async (t) => {
  t.same(told(splitter(), "$a,1\r\n!b\n\n$c\r"), ["$a,1", "!b", "$c"]);
});

t.test("what comes before the first mark is noise, one discard a line", async (t) => {
  t.same(told(splitter(), "tail\r\nmore\r\nx$a\r\n"), [["noise", 4], ["noise", 4], ["noise", 1], "$a"]);
});

t.test("a mark inside a line cuts it off and begins another", async (t) => {
  t.same(told(splitter(), "$GPGSV,3,1$GPGGA,1\r\n"), [["truncated", 10], "$GPGGA,1"]);
  t.same(told(splitter(), "$GPG", "SV", "$", "GP\r\n"), [["truncated", 6], "$GP"]);
  t.same(told(splitter(), "$$a\n"), [["truncated", 1], "$a"]);
});

t.test("a line longer than the cap is told of at once, and the next mark begins a line", async (t) => {
  const one = splitter(4);
  t.same(told(one, "$123\n$1234"), ["$123", ["too-long", 4]]);
  t.same(told(one, "56$a\n"), [["noise", 3], "$a"]);
});

t.test("10 MB of noise cost no memory and are told of in pieces", async (t) => {
  const one = splitter();
  const chunk = Buffer.alloc(64 * 1024, 0);
  let discarded = 0;
  for (let i = 0; i < 160; i++) {
    for (const item of one.push(chunk)) if (item.type === "discard") discarded += item.bytes;
    if (one.pending > 256) t.fail(`${one.pending} bytes pending`);
  }
  t.equal(discarded, 10 * 1024 * 1024);
  t.same(told(one, "$a\n"), ["$a"]);
});
