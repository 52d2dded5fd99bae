import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";

/** Recordings of real devices, kept outside of the project; their licences stand in each case. */
export const CAPTURES = resolve(
  process.env["DUNLIN_CAPTURES"] ?? join(import.meta.dirname, "../../../shared/captures"),
);

/** What a recording means, as checked by others' decoders. */
export interface Expected {
  readonly input: { readonly file: string };
  readonly [field: string]: unknown;
}

export interface Capture {
  readonly name: string;
  readonly expected: Expected;
  readonly bytes: Buffer;
}

/** The cases of one protocol. Without the recordings there are none, and the test's output says so. */
export function capturesOf(protocol: string): readonly Capture[] {
  const folder = join(CAPTURES, protocol);
  if (!existsSync(CAPTURES) && process.env["DUNLIN_CAPTURES"] !== undefined)
    throw new Error(`DUNLIN_CAPTURES is ${CAPTURES}, which is not there`);
  if (!existsSync(folder)) {
    const notice = `captures not found at ${folder}: conformance of ${protocol} not run`;
    t.comment(notice);
    process.stderr.write(`${notice}\n`);
    return [];
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith(".expected.json"))
    .map((file) => {
      const expected = JSON.parse(readFileSync(join(folder, file), "utf8")) as Expected;
      return {
        name: file.replace(".expected.json", ""),
        expected,
        bytes: readFileSync(join(folder, expected.input.file)),
      };
    });
}
