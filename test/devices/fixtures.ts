import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";

/** Bytes that a device may send, written from its specification, and what its driver must make of them. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Buffer;
  readonly settings: object;
  /** One event a line, as JSON. */
  readonly events: readonly string[];
}

const EXPECTED = ".expected.jsonl";

/**
 * `devices/<driver>/fixtures/`: `<name>.hex` (with `#` comments) or any other ending for the bytes as they are, beside it
 * `<name>.expected.jsonl`, and `<name>.settings.json` where the settings are not the defaults.
 */
export function fixturesOf(driver: string): Fixture[] {
  const folder = join(import.meta.dirname, "../../devices", driver, "fixtures");
  const files = readdirSync(folder);
  return files
    .filter((file) => !file.endsWith(EXPECTED) && !file.endsWith(".settings.json"))
    .map((file) => {
      const name = basename(file, extname(file));
      const settings = join(folder, `${name}.settings.json`);
      return {
        name,
        bytes: bytesOf(join(folder, file)),
        settings: existsSync(settings) ? (JSON.parse(readFileSync(settings, "utf8")) as object) : {},
        events: readFileSync(join(folder, name + EXPECTED), "utf8")
          .trim()
          .split("\n"),
      };
    });
}

function bytesOf(path: string): Buffer {
  if (extname(path) !== ".hex") return readFileSync(path);
  return Buffer.from(readFileSync(path, "utf8").replaceAll(/#.*|\s/g, ""), "hex");
}
