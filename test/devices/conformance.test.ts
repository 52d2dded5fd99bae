import t from "tap";
import { capturesOf } from "./captures.ts";
import * as jsonLines from "./json-lines/conformance.ts";
import * as nmea0183 from "./nmea0183/conformance.ts";
import * as pms5003 from "./pms5003/conformance.ts";

for (const capture of capturesOf("nmea0183")) {
  t.test(`nmea0183 ${capture.name}`, async (t) => {
    const { addresses, counts } = nmea0183.count(capture);
    const wanted = capture.expected["counts"] as typeof counts;
    t.same(addresses, capture.expected["by_address"], "valid sentences by address");
    t.same({ ...counts, other_lines: wanted.other_lines }, wanted, "sentences refused");
    t.ok(counts.other_lines >= wanted.other_lines, "every line of noise is told of");
    for (const [what, values, found] of nmea0183.readings(capture)) t.same(found, values, what);
  });
}

for (const capture of capturesOf("pms5003")) {
  t.test(`pms5003 ${capture.name}`, async (t) => {
    const isCommands = "commands" in capture.expected;
    const { found, wanted } = isCommands ? pms5003.commands(capture) : pms5003.readings(capture);
    t.not(Object.keys(wanted).length, 0);
    t.same(found, wanted);
  });
}

for (const capture of capturesOf("arduino-text")) {
  t.test(`json-lines, arduino-text ${capture.name}`, async (t) => {
    const { found, wanted } = jsonLines.readings(capture);
    t.not(wanted.length, 0);
    t.same(found, wanted);
  });
}
