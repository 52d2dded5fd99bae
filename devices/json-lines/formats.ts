import type { Value } from "../../src/message/index.ts";
import { scalarOf } from "./scalar.ts";

/** One value under the name that the device gave it. */
export type Pair = readonly [name: string, value: Value];

/** What a line holds, or why it holds nothing, in the words that discards are counted by. */
export type Line = readonly Pair[] | "unparsable" | "unsupported";

/** Deepest nesting of a JSON line that is flattened. */
const MAX_DEPTH = 8;

/** `{"t":21.5,"air":{"h":48}}`: an object; what is nested comes out flat, as `air.h`. */
export function readJson(line: string): Line {
  // Saves the exception, which costs more than all else, for what can be seen to be no object.
  if (!line.startsWith("{") || !line.endsWith("}")) return "unparsable";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "unparsable";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "unparsable";
  const pairs: Pair[] = [];
  return flatten(value, "", 1, pairs) ? pairs : "unparsable";
}

function flatten(from: object, prefix: string, depth: number, into: Pair[]): boolean {
  if (depth > MAX_DEPTH) return false;
  for (const [key, value] of Object.entries(from) as [string, unknown][]) {
    const name = prefix + key;
    if (typeof value === "object" && value !== null) {
      if (!flatten(value, `${name}.`, depth + 1, into)) return false;
    } else if (typeof value === "number" && !Number.isFinite(value)) into.push([name, null]);
    else into.push([name, value as Value]);
  }
  return true;
}

/**
 * A name, `:` or `=`, and a word or a quoted text; a comma inside a word is a decimal one. A name with nothing behind it
 * is a match too: else each of its letters would be tried as a beginning.
 */
const PAIR = /([A-Za-z_][\w./-]*)(?:\s*[:=]\s*("[^"]*"|(?:[^\s;,"]|,(?=\d))*))?/g;

/**
 * `T:21.5 H:48.2`, `A0=512;A1=1023`, `Temperature = 21.56 *C`. The line must begin with a pair. What stands after a
 * number and is no pair is its unit and passed over; after a text it means that the line is meant for people.
 */
export function readKeyValue(line: string): Line {
  // The rest of a JSON line may look like a pair.
  if (/[{}]/.test(line)) return "unparsable";
  const pairs: Pair[] = [];
  let end = 0;
  for (const match of line.matchAll(PAIR)) {
    const [whole, name = "", word] = match;
    if (word === undefined) continue;
    if (!mayStandBetween(line.slice(end, match.index), pairs.at(-1))) return "unparsable";
    pairs.push([name, word.startsWith('"') ? word.slice(1, -1) : scalarOf(word)]);
    end = match.index + whole.length;
  }
  return pairs.length > 0 && mayStandBetween(line.slice(end), pairs.at(-1)) ? pairs : "unparsable";
}

function mayStandBetween(text: string, before: Pair | undefined): boolean {
  return /^[\s;,]*$/.test(text) || typeof before?.[1] === "number";
}

export interface CsvFormat {
  /** Names of the cells in order; without them the cells are column_1, column_2 and so on. */
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** Whether a line of words only holds values; else it is the header, which some devices repeat. */
  readonly wordsAreValues: boolean;
}

/** `1234,21.5,48.2`: as many cells as columns. */
export function readCsv(line: string, { columns, delimiter, wordsAreValues }: CsvFormat): Line {
  const cells = line.split(delimiter).map((cell) => scalarOf(unquoted(cell.trim())));
  if (columns.length > 0 && cells.length !== columns.length) return "unparsable";
  if (!wordsAreValues && cells.every((cell) => typeof cell === "string")) return "unsupported";
  return cells.map((cell, index) => [columns[index] ?? `column_${index + 1}`, cell]);
}

function unquoted(cell: string): string {
  return cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
}
