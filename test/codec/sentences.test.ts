import t from "tap";
import { FrameScanner, readSentence, SENTENCE_FRAMES, writeSentence } from "../../src/codec/index.ts";

const read = (line: string, requireChecksum = true): unknown =>
  readSentence(Buffer.from(line, "latin1"), requireChecksum);

t.test("a sentence with the right checksum, in either letter case, with spaces after it", async (t) => {
  t.same(read("$GPGLL,5300.97914,N,00259.98174,E,125926,A*28"), {
    text: "GPGLL,5300.97914,N,00259.98174,E,125926,A",
  });
  t.same(read("!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"), {
    text: "AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0",
  });
  t.same(read("$PMTK605*31  "), { text: "PMTK605" });
  t.same(read("$PUBX,40,GLL,0,0,0,0*5c"), read("$PUBX,40,GLL,0,0,0,0*5C"));
});

t.test("a wrong checksum", async (t) => {
  t.same(read("$GPGLL,1*55"), { fault: "checksum" });
  t.same(read("$GPGLL,1*55", false), { fault: "checksum" }, "also where none is needed");
});

t.test("no checksum, or half of one", async (t) => {
  t.same(read("$GPGLL,1"), { fault: "unparsable" });
  t.same(read("$GPGLL,1", false), { text: "GPGLL,1" });
  for (const line of ["$GPGLL,1*", "$GPGLL,1*5", "$GPGLL,1*5G", "$"]) {
    t.same(read(line), { fault: "unparsable" }, line);
    t.same(read(line, false), { fault: "unparsable" }, line);
  }
});

t.test("what no sentence holds is noise, whatever the sum", async (t) => {
  t.same(read("$\x01\x02*03"), { fault: "noise" });
  t.same(read("$GPTXT,caf\xe9*00"), { fault: "noise" });
});

t.test("published sentences are written as published", async (t) => {
  t.equal(writeSentence("PUBX,40,GLL,0,0,0,0").toString(), "$PUBX,40,GLL,0,0,0,0*5C\r\n");
  t.equal(writeSentence("PMTK220,1000").toString(), "$PMTK220,1000*1F\r\n");
  t.equal(writeSentence("PSRF100,0,9600,8,1,0").toString(), "$PSRF100,0,9600,8,1,0*0C\r\n");
});

/** Each sentence among other bytes as text, each discard as reason and bytes. */
function framed(...chunks: string[]): (string | [string, number])[] {
  const scanner = new FrameScanner(SENTENCE_FRAMES);
  return chunks.flatMap((chunk) =>
    scanner
      .push(Buffer.from(chunk, "latin1"))
      .map((item): string | [string, number] =>
        item.type === "frame" ? item.bytes.toString("latin1") : [item.reason, item.bytes],
      ),
  );
}

t.test("as frames: with a checksum and its own CR and LF", async (t) => {
  const line = "$PMTK605*31\r\n";
  t.same(framed(`\x01${line}\xb5${line}$PM`), [["noise", 1], line, ["noise", 1], line]);
  t.same(framed(...line.split("")), [line], "byte by byte");
  t.same(framed(`$PMTK605*32\r\n${line}`), [["checksum", 13], line]);
  t.same(framed(`$PMTK605\r\n${line}`), [["checksum", 10], line]);
  t.same(framed(`$PMTK605*31\n${line}`), [["noise", 12], line]);
  t.same(framed(`$PMTK6${line}`), [["noise", 6], line]);
  t.same(framed(`$PMTK6\xb5b${line}`), [["noise", 8], line]);
});

t.test("as frames: 1024 bytes at most, also if they come one by one", async (t) => {
  const long = (bytes: number): string => writeSentence("a".repeat(bytes - 6)).toString("latin1");
  t.same(framed(...long(1024).split("")), [long(1024)]);
  const events = framed(...`${long(1025)}$PMTK605*31\r\n`.split(""));
  t.equal(events.at(-1), "$PMTK605*31\r\n");
  t.equal(
    events.reduce((sum, item) => sum + (typeof item === "string" ? 0 : item[1]), 0),
    1025,
  );
});
