import t from "tap";
import { faultLines, parsed } from "./example.ts";

/** The size of the largest file that is read. Whatever is in it, the answer is a list of faults, soon. */
const SIZE = 262_144;

function filled(part: string, size = SIZE): string {
  return part.repeat(Math.floor(size / part.length));
}

/** Each anchor is a list of the one before it, ten times. */
function bomb(levels: number): string {
  const lines = Array.from(
    { length: levels },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(",")}]`,
  );
  return `a0: &a0 x\n${lines.join("\n")}\n`;
}

t.test("aliases of aliases are followed only so far", async (t) => {
  t.match(faultLines(parsed(bomb(12))).at(-1) ?? "", /not a setting/);
  t.ok(faultLines(parsed(bomb(12))).some((line) => line.includes("more than 50000 values")));
});

t.test("an alias inside of what it stands for ends at the deepest level", async (t) => {
  for (const text of ["a: &a [*a, *a]\n", "devices: &d { a: *d, b: *d }\n", "&r { labels: *r }\n"])
    t.ok(faultLines(parsed(text)).length > 0, text);
});

t.test("nesting without end is refused", async (t) => {
  for (const part of ["[", "{", "- ", "? ", "a:\n "])
    t.match(faultLines(parsed(filled(part)))[0] ?? "", /^agent\.yaml:\d+:\d+: /, part);
  const deep = faultLines(parsed(`labels: ${"[".repeat(40)}${"]".repeat(40)}`));
  t.ok(deep.some((line) => line.endsWith("nested deeper than 32")));
});

t.test("a file full of one thing is answered", async (t) => {
  const wrong = [
    "&a ",
    "*a ",
    '"',
    "'",
    "}",
    ",",
    "---\n",
    "%a\n",
    "a: b: ",
    "k: 1\n",
    "${A",
    "${A}",
    "\0",
    "|\n",
  ];
  for (const part of wrong) t.ok(faultLines(parsed(filled(part, SIZE / 8))).length > 0, JSON.stringify(part));
  for (const part of ["\t", "\n", " ", "#"])
    t.ok(parsed(filled(part)).ok, `nothing but ${JSON.stringify(part)}`);
  t.ok(faultLines(parsed(`name: ${filled("${A")}`)).length > 0);
  t.ok(faultLines(parsed(`b: &a 1\nc: [${filled("*a,").slice(0, SIZE - 20)}]`)).length > 0);
});

t.test("what a message quotes of a file is cut", async (t) => {
  const long = "x".repeat(50_000);
  const texts = [
    `name: ${long}`,
    `"${long}": 1`,
    `name: !${long} a`,
    `log: { level: ${long} }`,
    `*${long}`,
    `"\\q${long}"`,
  ];
  for (const text of [
    ...texts,
    `devices: { a: { driver: ${long}, port: /dev/${long} } }`,
    `name: \${${long}}`,
  ]) {
    const longest = Math.max(...faultLines(parsed(text)).map((line) => line.length));
    t.ok(longest < 400, `${text.slice(0, 20)}: ${longest}`);
  }
});
