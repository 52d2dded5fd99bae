import { isMap, isPair, isScalar, parseAllDocuments, type Node } from "yaml";

const REDACTED = "(redacted)";

/** Keys of which the value is nobody's business. */
const SECRET_KEY = /pass(?:wd|word|phrase)|^pass$|secret|token|credential|api[-_]?key|private/i;
/** What a component is given in its environment: as a rule what it logs in with. */
const ENVIRONMENT = "environment";
/** `secretKey: value`, also in braces, in a comment, or in a line of a log. */
const SECRET_PAIR =
  /(["']?(?:[\w.-]*(?:pass(?:wd|word|phrase)|secret|token|credential|api[-_]?key|private)[\w.-]*|\bpass)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}\]#]+)/gi;
/** `//user:password@`. */
const USER_INFO = /(:\/\/)[^\s/@"']+@/g;
/** What `dunlin invite` prints. */
const TOKEN = /\bdunlin-[\w-]{40,}/g;
/** What is shorter stands in too many places by chance. */
const LEAST_CHARS = 4;

/** Takes secrets out of texts. Those that it knows go wherever they stand, in base64 and in hexadecimal, too. */
export class Redactor {
  readonly #known: readonly string[];

  /** @param secrets values that may not stand anywhere */
  constructor(secrets: Iterable<string>) {
    const forms = [...secrets].filter(({ length }) => length >= LEAST_CHARS).flatMap(formsOf);
    // The longest first: one may be within another.
    this.#known = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let clean = text;
    for (const secret of this.#known) clean = clean.replaceAll(secret, REDACTED);
    return clean
      .replaceAll(TOKEN, REDACTED)
      .replaceAll(USER_INFO, `$1${REDACTED}@`)
      .replaceAll(SECRET_PAIR, redactPair);
  }
}

/**
 * Values in a configuration that are secret by their key, and those of the variables that it names. Text that is no YAML gives what
 * can be read of it.
 */
export function secretsIn(text: string, environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = [...text.matchAll(/\$\{(\w+)/g)].flatMap(([, name = ""]) => environment[name] ?? []);
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  const found = Array.isArray(documents)
    ? documents.flatMap(({ contents }) => valuesIn(contents, false))
    : [];
  return [...named, ...found];
}

function valuesIn(node: unknown, isSecret: boolean): string[] {
  if (isScalar(node)) return isSecret ? [String(node.value)] : [];
  if (isPair(node)) {
    const key = isScalar(node.key) ? String(node.key.value) : "";
    return valuesIn(node.value, isSecret || key === ENVIRONMENT || SECRET_KEY.test(key));
  }
  const { items } = (node ?? {}) as { readonly items?: readonly Node[] };
  return isMap(node) || Array.isArray(items) ? (items ?? []).flatMap((item) => valuesIn(item, isSecret)) : [];
}

/** What was quoted stays so, and what is JSON stays JSON. */
function redactPair(_pair: string, key: string, value: string): string {
  const [quote = ""] = /^["']/.exec(value) ?? /^"/.exec(key) ?? [];
  return `${key}${quote}${REDACTED}${quote}`;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    escaped,
    bytes.toString("base64"),
    bytes.toString("base64").replaceAll("=", ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ];
}
