import t from "tap";
import { substitute } from "../../src/config/environment.ts";
import type { Config } from "../../src/config/index.ts";
import { faultLines, parsed } from "./example.ts";

function config(text: string): Config {
  const result = parsed(text);
  if (!result.ok) throw new Error(faultLines(result).join("\n"));
  return result.config;
}

t.test("variables go into texts, with defaults as a shell has them", async (t) => {
  const environment = { A: "1", B: "", C: "${A}" };
  const text = (template: string): string => substitute(template, environment).text;
  t.equal(text("x${A}y${A}"), "x1y1");
  t.equal(text("${B}|${B:-d}|${Z:-d}|${A:-d}|${Z:-}"), "|d|d|1|");
  t.equal(text("$${A} $$A $A"), "${A} $$A $A", "an escape, and what is none");
  t.equal(text("$$${A}"), "$${A}");
  t.equal(text("${C}"), "${A}", "what a variable holds is not looked at again");
  t.strictSame(
    substitute("${toString}", environment).faults.length,
    1,
    "what every object inherits is not set",
  );
});

t.test("a variable is of the type that the setting wants, with quotes or without", async (t) => {
  const line = (value: string): unknown =>
    config(`devices: { a: { driver: pms5003, port: sim://, line: { baudRate: ${value} } } }`).devices[0]?.line
      .baudRate;
  t.equal(line('"${BAUD}"'), 38_400);
  t.equal(line('"${NONE:-4800}"'), 4_800);
  t.equal(config("listen:\n  port: ${NONE:-6000}\n  insecure: ${YES}").listen.port, 6000);
  t.strictSame(config("labels:\n  a: ${BAUD}\n  b: ${YES}\n  c: x${BAUD}").labels, {
    a: "38400",
    b: "true",
    c: "x38400",
  });
  t.strictSame(config('labels: { a: "${EMPTY}" }').labels, { a: "" });
});

t.test("a variable that is empty is as good as no value", async (t) => {
  t.equal(config("name: ${EMPTY}").name, "host-1");
  t.equal(config("listen:\n  port: ${NONE:-}").listen.port, 5555);
});

t.test("a value without variables keeps the type that it is written in", async (t) => {
  t.strictSame(faultLines(parsed('listen: { port: "5555" }')), [
    'agent.yaml:1:17: expected a whole number from 1 to 65532, found "5555"',
  ]);
});

t.test("the place of a variable that is not set is its own", async (t) => {
  t.strictSame(faultLines(parsed("labels:\n  a: north ${NOPE}\n  b: ${ALSO_NOT:-x} ${1}\n")), [
    "agent.yaml:2:12: the environment variable NOPE is not set",
    'agent.yaml:3:21: expected ${NAME} or ${NAME:-default}, found "${1}"',
  ]);
});

t.test("a wrong value says from which variable it came", async (t) => {
  t.strictSame(faultLines(parsed("log:\n  level: ${SITE}\n")), [
    'agent.yaml:2:10: expected one of error, warn, info, debug, found "north" from ${SITE}',
  ]);
});

t.test("keys are taken as they are", async (t) => {
  t.match(faultLines(parsed('"${SITE}": 1\n')), [/^agent\.yaml:1:1: \["\$\{SITE\}"\] is not a setting/]);
});

t.test("inside of braces a variable without quotes is not YAML, and the fault says so", async (t) => {
  t.strictSame(faultLines(parsed("name: a\nlabels: { site: ${SITE} }\n")), [
    'agent.yaml:2:18: not YAML: inside of { } and [ ] a variable needs quotes: "${NAME}"',
  ]);
});
