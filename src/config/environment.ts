import type { Scalar } from "./node.ts";

/** The environment that `${NAME}` is taken from; `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substituted {
  readonly text: string;
  /** The variables that are in the text now, or stood there with a default. */
  readonly variables: readonly string[];
  /** What could not be put in. */
  readonly faults: readonly SubstitutionFault[];
}

export interface SubstitutionFault {
  /** The piece of text that is wrong, as it stands in the file. */
  readonly piece: string;
  readonly message: string;
  readonly hint: string;
}

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}|\$\{[^}]{0,40}\}?/g;

/**
 * Puts environment variables into a text: `${NAME}`, or `${NAME:-default}` for when it is unset or empty, as a shell
 * has it. `$${` is a `${` that stays. What a variable holds is not looked at again.
 */
export function substitute(text: string, environment: Environment): Substituted {
  const variables: string[] = [];
  const faults: SubstitutionFault[] = [];
  const replaced = text.replace(REFERENCE, (piece: string, name?: string, fallback?: string, value = "") => {
    if (piece === "$${") return "${";
    if (name === undefined) {
      faults.push(malformed(piece));
      return piece;
    }
    variables.push(name);
    const set = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (fallback !== undefined) return set === undefined || set === "" ? value : set;
    if (set === undefined) faults.push(unset(piece, name));
    return set ?? "";
  });
  return { text: replaced, variables, faults };
}

function unset(piece: string, name: string): SubstitutionFault {
  return {
    piece,
    message: `the environment variable ${name} is not set`,
    hint: `set it, or give a default: \${${name}:-value}`,
  };
}

function malformed(piece: string): SubstitutionFault {
  return {
    piece,
    message: `expected \${NAME} or \${NAME:-default}, found ${JSON.stringify(piece)}`,
    hint: "for the two characters themselves write $${",
  };
}

const INTEGER = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** What a text without quotes is in YAML 1.2 (core schema, §10.3.2), the numbers of other bases left out. */
export function typed(text: string): Scalar {
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return INTEGER.test(text) || FLOAT.test(text) ? Number(text) : text;
}
