import t from "tap";
import { LineSplitter } from "../../src/codec/index.ts";

function told(splitter: LineSplitter, ...chunks: string[]): (string | [string, number])[] {
  return chunks.flatMap((chunk) =>
    splitter
      .push(Buffer.from(chunk, "latin1"))
      .map((item): string | [string, number] =>
        item.type === "line" ? item.bytes.toString("latin1") : [item.reason, item.bytes],
      ),
  );
}

t.test("CR, LF and CRLF end a line, and empty lines are nothing", async (t) => {
  t.same(told(new LineSplitter(80), "a\nb\rc\r\n\r\n\n\rd\r\n"), ["a", "b", "c", "d"]);
});

t.test("a line comes when its end does, in whatever pieces", async (t) => {
  const splitter = new LineSplitter(80);
  t.same(told(splitter, "one"), []);
  t.equal(splitter.pending, 3);
  t.same(told(splitter, "two\r", "\nthr", "ee", "\n"), ["onetwo", "three"]);
  t.equal(splitter.pending, 0);
});

t.test("a line within the chunk is not copied", async (t) => {
  const chunk = Buffer.from("abc\ndef\n");
  const [first, second] = new LineSplitter(80).push(chunk);
  chunk.fill("x");
  t.match(first, { type: "line", bytes: Buffer.from("xxx") });
  t.match(second, { type: "line", bytes: Buffer.from("xxx") });
});

t.test("two cut lines of one push do not share memory", async (t) => {
  const splitter = new LineSplitter(80);
  splitter.push(Buffer.from("aa"));
  const [line] = splitter.push(Buffer.from("bb\ncccccc"));
  t.match(line, { bytes: Buffer.from("aabb") });
  t.same(told(splitter, "\n"), ["cccccc"]);
});

t.test("the longest line passes, one byte more does not, and the next line does", async (t) => {
  t.same(told(new LineSplitter(4), "1234\n12345\n12\n"), ["1234", ["too-long", 5], "12"]);
  t.same(told(new LineSplitter(4), "12", "34", "\n12", "345", "\n", "12\n"), ["1234", ["too-long", 5], "12"]);
});

t.test("10 MB without a line's end cost no more memory than one piece", async (t) => {
  const splitter = new LineSplitter(1024);
  const chunk = Buffer.alloc(4096, "x");
  let discarded = 0;
  for (let i = 0; i < 2560; i++) {
    for (const item of splitter.push(chunk)) {
      if (item.type === "line") t.fail("a line");
      else discarded += item.bytes;
    }
    if (splitter.pending > 65_536) t.fail(`${splitter.pending} bytes pending`);
  }
  t.equal(discarded, 10 * 1024 * 1024);
  t.same(told(splitter, "x\nok\n"), [["too-long", 1], "ok"]);
});
