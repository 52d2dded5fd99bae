import { basename } from "node:path";
import type { TObject } from "typebox";
import { isName } from "../message/index.ts";
import { check } from "./check.ts";
import { type ConfigFault, Faults, startOf } from "./fault.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { entriesAt, type MapNode, textOf } from "./node.ts";
import { didYouMean } from "./nearest.ts";
import { parse } from "./parse.ts";
import { listFolder, readSource } from "./read.ts";

/** A driver that is described in a file: `drivers/<name>.yaml`. */
export interface Description {
  /** The file's name without its ending: the driver's. */
  readonly name: string;
  readonly file: string;
  readonly kind: string;
  /** Fits the kind's schema, its defaults included. */
  readonly value: unknown;
}

export interface Descriptions {
  readonly descriptions: readonly Description[];
  readonly faults: readonly ConfigFault[];
}

const SUFFIX = ".yaml";

/**
 * Reads every description of a folder; without the folder there is none.
 * @param kinds schemas by the word that `kind` may be
 * @param taken names that a description may not have: those of the drivers that are there anyway
 */
export async function loadDescriptions(
  folder: string,
  kinds: Readonly<Record<string, TObject>>,
  taken: readonly string[],
): Promise<Descriptions> {
  const faults = new Faults();
  const files = await listFolder(folder, faults);
  const descriptions: Description[] = [];
  for (const [order, file] of files.entries()) {
    const description = await readDescription(file, order, kinds, taken, faults);
    if (description) descriptions.push(description);
  }
  return { descriptions, faults: faults.sorted() };
}

/** The same for one file, wherever it is. */
export async function loadDescription(
  file: string,
  kinds: Readonly<Record<string, TObject>>,
): Promise<Descriptions> {
  const faults = new Faults();
  const description = await readDescription(file, 0, kinds, [], faults);
  return { descriptions: description ? [description] : [], faults: faults.sorted() };
}

async function readDescription(
  file: string,
  order: number,
  kinds: Readonly<Record<string, TObject>>,
  taken: readonly string[],
  faults: Faults,
): Promise<Description | undefined> {
  const source = await readSource(file, order, faults);
  const root = source && parse(source, {}, faults);
  const name = basename(file, SUFFIX);
  if (!source || !root) return undefined;
  if (!isName(name) || taken.includes(name)) {
    const why = isName(name) ? `there is a driver ${name} already` : `${name} is no name of a driver`;
    faults.add(startOf(source), [], `${why}: give the file another name`);
  }
  const kind = kindOf(root, Object.keys(kinds), faults);
  const schema = kind === undefined ? undefined : kinds[kind];
  if (kind === undefined || !schema) return undefined;
  return { name, file, kind, value: check(jsonSchemaOf(schema), root, (one) => one, faults) };
}

function kindOf(root: MapNode, kinds: readonly string[], faults: Faults): string | undefined {
  const node = entriesAt(root).get("kind")?.value;
  const kind = textOf(node);
  if (kind !== undefined && kinds.includes(kind)) return kind;
  const found =
    kind === undefined
      ? "kind is missing"
      : `there is no kind ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`;
  faults.add(node?.at ?? root.at, ["kind"], `${found}: it is one of ${kinds.join(", ")}`);
  return undefined;
}
