import { type Document, parseDocument, type YAMLError } from "yaml";
import { type Faults, startOf } from "./fault.ts";
import type { Environment } from "./environment.ts";
import { convert } from "./convert.ts";
import { foundText } from "./expectation.ts";
import { isNothing, type MapNode } from "./node.ts";
import { lineOf, placeOf, type Source } from "./source.ts";

/** Faults of the syntax that are told of one file. */
const MAX_SYNTAX_FAULTS = 10;

/** The parser's word for what is wrong, and what helps. */
const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "YAML is indented with spaces",
  BAD_INDENT: "keys of one map begin in the same column",
  MULTILINE_IMPLICIT_KEY: "a key needs a colon and a space after it",
  BLOCK_AS_IMPLICIT_KEY: "put the text into quotes if it holds a colon",
  BAD_SCALAR_START: "put the text into quotes",
};

/**
 * Reads one text as YAML 1.2.
 * @returns the map that it holds, an empty one if there is nothing in it; undefined, with faults told, if it is not YAML or no map
 */
export function parse(source: Source, environment: Environment, faults: Faults): MapNode | undefined {
  const document = documentOf(source, faults);
  if (!document) return undefined;
  const root = convert(document.contents, source, environment, faults);
  if (root.kind === "map") return root;
  if (isNothing(root)) return { kind: "map", at: startOf(source), entries: new Map() };
  if (root.kind !== "broken") faults.add(root.at, [], `expected a map of settings, found ${foundText(root)}`);
  return undefined;
}

function documentOf(source: Source, faults: Faults): Document | undefined {
  let document: Document;
  try {
    document = parseDocument(source.text, {
      version: "1.2",
      schema: "core",
      // Tags would make other types of texts; keys are checked in convert.ts, in linear time and with both places.
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      // `silent` would also be silent about a second document.
      logLevel: "error",
    });
  } catch (thrown) {
    // The parser calls itself for each level of nesting, and has been known to give up by throwing.
    const why = thrown instanceof RangeError ? "it is nested too deep" : String(thrown);
    faults.addFile(source.file, source.order, `cannot be read as YAML: ${why}`);
    return undefined;
  }
  const errors = [...document.errors, ...document.warnings];
  for (const error of telling(errors, source)) addSyntaxFault(error, source, faults);
  return errors.length > 0 ? undefined : document;
}

/** One fault a line, and none after the parser has lost its way: those only follow from it. */
function telling(errors: readonly YAMLError[], source: Source): YAMLError[] {
  const lost = errors.findIndex(({ code }) => code === "UNEXPECTED_TOKEN");
  const lines = new Set<number>();
  return errors
    .slice(0, lost === -1 ? undefined : lost + 1)
    .filter(({ pos }) => {
      const { line } = placeOf(source, pos[0]);
      return !lines.has(line) && lines.add(line);
    })
    .slice(0, MAX_SYNTAX_FAULTS);
}

function addSyntaxFault(error: YAMLError, source: Source, faults: Faults): void {
  const [start, end] = error.pos;
  const { message, hint } = wordsFor(error, source);
  faults.add({ source, start, end }, [], message, { hint });
}

function wordsFor(error: YAMLError, source: Source): { message: string; hint?: string | undefined } {
  const found = source.text.slice(...error.pos);
  switch (error.code) {
    case "TAG_RESOLVE_FAILED":
      return { message: `tags have no meaning here: ${found}`, hint: "more files go into the folder conf.d" };
    case "MULTIPLE_DOCS":
      return { message: "a second document begins here", hint: "a file holds one: take out the ---" };
    case "RESOURCE_EXHAUSTION":
      return { message: "nested too deep" };
    default:
      if (hasBareVariable(lineOf(source, placeOf(source, error.pos[0]).line)))
        return { message: 'not YAML: inside of { } and [ ] a variable needs quotes: "${NAME}"' };
      return { message: `not YAML: ${firstLine(error.message)}`, hint: HINTS[error.code] };
  }
}

/** `{ a: ${B} }` is the likeliest way to write something that is not YAML. */
function hasBareVariable(line: string): boolean {
  const at = line.indexOf("${");
  return at !== -1 && /[{[]/.test(line.slice(0, at));
}

function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").replace(/^./, (letter) => letter.toLowerCase());
}
