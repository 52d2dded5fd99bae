import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Check, Errors, Meta } from "typebox/schema";
import { parse } from "yaml";
import { jsonSchema } from "../../src/config/index.ts";
import { DRIVERS } from "./example.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const schema = jsonSchema(DRIVERS);

/** Bad examples in which every single value is possible: only `dunlin check` sees what is wrong between them. */
const BEYOND_SCHEMA = [
  "environment.yaml",
  "http-insecure.yaml",
  "http-port.yaml",
  "insecure.yaml",
  "not-an-address.yaml",
  "names.yaml",
];

/** Those that a parser of YAML refuses before a schema is asked. */
const NOT_YAML = ["odd-yaml.yaml", "twice.yaml"];

function examples(kind: "good" | "bad"): { name: string; value: () => unknown }[] {
  const folder = join(import.meta.dirname, "fixtures", kind);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => ({ name, value: () => parse(readFileSync(join(folder, name), "utf8")) ?? {} }));
}

t.test("the schema is a valid one of draft 2020-12", async (t) => {
  t.equal(schema["$schema"], DIALECT);
  t.strictSame(Errors(Meta[DIALECT], schema)[1], []);
  t.notOk(Check(Meta[DIALECT], { ...schema, type: "no such type" }), "the dialect's own schema does refuse");
});

t.test("it takes every good example", async (t) => {
  for (const { name, value } of examples("good")) t.strictSame(Errors(schema, value())[1], [], name);
});

t.test("it refuses every bad example that a schema can refuse", async (t) => {
  for (const { name, value } of examples("bad")) {
    if (!NOT_YAML.includes(name)) t.equal(Check(schema, value()), BEYOND_SCHEMA.includes(name), name);
  }
});

t.test("what a driver takes is checked by the driver that is named", async (t) => {
  const device = (driver: string, settings?: object): boolean =>
    Check(schema, { devices: { a: { driver, port: "sim://", ...(settings ? { settings } : {}) } } });
  t.ok(device("json-lines", { columns: ["a"] }), "what has a default may be left out");
  t.notOk(device("json-lines"), "what has none may not");
  t.notOk(device("json-lines", { columns: ["a"], colums: [] }));
  t.ok(device("pms5003"));
  t.notOk(device("pms5003", { columns: ["a"] }), "nor what belongs to another driver");
  t.notOk(device("pms", {}));
  t.ok(device("${DRIVER}", { anything: 1 }), "a driver from the environment is not known here");
});

t.test("a variable may stand for any value, and nothing else may", async (t) => {
  t.ok(
    Check(schema, { listen: { port: "${PORT}", insecure: "${X:-true}" }, clock: "${CLOCK}", name: "a-${B}" }),
  );
  t.notOk(Check(schema, { listen: { port: "5555" } }));
  t.notOk(Check(schema, { listen: { port: "$PORT" } }));
});

t.test("every setting is described, and says its default or that it must be given", async (t) => {
  const visit = (path: string, node: Record<string, unknown>): void => {
    const properties = (node["properties"] ?? {}) as Record<string, Record<string, unknown>>;
    for (const [key, property] of Object.entries(properties)) {
      t.type(property["description"], "string", `${path}.${key} has a description`);
      const told = "default" in property || /[Dd]efault/.test(String(property["description"]));
      const inner = "properties" in property || key === "command";
      t.ok(told || inner || (node["required"] as string[]).includes(key), `${path}.${key} has a default`);
      visit(`${path}.${key}`, property);
    }
    for (const item of Object.values(
      (node["patternProperties"] ?? {}) as Record<string, Record<string, unknown>>,
    ))
      visit(`${path}.*`, item);
  };
  visit("", jsonSchema([]));
});
