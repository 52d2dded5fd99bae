import t from "tap";
import { readSentence, writeSentence } from "../../../devices/nmea0183/protocol.ts";

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
