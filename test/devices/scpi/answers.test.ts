import t from "tap";
import { errorOf, identityOf, numberOf, valueOf } from "../../../devices/scpi/answers.ts";

t.test("numbers in all their forms", async (t) => {
  const cases: readonly (readonly [string, number])[] = [
    ["12", 12],
    ["+1.234567E+00", 1.234567],
    ["-.5", -0.5],
    ["5.", 5],
    ["1e-3", 0.001],
    ["-0", -0],
    ["9.89E37", 9.89e37],
    ["#HFF", 255],
    ["#q17", 15],
    ["#B101", 5],
  ];
  for (const [answer, value] of cases) t.equal(numberOf(answer), value, answer);
});

t.test("an overload and what is no number are null", async (t) => {
  for (const answer of [
    "9.9E37",
    "9.90000000E+37",
    "+9.9E37",
    "-9.9E37",
    "9.91E37",
    "9.91E+37",
    "INF",
    "ninf",
    "NAN",
  ])
    t.equal(numberOf(answer), null, answer);
});

t.test("what is a number only in part is none", async (t) => {
  const cases = [
    "",
    ".",
    "+",
    "1.2.3",
    "1,2",
    "1 2",
    "12V",
    "E5",
    "1E",
    "#H",
    "#HXY",
    "#B2",
    "0x1F",
    "Infinity",
    "OVLD?",
  ];
  for (const answer of cases) t.equal(numberOf(answer), undefined, answer);
});

t.test("by type", async (t) => {
  t.equal(valueOf("integer", "1.2E1"), 12);
  t.equal(valueOf("integer", "1.2"), undefined);
  t.equal(valueOf("integer", "9.9E37"), null);
  t.equal(valueOf("boolean", "on"), true);
  t.equal(valueOf("boolean", "0"), false);
  t.equal(valueOf("boolean", "2"), undefined);
  t.equal(valueOf("text", '"VOLT ""DC"""'), 'VOLT "DC"');
  t.equal(valueOf("text", "CC"), "CC");
});

t.test("identities, whole and otherwise", async (t) => {
  t.strictSame(identityOf("HEWLETT-PACKARD, 34401A, 0, 10-5-2,x"), {
    manufacturer: "HEWLETT-PACKARD",
    model: "34401A",
    serial_number: null,
    firmware: "10-5-2,x",
  });
  t.match(identityOf("KORADKA3005PV2.0"), { manufacturer: null, model: "KORADKA3005PV2.0" });
  for (const answer of ["1.23E+00", '-113,"Undefined header"', "12,5", "9.9E37"])
    t.equal(identityOf(answer), undefined, answer);
});

t.test("errors", async (t) => {
  t.strictSame(errorOf('-113,"Undefined header"'), { code: -113, text: "Undefined header" });
  t.strictSame(errorOf('+0,"No error"'), { code: 0, text: "No error" });
  t.strictSame(errorOf('100, "say ""no"""'), { code: 100, text: 'say "no"' });
  for (const answer of ["-113", '-113,"Undef', "1.2", 'x,"y"']) t.equal(errorOf(answer), undefined, answer);
});
