import t from "tap";
import { crc24q, fletcher8, sum16, xor8 } from "../../src/codec/index.ts";

t.test("published examples", async (t) => {
  const sentence = Buffer.from("$GPGLL,5300.97914,N,00259.98174,E,125926,A*28");
  t.equal(xor8(sentence, 1, sentence.indexOf("*")), 0x28, "NMEA 0183");
  const frame = Buffer.from("424de2000001", "hex");
  t.equal(sum16(frame, 0, 5), 0x0171, "Plantower passive read: the sum of what comes before it");
  const poll = Buffer.from("b5620a0400000e34", "hex");
  t.same(fletcher8(poll, 2, 6), [0x0e, 0x34], "UBX MON-VER");
  const station = Buffer.from("d300133ed7d30202980edeef34b4bd62ac0941986f33360b98", "hex");
  t.equal(crc24q(station, 0, station.length - 3), 0x360b98, "RTCM 3 message 1005, RTCM 10403.3, 4.2");
});

t.test("a range, and the carry out of it", async (t) => {
  const bytes = Buffer.alloc(300, 0xff);
  t.equal(xor8(bytes, 0, 3), 0xff);
  t.equal(xor8(bytes, 5, 5), 0);
  t.equal(sum16(bytes, 0, 300), (300 * 0xff) & 0xffff);
});
