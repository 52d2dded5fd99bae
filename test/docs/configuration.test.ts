import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import t from "tap";
import { parseConfig } from "../../src/config/index.ts";
import { loadDrivers } from "../../src/cli/load-agent-config.ts";
import { configurationDocs } from "../../scripts/configuration-docs.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

t.test("docs/configuration.md is what the schemas say: npm run docs", async (t) => {
  t.equal(
    read("docs/configuration.md"),
    await format(await configurationDocs(), { parser: "markdown", printWidth: 110 }),
  );
});

async function options() {
  const defaults = {
    name: "host",
    stateDirectory: () => "/var/lib/dunlin",
    runtimeDirectory: () => "/run/dunlin",
  };
  return { environment: {}, drivers: await loadDrivers(), defaults, hasKeys: () => true };
}

t.test("every configuration that the documentation shows is right", async (t) => {
  for (const file of [
    "README.md",
    "docs/comparison.md",
    "docs/firmware.md",
    "docs/fleet.md",
    "docs/getting-started.md",
    "docs/operations.md",
    "docs/recording.md",
    "docs/security.md",
  ]) {
    const examples = [...read(file).matchAll(/^( *)```yaml\n([\s\S]*?)^\1```/gm)];
    t.ok(examples.length > 0, file);
    for (const [, indent = "", text = ""] of examples) {
      const plain = text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
      t.match(parseConfig([{ file, text: plain }], await options()), { ok: true }, plain);
    }
  }
  t.match(parseConfig([{ file: "systemd/agent.yaml", text: read("systemd/agent.yaml") }], await options()), {
    ok: true,
  });
});

t.test("the settings that the page of json-lines shows are right", async (t) => {
  const text = read("devices/json-lines/README.md");
  const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = ""]) => yaml);
  t.ok(examples.length > 0);
  const head = "devices:\n  one:\n    driver: json-lines\n    port: sim://\n    settings:\n";
  for (const yaml of examples)
    t.match(
      parseConfig([{ file: "json-lines", text: head + yaml.replaceAll(/^/gm, "      ") }], await options()),
      {
        ok: true,
      },
    );
});

t.test("the README keeps to its length, and the files that it names are there", async (t) => {
  const readme = read("README.md");
  t.ok(readme.split("\n").length <= 250);
  for (const [, target = ""] of readme.matchAll(/\]\(([^)#:]+)\)/g))
    t.ok(existsSync(join(ROOT, target)), target);
});
