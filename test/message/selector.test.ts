import fc from "fast-check";
import t from "tap";
import { parseSelector, type Selectable } from "../../src/message/index.ts";

const agents: readonly Selectable[] = [
  { name: "pi-1", labels: { site: "north", model: "pi4" } },
  { name: "pi-2", labels: { site: "north", model: "pi3", canary: "yes" } },
  { name: "pi-10", labels: { site: "far east", model: "pi4" } },
  { name: "gate", labels: {} },
];

const chosen = (selector: string): string[] => agents.filter(parseSelector(selector)).map(({ name }) => name);

t.test("what a selector chooses", async (t) => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "*": ["pi-1", "pi-2", "pi-10", "gate"],
    "pi-?": ["pi-1", "pi-2"],
    gate: ["gate"],
    "name=pi-1*": ["pi-1", "pi-10"],
    "site=north": ["pi-1", "pi-2"],
    "site = north and model=pi4": ["pi-1"],
    "site!=north": ["pi-10", "gate"],
    'site="far east"': ["pi-10"],
    'site in (north, "far east") and not canary=yes': ["pi-1", "pi-10"],
    "canary=yes or gate": ["pi-2", "gate"],
    "site=north and (model=pi3 or name=pi-1)": ["pi-1", "pi-2"],
    "not not gate": ["gate"],
    "site=n*h": ["pi-1", "pi-2"],
    "toString=*": [],
    '"and"': [],
  };
  for (const [selector, names] of Object.entries(cases)) t.same(chosen(selector), names, selector);
});

t.test("what is no selector is told of with its column", async (t) => {
  const cases: Readonly<Record<string, RegExp>> = {
    "": /column 1: expected a name or a label, it ends/,
    "site=": /column 6: expected a value, it ends/,
    "site=north model=pi4": /column 12: "model" is too much/,
    "site in north": /column 9: expected \( and values, found "north"/,
    "(site=north": /column 12: expected \), it ends/,
    "site=a and": /column 11: expected a name or a label/,
    "a ! b": /column 3: cannot be read/,
    'site="far': /column 6: cannot be read/,
  };
  for (const [selector, message] of Object.entries(cases))
    t.throws(() => parseSelector(selector), { code: "arguments-invalid", message });
  t.throws(() => parseSelector("(".repeat(500)), { code: "arguments-invalid" });
  t.throws(() => parseSelector("not ".repeat(200)), { code: "arguments-invalid" });
});

t.test("any text is either a selector or a fault that is told of; none takes long", async () => {
  const piece = fc.constantFrom(
    "(",
    ")",
    "and",
    "or",
    "not",
    "in",
    "=",
    "!=",
    ",",
    '"',
    "*",
    "a*a*a*b",
    "site",
    " ",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join(" ")),
      ),
      (text) => {
        try {
          agents.filter(parseSelector(text));
        } catch (cause) {
          return (cause as { code?: string }).code === "arguments-invalid";
        }
        return true;
      },
    ),
    { numRuns: 5_000 },
  );
});

t.test("a glob matches as its parts do", async () => {
  const word = fc.stringMatching(/^[a-c]{0,4}$/);
  fc.assert(
    fc.property(word, word, word, (before, middle, after) => {
      const name = `x${before}${middle}${after}`;
      return parseSelector(`x${before}*${after}`)({ name, labels: {} });
    }),
  );
});
