import t from "tap";
import { nmea0183, type NmeaSettings } from "../../../devices/nmea0183/driver.ts";
import { writeSentence } from "../../../src/codec/index.ts";
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

const values = (text: string, session = open()): unknown =>
  session.push(writeSentence(text)).find(({ type }) => type === "reading");

t.test("off the track: the ship is on the other side than it is told to steer to", async (t) => {
  t.match(values("GPXTE,A,A,1.00,L,N"), { values: { valid: true, cross_track_error: 1852 } });
  t.match(values("GPXTE,A,A,1.00,R,N"), { values: { cross_track_error: -1852 } });
  t.match(values("GPXTE,A,A,0.25,R,K"), { values: { cross_track_error: -250 } });
  t.match(values("GPXTE,A,V,1.00,L,N"), { values: { valid: false, cross_track_error: null } });
  t.match(values("GPRMB,A,0.50,R,A,B,5401.80,N,00848.00,E,2.0,90.0,6.0,A"), {
    values: {
      cross_track_error: -926,
      waypoint_from: "A",
      waypoint: "B",
      waypoint_latitude: 54.03,
      waypoint_longitude: 8.8,
      waypoint_distance: 3704,
      closing_speed: 3.086667,
      arrived: true,
    },
  });
});

t.test("without a route all is null", async (t) => {
  for (const text of [
    "GPAPB,,,,,,,,,,,,,,",
    "GPRMB,,,,,,,,,,,,,,",
    "GPBOD,,T,,M,,",
    "GPXTE,,,,,N,N",
    "GPRTE,1,1,c,",
  ]) {
    const reading = values(text) as { readonly values: Readonly<Record<string, unknown>> };
    for (const [name, value] of Object.entries(reading.values))
      if (!["sentence", "valid", "route_part", "route_parts", "route_waypoints"].includes(name))
        t.equal(value, null, `${text}: ${name}`);
  }
});

t.test("APB's angles are magnetic where it says so", async (t) => {
  const reading = values("GPAPB,A,A,0.10,R,N,V,A,11.5,M,DEST,11.2,T,11.0,M") as { readonly values: object };
  t.strictSame(reading.values, {
    sentence: "GPAPB",
    valid: true,
    cross_track_error: -185.2,
    arrived: false,
    perpendicular_passed: true,
    bearing_track_magnetic: 11.5,
    waypoint: "DEST",
    bearing: 11.2,
    heading_to_steer_magnetic: 11,
  });
});

t.test("XDR: what its devices name becomes metrics, described once", async (t) => {
  const session = open();
  const sentence = writeSentence("YXXDR,C,19.52,C,TempAir,P,1.02481,B,Barometer");
  t.match(session.push(sentence), [
    {
      type: "describe",
      metrics: { transducer_tempair: { type: "number", unit: "Cel" }, transducer_barometer: { unit: "bar" } },
    },
    { type: "reading", values: { transducer_tempair: 19.52, transducer_barometer: 1.02481 } },
  ]);
  t.match(session.push(sentence), [{ type: "reading" }]);
  t.match(values("YXXDR,U,12.6,V,", session), { values: { transducer_voltage_1: 12.6 } }, "without a name");
  t.match(values("YXXDR,C,,C,TempAir", session), { values: { transducer_tempair: null } });
  t.strictSame(
    values("YXXDR,C,292,K,TempAir,C,20.1,C,TempWater", session),
    { type: "reading", values: { sentence: "YXXDR", transducer_tempwater: 20.1 } },
    "what comes in another unit than it did is left out",
  );
  t.match(open({ sentences: ["MTW"] }).push(sentence), [{ type: "discard", reason: "unsupported" }]);
  t.match(open().push(writeSentence("YXXDR,C,x,C,TempAir")), [{ type: "discard", reason: "unparsable" }]);
});

t.test("XDR: names without end are bounded, whatever they are", async (t) => {
  const session = open();
  const described = Array.from({ length: 300 }, (_, index) =>
    session.push(writeSentence(`YXXDR,C,1.0,C,T${index}`)),
  ).flatMap((events) => events.filter(({ type }) => type === "describe"));
  t.equal(described.length, 100);
  for (const name of ["__proto__", "constructor", "#", "a".repeat(200)])
    t.type(values(`YXXDR,__proto__,1.0,constructor,${name}`), "object", name);
});
