import t from "tap";
import { nmea0183, type NmeaSettings } from "../../../devices/nmea0183/driver.ts";
import { writeSentence } from "../../../devices/nmea0183/protocol.ts";
import type { DriverEvent, Session } from "../../../src/device/index.ts";
import { settingsOf } from "../settings.ts";

function open(settings: Partial<NmeaSettings> = {}): Session {
  return nmea0183.open(settingsOf(nmea0183, settings));
}

function run(session: Session, name: string, args: Record<string, number | string>): readonly DriverEvent[] {
  return session.run?.({ id: "1", name, args }) ?? [];
}

const failed = (reason: RegExp): object => ({ type: "outcome", outcome: { ok: false, reason } });

t.test("`sentences` chooses what becomes a reading", async (t) => {
  const session = open({ sentences: ["RMC"] });
  const rmc = "$GNRMC,171926.00,A,4404.14063,N,12118.85478,W,0.117,,180315,,,A*76\r\n";
  t.match(session.push(writeSentence("GPVTG,1,T,,M,2,N,3,K,A")), [
    { type: "discard", reason: "unsupported" },
  ]);
  t.match(session.push(Buffer.from(rmc)), [{ type: "reading", values: { latitude: 44.0690105 } }]);
});

t.test("`requireChecksum: false` takes sentences without one", async (t) => {
  const line = Buffer.from("$IIHDT,90.0,T\r\n");
  t.match(open().push(line), [{ type: "discard", reason: "unparsable" }]);
  t.match(open({ requireChecksum: false }).push(line), [{ type: "reading", values: { heading: 90 } }]);
});

t.test("old receivers' four-field VTG, and GLL without a status", async (t) => {
  const session = open();
  t.match(session.push(writeSentence("GPVTG,054.7,034.4,010.0,018.5")), [
    { values: { course: 54.7, course_magnetic: 34.4, speed: 5.144444 } },
  ]);
  t.match(session.push(writeSentence("GPGLL,4916.45,N,12311.12,W")), [
    { values: { valid: true, latitude: 49.274166667 } },
  ]);
});

t.test("a generic receiver has `send` only", async (t) => {
  t.same(Object.keys(nmea0183.describe(settingsOf(nmea0183)).commands), ["send"]);
  t.same(Object.keys(nmea0183.describe(settingsOf(nmea0183, { chipset: "mtk" })).commands), [
    "send",
    "rate",
    "restart",
  ]);
});

t.test("send completes a sentence, and refuses what would be more than one", async (t) => {
  const ok = { type: "outcome", call: "1", outcome: { ok: true } };
  for (const sentence of ["PMTK605", "$PMTK605", "$PMTK605*31", "$PMTK605*00"])
    t.same(
      run(open(), "send", { sentence }),
      [{ type: "write", bytes: Buffer.from("$PMTK605*31\r\n") }, ok],
      sentence,
    );
  for (const sentence of ["PMTK605\r\n$PMTK104", "a$b", "a*b", "é", "$"])
    t.match(run(open(), "send", { sentence }), [failed(/characters/)], sentence);
});

t.test("an MTK receiver's answer decides on rate", async (t) => {
  const session = open({ chipset: "mtk" });
  t.same(run(session, "rate", { interval: 1000 }), [
    { type: "write", bytes: Buffer.from("$PMTK220,1000*1F\r\n") },
  ]);
  t.same(session.push(writeSentence("PMTK001,314,3")), [], "the answer to something else");
  t.same(session.push(writeSentence("PMTK001,220,3")), [
    { type: "outcome", call: "1", outcome: { ok: true } },
  ]);
  t.same(session.push(writeSentence("PMTK001,220,3")), [], "an answer counts once");
  run(session, "rate", { interval: 1000 });
  t.match(session.push(writeSentence("PMTK001,220,2")), [failed(/could not/)]);
});

t.test("rate again before the answer fails the first", async (t) => {
  const session = open({ chipset: "mtk" });
  run(session, "rate", { interval: 1000 });
  t.match(session.run?.({ id: "2", name: "rate", args: { interval: 200 } }), [
    { call: "1", outcome: { ok: false, reason: /again/ } },
    { type: "write" },
  ]);
  t.match(session.push(writeSentence("PMTK001,220,3")), [{ call: "2", outcome: { ok: true } }]);
});

t.test("u-blox receivers are told in UBX", async (t) => {
  const session = open({ chipset: "ublox" });
  const written = (name: string, args: Record<string, number | string>): unknown => {
    const [write, outcome] = run(session, name, args);
    t.match(outcome, { type: "outcome", outcome: { ok: true } });
    return write?.type === "write" && Buffer.from(write.bytes).toString("hex");
  };
  // The interface description's own example of 1 Hz.
  t.equal(written("rate", { interval: 1000 }), "b56206080600e8030100010001 39".replace(" ", ""));
  t.equal(written("restart", { kind: "cold" }), "b56206040400ffff02000e61");
});
