import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { defaultName, formatFault, loadConfig, parseConfig } from "../../src/config/index.ts";
import { suggestName } from "../../src/config/name.ts";
import { isName } from "../../src/message/index.ts";
import { FROM_SHELF, OPTIONS, parsed } from "../config/example.ts";

/** Pieces that a configuration is made of, thrown together: reaches further than bytes at random. */
const pieces = fc.constantFrom(
  ..."name: |devices:\n|  gps:\n|    driver: nmea0183\n|    port: sim://\n|    line: |{ |} |[ |] |, |: |- |? |& a|*a|&a |<<|!x |${A}|${|\"|'|#|\n|  |\t|5555|.nan|true|~|---\n|...\n|%YAML 1.1\n|0x1F|1e99|labels: |listen: |settings: |>\n||\n|\u0000|é|\ud800".split(
    "|",
  ),
);
const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(""));

t.test("any text gives a configuration or faults that lie in it", async (t) => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: "binary" })), (text) => {
      const result = parsed(text);
      if (result.ok) return;
      const lines = text.split("\n");
      if (result.faults.length === 0) throw new Error("no fault");
      for (const fault of result.faults) {
        const line = lines[fault.line - 1] ?? "";
        if (fault.line < 1 || fault.line > lines.length)
          throw new Error(`line ${fault.line} of ${lines.length}`);
        if (fault.column < 1 || fault.column > line.length + 1)
          throw new Error(`column ${fault.column} of ${line.length}`);
        formatFault(fault, { colour: true });
      }
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

t.test("any bytes as a file, and as one in conf.d, give a configuration or faults", async (t) => {
  const folder = t.testdir({ "conf.d": {} });
  const paths = [join(folder, "agent.yaml"), join(folder, "conf.d/a.yaml")];
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), texts, async (bytes, text) => {
      writeFileSync(paths[0] ?? "", text);
      writeFileSync(paths[1] ?? "", bytes);
      const result = await loadConfig(paths[0] ?? "", FROM_SHELF);
      return result.ok || result.faults.every(({ file, message }) => paths.includes(file) && message !== "");
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test("merging two files gives what one file with both halves gives", async (t) => {
  const labels = fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
    fc.stringMatching(/^[a-z ]{0,8}$/),
    { maxKeys: 8 },
  );
  fc.assert(
    fc.property(labels, fc.func(fc.boolean()), (all, first) => {
      const half = (which: boolean): string =>
        JSON.stringify({
          labels: Object.fromEntries(Object.entries(all).filter(([key]) => first(key) === which)),
        });
      const result = parsed({ "a.yaml": half(true), "b.yaml": half(false) });
      const whole = parsed(JSON.stringify({ labels: all }));
      if (!result.ok || !whole.ok) throw new Error("refused");
      const sorted = (map: Readonly<Record<string, string>>): string =>
        JSON.stringify(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      return sorted(result.config.labels) === sorted(whole.config.labels);
    }),
  );
  t.pass();
});

t.test("a variable comes through as it is, whatever it looks like", async (t) => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.string({ unit: "binary" })), (value) => {
      const text = 'labels: { a: "${V}", b: "x${V}y" }\nclock: ${V:-auto}\n';
      const result = parseConfig([{ file: "a.yaml", text }], { ...OPTIONS, environment: { V: value } });
      const labels = result.ok ? result.config.labels : {};
      return !result.ok || (labels["a"] === value && labels["b"] === `x${value}y`);
    }),
  );
  t.pass();
});

t.test("what is suggested for a name is one, and a name is left as it is", async (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/)),
      (text) => {
        const suggested = suggestName(text);
        return (suggested === "" || isName(suggested)) && isName(defaultName(text));
      },
    ),
  );
  t.pass();
});
