import fc from "fast-check";
import t from "tap";
import { decodeSlip, encodeSlip, SLIP_END, SlipSplitter } from "../../src/codec/index.ts";
import { capturesOf } from "../devices/captures.ts";
import { chunked, chunkSizes } from "../support/chunks.ts";

interface Vectors {
  readonly vectors: readonly { readonly decoded: string; readonly encoded: string }[];
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** What comes of a stream: packets in hex, discards as reason and size. */
function told(splitter: SlipSplitter, chunks: Iterable<Uint8Array>): string[] {
  const items: string[] = [];
  for (const chunk of chunks)
    for (const item of splitter.push(chunk))
      items.push(item.type === "packet" ? item.bytes.toString("hex") : `${item.reason} ${item.bytes}`);
  return items;
}

for (const { name, expected, bytes } of capturesOf("slip"))
  t.test(`slip ${name}`, async (t) => {
    const { vectors } = expected as unknown as Vectors;
    t.not(vectors.length, 0);
    for (const { decoded, encoded } of vectors) {
      t.equal(encodeSlip(hex(decoded)).toString("hex"), encoded);
      t.equal(decodeSlip(hex(encoded).subarray(0, -1))?.toString("hex"), decoded);
    }
    const items = told(new SlipSplitter(1_024), [bytes]);
    t.same(
      items.filter((item) => !item.includes(" ")),
      vectors.map(({ decoded }) => decoded),
      "the stream's packets",
    );
    // What is not in the vectors is there to be refused.
    const inPackets = vectors.reduce((sum, { encoded }) => sum + hex(encoded).length - 1, 0);
    const ends = bytes.filter((byte) => byte === SLIP_END).length;
    const refused = bytes.length - ends - inPackets;
    t.same(
      items.filter((item) => item.includes(" ")),
      refused > 0 ? [`unparsable ${refused}`] : [],
    );
  });

t.test("ends and escapes inside a packet are escaped", async (t) => {
  t.equal(encodeSlip(hex("01c0dbdcdd02")).toString("hex"), "01dbdcdbdddcdd02c0");
  t.equal(encodeSlip(Buffer.of()).toString("hex"), "c0");
});

t.test("no packet: an escape of nothing, of another byte, at the end; an end inside", async (t) => {
  for (const damaged of ["db", "01db", "db00", "dbc0", "01c002", "dbdb"])
    t.equal(decodeSlip(hex(damaged)), undefined, damaged);
});

t.test("empty packets are nothing, and a damaged packet costs only itself", async (t) => {
  const splitter = new SlipSplitter(80);
  t.same(told(splitter, [hex("c0c0 0102 c0 db00 c0 03db c0 dbdc c0 04")]), [
    "0102",
    "unparsable 2",
    "unparsable 2",
    "c0",
  ]);
  t.equal(splitter.pending, 1);
  t.same(told(splitter, [hex("c0")]), ["04"]);
});

t.test("the longest packet passes, escaped or not; one byte more does not, and the next does", async (t) => {
  const stream = hex(
    "01020304c0 dbdcdbdddbdcdbddc0 0102030405c0 010203dbdcdbdcc0 0102030405060708090ac0 05c0",
  );
  const wanted = ["01020304", "c0dbc0db", "too-long 5", "too-long 7", "too-long 10", "05"];
  t.same(told(new SlipSplitter(4), [stream]), wanted);
  t.same(told(new SlipSplitter(4), chunked(stream, [1])), wanted, "byte by byte");
});

t.test("two packets of one push do not share memory with what is held after them", async (t) => {
  const splitter = new SlipSplitter(80);
  splitter.push(hex("0102"));
  const [packet] = splitter.push(hex("03c0 040404"));
  t.match(packet, { type: "packet", bytes: hex("010203") });
  t.same(told(splitter, [hex("c0")]), ["040404"]);
});

t.test("10 MB without an end cost no more memory than one piece", async (t) => {
  const splitter = new SlipSplitter(1_024);
  const chunk = Buffer.alloc(4_096, "x");
  let discarded = 0;
  for (let i = 0; i < 2_560; i++) {
    for (const item of splitter.push(chunk)) {
      if (item.type === "packet") t.fail("a packet");
      else discarded += item.bytes;
    }
    if (splitter.pending > 65_536) t.fail(`${splitter.pending} bytes pending`);
  }
  t.equal(discarded, 10 * 1024 * 1024);
  t.same(told(splitter, [hex("78c0 0102c0")]), ["too-long 1", "0102"]);
});

const special = fc.array(fc.constantFrom(0xc0, 0xdb, 0xdc, 0xdd, 0x01), { maxLength: 40 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  special.map((list) => Uint8Array.from(list)),
);

t.test("what goes in comes out, in any chunking, noise that an end closes before it or not", async () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), bytes, chunkSizes, (packets, noise, sizes) => {
      const stream = [Buffer.from(noise), Buffer.of(SLIP_END), ...packets.map(encodeSlip)];
      const wanted = packets
        .filter(({ length }) => length > 0)
        .map((one) => Buffer.from(one).toString("hex"));
      const found = told(new SlipSplitter(64), chunked(Buffer.concat(stream), sizes));
      return found.slice(found.length - wanted.length).join() === wanted.join();
    }),
  );
});

t.test("every byte is told of once, the same in any chunking", async () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), chunkSizes, (pieces, sizes) => {
      const stream = Buffer.concat(pieces);
      const splitter = new SlipSplitter(16);
      const whole = told(splitter, [stream]);
      const ends = stream.filter((byte) => byte === SLIP_END).length;
      const counted = whole.reduce((sum, item) => {
        const [, discarded] = item.split(" ");
        return sum + (discarded === undefined ? encodeSlip(hex(item)).length - 1 : Number(discarded));
      }, 0);
      return (
        counted + ends + splitter.pending === stream.length &&
        told(new SlipSplitter(16), chunked(stream, sizes)).join() === whole.join()
      );
    }),
  );
});
