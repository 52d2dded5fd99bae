import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar as YamlScalar,
  type YAMLMap,
} from "yaml";
import { type Environment, substitute, typed } from "./environment.ts";
import type { Faults, Path } from "./fault.ts";
import { setTwice } from "./merge.ts";
import type { ConfigNode, Entry, Scalar, ScalarNode } from "./node.ts";
import type { Source, Span } from "./source.ts";

/** Deepest nesting; a configuration needs 6, and a driver's settings may want some more. */
const MAX_DEPTH = 32;

/** Most values in one file with every alias followed: a few aliases of aliases can stand for billions of values. */
const MAX_NODES = 50_000;

/** Turns the parser's tree into ours: aliases followed, environment variables put in, the place of everything kept. */
export function convert(
  contents: unknown,
  source: Source,
  environment: Environment,
  faults: Faults,
): ConfigNode {
  return new Conversion(source, environment, faults).node(contents, []);
}

class Conversion {
  readonly #source: Source;
  readonly #environment: Environment;
  readonly #faults: Faults;
  /** The newest node of each anchor so far, which is the one that an alias means (YAML 1.2 §7.1). */
  readonly #anchors = new Map<string, Node>();
  #nodes = 0;
  #tooMany = false;

  constructor(source: Source, environment: Environment, faults: Faults) {
    this.#source = source;
    this.#environment = environment;
    this.#faults = faults;
  }

  node(node: unknown, path: Path): ConfigNode {
    const at = this.#span(node);
    if (this.#isTooMuch(at, path)) return { kind: "broken", at };
    if (isAlias(node)) return this.#alias(node.source, at, path);
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    }
    if (isMap(node)) return { kind: "map", at, entries: this.#entries(node, path) };
    if (isSeq(node))
      return {
        kind: "list",
        at,
        items: node.items.map((item, index) => this.node(item, [...path, String(index)])),
      };
    return isScalar(node)
      ? this.#scalar(node, at, path)
      : { kind: "scalar", at, value: null, others: [], variables: [] };
  }

  #isTooMuch(at: Span, path: Path): boolean {
    if (this.#tooMany) return true;
    if (++this.#nodes > MAX_NODES) {
      this.#tooMany = true;
      this.#faults.add(at, [], `the file has more than ${MAX_NODES} values, aliases followed`);
    } else if (path.length > MAX_DEPTH)
      this.#faults.add(at, path.slice(0, 3), `nested deeper than ${MAX_DEPTH}`);
    return this.#tooMany || path.length > MAX_DEPTH;
  }

  #alias(anchor: string, at: Span, path: Path): ConfigNode {
    const target = this.#anchors.get(anchor);
    if (target) return this.node(target, path);
    this.#faults.add(at, path, `there is no anchor &${anchor} before this alias`);
    return { kind: "broken", at };
  }

  #entries(map: YAMLMap, path: Path): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of map.items) this.#entry(pair, path, entries);
    return entries;
  }

  #entry(pair: Pair, path: Path, entries: Map<string, Entry>): void {
    const key = this.#span(pair.key ?? pair.value);
    const name = isScalar(pair.key) ? this.#keyText(pair.key) : undefined;
    if (name === undefined) {
      this.#faults.add(key, path, "expected a word as key");
      return;
    }
    const first = entries.get(name);
    if (first) this.#faults.add(key, [...path, name], `${name} ${setTwice(first.key)}`);
    else entries.set(name, { key, value: this.node(pair.value, [...path, name]) });
  }

  /** The key as it was written: `5:` is the key "5", and `0x1F:` is "0x1F". */
  #keyText(key: YamlScalar): string | undefined {
    return typeof key.value === "string" ? key.value : key.value === null ? undefined : key.source;
  }

  #scalar(node: YamlScalar, at: Span, path: Path): ConfigNode {
    const value = node.value as Scalar;
    if (typeof value !== "string" || !value.includes("${"))
      return { kind: "scalar", at, value, others: [], variables: [] };
    const { text, variables, faults } = substitute(value, this.#environment);
    for (const { piece, message, hint } of faults)
      this.#faults.add(this.#pieceSpan(piece, at), path, message, { hint });
    if (faults.length > 0) return { kind: "broken", at };
    return variables.length === 0
      ? { kind: "scalar", at, value: text, others: [], variables }
      : substitutedScalar(text, node.type === "PLAIN", at, variables);
  }

  /** Where a piece of a value is. Escapes in quotes can hide it; then the value's place must do. */
  #pieceSpan(piece: string, at: Span): Span {
    const start = this.#source.text.slice(at.start, at.end).indexOf(piece);
    return start === -1 ? at : { ...at, start: at.start + start, end: at.start + start + piece.length };
  }

  #span(node: unknown): Span {
    const range =
      node !== null && typeof node === "object" && "range" in node ? (node as Node).range : undefined;
    const [start, end] = range ?? [0, 0];
    return { source: this.#source, start, end };
  }
}

function substitutedScalar(text: string, plain: boolean, at: Span, variables: readonly string[]): ScalarNode {
  const read = typed(text);
  const [value, other] = plain ? [read, text] : [text, read];
  return { kind: "scalar", at, value, others: other === value || other === null ? [] : [other], variables };
}
