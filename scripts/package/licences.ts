import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";

/** What the binary carries of others, as its licence wants it told. */
export interface Licensed {
  readonly name: string;
  readonly version?: string;
  /** SPDX expression */
  readonly licence: string;
  readonly text: string;
}

/** None of these asks for more than its text and the place of its source, which is what the file gives. */
const ALLOWED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MPL-2.0",
  "Unlicense",
]);

/**
 * Whether the licence needs nobody's decision. Of alternatives (`MIT OR GPL-3.0-only`) all must be allowed: choosing
 * is a decision.
 */
export function isAllowed(expression: string): boolean {
  const ids = expression
    .replaceAll(/[()]/g, " ")
    .trim()
    .split(/\s+(?:AND|OR)\s+/);
  return ids.every((id) => ALLOWED.has(id.trim()));
}

/** @returns the text of all licence files of a package, "" without any */
export function licenceIn(folder: string): string {
  const files = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)\b/i.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
  return files.map((name) => readFileSync(join(root, folder, name), "utf8").trim()).join("\n\n");
}

/**
 * The text of THIRD-PARTY-LICENSES.txt.
 *
 * @throws Error that names everything that cannot be passed on as it is: without a text, or under another licence
 */
export function licencesText(parts: readonly Licensed[]): string {
  const faults = parts.flatMap(({ name, licence, text }) => [
    ...(isAllowed(licence)
      ? []
      : [`${name}: ${licence} is not among the licences of scripts/package/licences.ts`]),
    ...(text.trim() ? [] : [`${name}: no text of its licence (${licence})`]),
  ]);
  if (faults.length > 0) throw new Error(`packed, but not to be passed on:\n  ${faults.join("\n  ")}`);
  return [HEAD, ...parts.map(section)].join(`\n${"=".repeat(80)}\n\n`);
}

const HEAD = "Dunlin's binaries contain the following, each under its own licence.\n";

function section({ name, version, licence, text }: Licensed): string {
  return `${version === undefined ? name : `${name} ${version}`}\nLicence: ${licence}\n\n${text.trim()}\n`;
}
