import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

const FOLDER = join(import.meta.dirname, "findings");

/** What is wrong with an input; it is empty if it is with all of them together. */
export interface Finding {
  readonly fault: string;
  readonly input: Buffer;
}

export interface PastFinding {
  readonly name: string;
  readonly input: Buffer;
}

/** `findings/<target>/<name>.hex`, with `#` comments, or `.txt` for the bytes as they are. */
export function pastFindings(target: string): PastFinding[] {
  const folder = join(FOLDER, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, input: bytesOf(join(folder, name)) }));
}

function bytesOf(path: string): Buffer {
  if (extname(path) !== ".hex") return readFileSync(path);
  return Buffer.from(readFileSync(path, "utf8").replaceAll(/#.*|\s/g, ""), "hex");
}

/** Keeps one, to be tried each time from now on; who mends it gives it a name. @returns the file */
export function keepFinding(target: string, { fault, input }: Finding): string {
  const folder = join(FOLDER, target);
  mkdirSync(folder, { recursive: true });
  const name = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const path = join(folder, `${name}.hex`);
  const lines = input.toString("hex").match(/.{1,100}/g) ?? [];
  writeFileSync(path, `# ${fault.replaceAll(/\s+/g, " ")}\n${lines.join("\n")}\n`);
  return path;
}

/** Names of the targets that have findings. */
export function targetsWithFindings(): string[] {
  return existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];
}
