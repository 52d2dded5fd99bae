import { spawnSync } from "node:child_process";
import { root } from "../package/paths.ts";

/** What is known against a package that is installed here. */
export interface Advisory {
  /** GHSA-…, or npm's own number where there is none */
  readonly id: string;
  readonly package: string;
  readonly range: string;
  readonly severity: string;
  readonly title: string;
}

/** The registry did not tell: it cannot be reached, or has no such service. */
export class NoAnswer extends Error {}

/**
 * `npm audit` on package-lock.json.
 *
 * @param args more arguments, `--omit=dev` for one
 * @returns what is known, each advisory once for each package
 * @throws NoAnswer when the registry does not tell
 */
export function npmAudit(args: readonly string[]): Advisory[] {
  // Told to be offline, npm would find nothing, and say so as if it had looked.
  const run = spawnSync("npm", ["audit", "--json", "--no-offline", "--fetch-retries=1", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const answer = parse(run.stdout) ?? {};
  if (answer.vulnerabilities) return Object.values(answer.vulnerabilities).flatMap(advisories);
  // npm's own faults come with a code, ENOLOCK for one; what the registry said, or did not, with a message alone.
  if (answer.message !== undefined) throw new NoAnswer(answer.message);
  throw new Error(`npm audit: ${run.stderr.trim()}`);
}

interface Answer {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  readonly message?: string;
}

/** `via` has names where the package is vulnerable only by what it depends on; that has its own entry. */
interface Vulnerability {
  readonly via: readonly (string | Via)[];
}

interface Via {
  readonly source: number;
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
}

function parse(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

function advisories({ via }: Vulnerability): Advisory[] {
  return via
    .filter((cause) => typeof cause !== "string")
    .map(({ source, name, title, url, severity, range }) => ({
      id: /GHSA(?:-\w{4}){3}$/.exec(url)?.[0] ?? String(source),
      package: name,
      range,
      severity,
      title,
    }));
}
