import t from "tap";
import { type ConfigFault, formatFault } from "../../src/config/index.ts";
import { parsed } from "./example.ts";

const ESCAPE = "\u001b";

function fault(text: string): ConfigFault {
  const result = parsed(text);
  const [first] = result.ok ? [] : result.faults;
  if (!first) throw new Error("no fault");
  return first;
}

t.test("place, message, the line with a caret under the fault, and the hint", async (t) => {
  t.equal(
    formatFault(fault("name: a\nlisten:\n  insecure: yes\n")),
    [
      'agent.yaml:3:13: expected true or false, found "yes"',
      "  3 |   insecure: yes",
      "    |             ^^^",
      "  hint: write true",
    ].join("\n"),
  );
});

t.test("a file as a whole has neither line nor caret", async (t) => {
  const whole = {
    file: "a.yaml",
    line: 0,
    column: 0,
    path: "",
    code: "config-unreadable",
    message: "cannot be read",
  } as const;
  t.equal(formatFault(whole), "a.yaml: cannot be read");
});

t.test("colours are added only when asked for, and change nothing else", async (t) => {
  const one = fault("clock: x\n");
  const coloured = formatFault(one, { colour: true });
  t.ok(coloured.includes(`${ESCAPE}[31m`));
  t.equal(coloured.replaceAll(ESCAPE, "").replace(/\[\d+m/g, ""), formatFault(one));
});

t.test("tabs are kept, so that the caret stands where the fault is", async (t) => {
  const [, line, caret] = formatFault(fault('labels: {\t"a":\t5 }\n')).split("\n");
  t.equal(line, '  1 | labels: {\t"a":\t5 }');
  t.equal(caret, "    |          \t    \t^");
});

t.test("a long line is cut around the fault", async (t) => {
  const [, line = "", caret = ""] = formatFault(
    fault(`labels: { a: "${"x".repeat(300)}", b: 5, c: "${"y".repeat(300)}" }\n`),
  ).split("\n");
  t.ok(line.length < 120);
  t.equal(line[caret.indexOf("^")], "5");
});

t.test("no control character of the file reaches the terminal", async (t) => {
  const texts = [
    'clock: "\u001b[2J"\n',
    'clock: "\u009b2J"\n',
    '"\u001b]0;x\u0007": 1\n',
    "clock: a\u202eb\n",
  ];
  for (const text of texts) t.notMatch(formatFault(fault(text)), /[^\P{C}\n]/u, JSON.stringify(text));
});
