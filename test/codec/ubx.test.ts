import t from "tap";
import {
  FrameScanner,
  UBX,
  ubxFrames,
  ubxMessage,
  ubxPayload,
  writeUbx,
  writeUbxRate,
  writeUbxRestart,
} from "../../src/codec/index.ts";

const hex = (bytes: Buffer): string => bytes.toString("hex");

t.test("published messages are written as published", async (t) => {
  t.equal(hex(writeUbx(0x0a04, Buffer.of())), "b5620a0400000e34", "MON-VER poll");
  t.equal(hex(writeUbxRate(1000)), "b56206080600e803010001000139", "CFG-RATE, 1 Hz");
  t.equal(hex(writeUbxRestart("cold")), "b56206040400ffff02000e61");
  t.equal(hex(ubxPayload(writeUbxRestart("warm"))), "01000200");
  t.equal(hex(ubxPayload(writeUbxRestart("hot"))), "00000200");
  t.equal(ubxMessage(writeUbxRate(100)), UBX.cfgRate);
});

t.test("a length or a class that cannot be begins no frame", async (t) => {
  const rate = writeUbxRate(1000);
  const scan = (bytes: Buffer): unknown[] =>
    new FrameScanner(ubxFrames(64))
      .push(bytes)
      .map((item) => (item.type === "frame" ? hex(item.bytes) : item));
  for (const head of ["b562060839ff", "b562b5620600", "b562400806000000"]) {
    const noise = Buffer.from(head, "hex");
    t.same(scan(Buffer.concat([noise, rate])), [
      { type: "discard", bytes: noise.length, reason: "noise" },
      hex(rate),
    ]);
  }
});
