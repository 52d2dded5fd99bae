import { DunlinError } from "../base/index.ts";

/** What an agent is chosen by. */
export interface Selectable {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A selector, read: whether it chooses an agent. */
export type Selector = (agent: Selectable) => boolean;

/** Longest selector, characters; and deepest nesting. */
export const MAX_SELECTOR_CHARS = 1_000;
const MAX_NESTING = 32;

const TOKEN = /\s*(?:([(),]|!=|=)|"([^"]*)"|([^\s(),=!"]+))/y;

interface Token {
  readonly text: string;
  readonly kind: "sign" | "quoted" | "word";
  readonly at: number;
}

/**
 * Reads a selector: `name` globs, labels, and how they go together.
 *
 *   pi-*                           agents by name; * is any text, ? any one character
 *   site=north and model!=pi3      a label that is, or is not; one that is not there is never =, and always !=
 *   site in (north, "far east")    one of several
 *   not canary=yes or (a=1 and b=2)
 *
 * @throws DunlinError `arguments-invalid` naming the place
 */
export function parseSelector(text: string): Selector {
  if (text.length > MAX_SELECTOR_CHARS)
    throw new DunlinError(
      "arguments-invalid",
      `selector of ${text.length} characters; at most ${MAX_SELECTOR_CHARS}`,
    );
  const parser = new Parser(text);
  const selector = parser.either(0);
  parser.end();
  return selector;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  either(depth: number): Selector {
    const all = [this.#both(depth)];
    while (this.#takeWord("or")) all.push(this.#both(depth));
    return (agent) => all.some((one) => one(agent));
  }

  end(): void {
    const token = this.#peek();
    if (token) throw this.#fault(`${JSON.stringify(token.text)} is too much: join with and, or`, token.at);
  }

  #both(depth: number): Selector {
    const all = [this.#one(depth)];
    while (this.#takeWord("and")) all.push(this.#one(depth));
    return (agent) => all.every((one) => one(agent));
  }

  #one(depth: number): Selector {
    if (depth > MAX_NESTING) throw this.#fault(`nested deeper than ${MAX_NESTING}`, this.#text.length);
    if (this.#takeWord("not")) {
      const other = this.#one(depth + 1);
      return (agent) => !other(agent);
    }
    if (this.#takeSign("(")) {
      const inner = this.either(depth + 1);
      if (!this.#takeSign(")")) throw this.#expected(")");
      return inner;
    }
    return this.#term();
  }

  #term(): Selector {
    const key = this.#value("a name or a label");
    if (this.#takeSign("=")) return holds(key, [this.#value("a value")]);
    if (this.#takeSign("!=")) return negated(holds(key, [this.#value("a value")]));
    if (this.#takeWord("in")) return holds(key, this.#list());
    return holds("name", [key]);
  }

  #list(): string[] {
    if (!this.#takeSign("(")) throw this.#expected("( and values");
    const values = [this.#value("a value")];
    while (this.#takeSign(",")) values.push(this.#value("a value"));
    if (!this.#takeSign(")")) throw this.#expected(", or )");
    return values;
  }

  #value(what: string): string {
    const token = this.#peek();
    if (!token || token.kind === "sign") throw this.#expected(what);
    this.#next++;
    return token.text;
  }

  #takeWord(word: string): boolean {
    return this.#take("word", word);
  }

  #takeSign(sign: string): boolean {
    return this.#take("sign", sign);
  }

  #take(kind: Token["kind"], text: string): boolean {
    const token = this.#peek();
    if (token?.kind !== kind || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #expected(what: string): DunlinError {
    const token = this.#peek();
    const found = token ? `found ${JSON.stringify(token.text)}` : "it ends";
    return this.#fault(`expected ${what}, ${found}`, token?.at ?? this.#text.length);
  }

  #fault(what: string, at: number): DunlinError {
    return fault(this.#text, what, at);
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const token = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw fault(text, "cannot be read", from + (/\S/.exec(text.slice(from))?.index ?? 0));
    const [whole, sign, quoted, word = ""] = found;
    const at = from + whole.length - whole.trimStart().length;
    if (sign !== undefined) tokens.push({ text: sign, kind: "sign", at });
    else if (quoted !== undefined) tokens.push({ text: quoted, kind: "quoted", at });
    else tokens.push({ text: word, kind: "word", at });
  }
  return tokens;
}

function fault(text: string, what: string, at: number): DunlinError {
  return new DunlinError("arguments-invalid", `selector ${JSON.stringify(text)}, column ${at + 1}: ${what}`);
}

function holds(key: string, values: readonly string[]): Selector {
  const patterns = values.map(globOf);
  return ({ name, labels }) => {
    const value = key === "name" ? name : Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value !== undefined && patterns.some((fits) => fits(value));
  };
}

function negated(selector: Selector): Selector {
  return (agent) => !selector(agent);
}

/** `*` and `?` as a shell has them, in time linear in text times pattern. */
function globOf(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return (text) => {
    let [at, star, mark] = [0, -1, 0];
    let from = 0;
    while (from < text.length) {
      if (at < pattern.length && pattern[at] === "*") {
        star = at++;
        mark = from;
      } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[from])) {
        at++;
        from++;
      } else if (star >= 0) {
        at = star + 1;
        from = ++mark;
      } else return false;
    }
    while (pattern[at] === "*") at++;
    return at === pattern.length;
  };
}
