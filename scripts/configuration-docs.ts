/** Writes docs/configuration.md from the schemas: `npm run docs`. test/docs/configuration.test.ts holds the two together. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DRIVERS } from "../devices/index.ts";
import { ConfigSchema } from "../src/config/schema.ts";
import type { AnyDriver } from "../src/device/index.ts";

/** What is read of a JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const INTRODUCTION = `# Configuration

One file, \`agent.yaml\`, and what is in \`conf.d/*.yaml\` beside it, merged in the order of their names. The same setting in two
files is a fault, so nothing is overridden by accident. \`\${NAME}\` and \`\${NAME:-default}\` in values stand for environment
variables; \`$\${\` is a plain \`\${\`. \`dunlin check\` says what is wrong, with line and column; \`dunlin schema\` prints the JSON
Schema for editors.

This page is made from the schemas (\`npm run docs\`).
`;

export async function configurationDocs(): Promise<string> {
  const drivers = await Promise.all(Object.values(DRIVERS).map((load) => load()));
  const { devices, components } = ConfigSchema.properties as Record<string, Schema>;
  const sections = [
    INTRODUCTION,
    "## The agent\n",
    table(ConfigSchema as Schema),
    "## A device: `devices.<name>`\n",
    table(first(devices)),
    "## A component: `components.<name>`\n",
    table(first(components)),
    ...drivers.flatMap((driver) => [`## Settings of \`${driver.name}\`\n`, settingsOf(driver)]),
  ];
  return sections.join("\n");
}

function settingsOf({ title, name, settings }: AnyDriver): string {
  return `${title}. More in [its page](../devices/${name}/README.md).\n\n${table(settings as Schema)}`;
}

function table(schema: Schema): string {
  const rows = rowsOf(schema, "");
  if (rows.length === 0) return "None.\n";
  return `| key | value | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function rowsOf(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    value.properties && Object.keys(value.properties).length > 0
      ? rowsOf(value, `${prefix}${key}.`)
      : [
          `| \`${prefix}${key}\` | ${typeOf(value)} | ${defaultOf(value)} | ${cell(value.description ?? "")} |`,
        ],
  );
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.type === "integer" && schema.maximum !== undefined)
    return `${schema.minimum ?? ""} to ${schema.maximum}`;
  if (schema.type === "array") return `list${schema.items ? ` of ${typeOf(schema.items)}` : ""}`;
  if (schema.type === "object") return "map";
  return cell(schema.title ?? schema.type ?? "");
}

function defaultOf({ default: value }: Schema): string {
  if (value === undefined) return "";
  const text = JSON.stringify(value);
  return text.length > 40 ? "all" : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function first(schema: Schema | undefined): Schema {
  return Object.values(schema?.patternProperties ?? {})[0] ?? {};
}

if (import.meta.main)
  writeFileSync(join(import.meta.dirname, "../docs/configuration.md"), await configurationDocs());
