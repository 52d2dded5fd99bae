import t from "tap";
import { MAX_DISCOVERED, MetricCatalog } from "../../../devices/json-lines/metric-catalog.ts";
import { metricName } from "../../../devices/json-lines/metric-name.ts";
import { isName, type Value } from "../../../src/message/index.ts";

t.test("names", async (t) => {
  const names: [string, string | undefined][] = [
    ["T", "t"],
    ["A0", "a0"],
    ["Heat Index", "heat_index"],
    ["air.CO2 (ppm)", "air.co2__ppm_"],
    ["__proto__", "proto__"],
    ["-.x", "x"],
    ["Größe", "gr__e"],
    ["°", undefined],
    ["", undefined],
    ["x".repeat(100), "x".repeat(63)],
  ];
  for (const [given, name] of names) {
    t.equal(metricName(given), name, given);
    t.ok(name === undefined || isName(name));
  }
});

t.test("a metric is found once and keeps the type of its first value", async (t) => {
  const catalog = new MetricCatalog({}, true);
  t.same(catalog.admit([["T", 21.5]]), { values: { t: 21.5 }, discovered: { t: { type: "number" } } });
  t.same(catalog.admit([["T", null]]), { values: { t: null } });
  t.equal(catalog.admit([["T", "21.5"]]), undefined);
  t.equal(catalog.admit([["T", true]]), undefined);
  t.same(catalog.admit([["T", 22]]), { values: { t: 22 } });
});

t.test("a line that is refused leaves nothing behind", async (t) => {
  const catalog = new MetricCatalog({ t: { type: "number" } }, true);
  t.equal(
    catalog.admit([
      ["new", 1],
      ["t", "x"],
    ]),
    undefined,
  );
  t.match(catalog.admit([["new", "text"]]), { discovered: { new: { type: "text" } } });
});

t.test("a null of which nothing is known is left out", async (t) => {
  const catalog = new MetricCatalog({}, true);
  t.equal(catalog.admit([["h", null]]), undefined);
  t.same(
    catalog.admit([
      ["h", null],
      ["t", 1],
    ])?.values,
    { t: 1 },
  );
  t.same(catalog.admit([["h", 48]])?.values, { h: 48 });
});

t.test("of two names that come out the same the later counts", async (t) => {
  t.same(
    new MetricCatalog({}, true).admit([
      ["t", 1],
      ["T", 2],
    ])?.values,
    { t: 2 },
  );
  t.equal(
    new MetricCatalog({}, true).admit([
      ["t", 1],
      ["T", "x"],
    ]),
    undefined,
  );
});

t.test("no more than so many are found, and that is told once", async (t) => {
  const catalog = new MetricCatalog({ mine: { type: "number" } }, true);
  const many = Array.from({ length: MAX_DISCOVERED + 2 }, (_, i): [string, Value] => [`m${i}`, i]);
  const first = catalog.admit(many);
  t.equal(Object.keys(first?.values ?? {}).length, MAX_DISCOVERED);
  t.equal(first?.refused, `m${MAX_DISCOVERED}`);
  const second = catalog.admit([...many, ["mine", 7]]);
  t.equal(Object.keys(second?.values ?? {}).length, MAX_DISCOVERED + 1, "those that are known go on");
  t.match(second, { refused: undefined, discovered: undefined });
});

t.test("without discovery only what is declared is taken, as its type", async (t) => {
  const catalog = new MetricCatalog(
    { n: { type: "number" }, i: { type: "integer" }, b: { type: "boolean" }, x: { type: "text" } },
    false,
  );
  const admit = (name: string, value: Value): unknown => catalog.admit([[name, value]])?.values;
  t.equal(admit("other", 1), undefined);
  t.same(admit("i", 3), { i: 3 });
  t.equal(admit("i", 3.5), undefined);
  for (const truth of [true, 1, "on", "YES"]) t.same(admit("b", truth), { b: true });
  for (const lie of [false, 0, "off", "No"]) t.same(admit("b", lie), { b: false });
  t.equal(admit("b", 2), undefined);
  t.same(admit("x", 17), { x: "17" });
  t.same(admit("x", true), { x: "true" });
  t.same(admit("n", null), { n: null });
});
