import t from "tap";
import { readCsv, readJson, readKeyValue } from "../../../devices/json-lines/formats.ts";
import { scalarOf } from "../../../devices/json-lines/scalar.ts";

t.test("words", async (t) => {
  const words: [string, unknown][] = [
    ["21.50", 21.5],
    ["-.5", -0.5],
    ["1e3", 1000],
    ["48.00%", 48],
    ["21.30°C", 21.3],
    ["3.71V", 3.71],
    ["TRUE", true],
    ["false", false],
    ["", null],
    ["NaN", null],
    ["inf", null],
    ["ovf", null],
    ["1e999", null],
    ["--", null],
    ["open", "open"],
    ["12:30:05", "12:30:05"],
    ["2026-01-01", "2026-01-01"],
    ["192.168.1.7", "192.168.1.7"],
    ["0x1F", "0x1F"],
    ["1,5", "1,5"],
    ["28FF641D8FDF18C1", "28FF641D8FDF18C1"],
  ];
  for (const [word, value] of words) t.equal(scalarOf(word), value, word);
});

t.test("JSON", async (t) => {
  t.same(readJson('{"a":1,"b":{"c":true,"d":[1,{"e":"x"}]},"f":null}'), [
    ["a", 1],
    ["b.c", true],
    ["b.d.0", 1],
    ["b.d.1.e", "x"],
    ["f", null],
  ]);
  for (const line of ['{"t":21.5', '{"t":nan}', "[1]", "7", "null", '"x"', '{"a":1}{"a":2}'])
    t.equal(readJson(line), "unparsable", line);
  t.equal(readJson(`${'{"a":'.repeat(9)}1${"}".repeat(9)}`), "unparsable", "too deep");
  t.same(readJson('{"a":1e999}'), [["a", null]]);
});

t.test("key=value", async (t) => {
  const T = ["T", 21.5];
  for (const line of ["T=21.5", "T:21.5", "T : 21.5 *C", "T= 21.5,", "T=21.5;", "T=21.5C 70.7F"])
    t.same(readKeyValue(line), [T], line);
  t.same(readKeyValue("T=21.5,H=48;ok=true\tdoor=open"), [T, ["H", 48], ["ok", true], ["door", "open"]]);
  t.same(readKeyValue('a="x=1; y" b='), [
    ["a", "x=1; y"],
    ["b", null],
  ]);
  for (const line of [
    "",
    "ready",
    "21.5",
    "=3",
    "1.5 H:48",
    "Error: sensor is missing",
    "door=open now T=3",
    '"T":21.5',
  ])
    t.equal(readKeyValue(line), "unparsable", line);
});

t.test("CSV", async (t) => {
  const format = { columns: ["a", "b"], delimiter: ";", wordsAreValues: false };
  t.same(readCsv('1; "x"', format), [
    ["a", 1],
    ["b", "x"],
  ]);
  t.same(readCsv(";", format), [
    ["a", null],
    ["b", null],
  ]);
  t.equal(readCsv("1", format), "unparsable");
  t.equal(readCsv("1;2;3", format), "unparsable");
  t.equal(readCsv("time;temperature", format), "unsupported");
  t.same(readCsv("open;shut", { ...format, wordsAreValues: true }), [
    ["a", "open"],
    ["b", "shut"],
  ]);
  t.same(readCsv("1;2", { ...format, columns: [] }), [
    ["column_1", 1],
    ["column_2", 2],
  ]);
});
