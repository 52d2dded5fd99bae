import { readFileSync } from "node:fs";
import type { Advisory } from "./npm-audit.ts";

/** Why we live with an advisory, and how long: then somebody looks again. */
export interface Answer {
  readonly reason: string;
  /** YYYY-MM-DD, the last day on which it holds */
  readonly until: string;
}

export type Answers = Readonly<Record<string, Answer>>;

export function readAnswers(file: string): Answers {
  const answers = JSON.parse(readFileSync(file, "utf8")) as Record<string, Partial<Answer>>;
  for (const [id, { reason, until }] of Object.entries(answers))
    if (!reason?.trim() || !/^\d{4}-\d{2}-\d{2}$/.test(until ?? ""))
      throw new Error(`${file}: ${id} needs a reason, and until when it holds (YYYY-MM-DD)`);
  return answers as Answers;
}

export interface Judgement {
  /** what fails the check, a line each */
  readonly open: readonly string[];
  /** what is known and answered, a line each */
  readonly answered: readonly string[];
  /** ids that answer nothing any more */
  readonly idle: readonly string[];
}

/**
 * @param shipped keys of those that concern what users get; the others are in our tools
 * @param today YYYY-MM-DD
 */
export function judge(
  found: readonly Advisory[],
  shipped: ReadonlySet<string>,
  answers: Answers,
  today: string,
): Judgement {
  const open: string[] = [];
  const answered: string[] = [];
  for (const advisory of found) {
    const answer = answers[advisory.id];
    const line = describe(advisory, shipped.has(keyOf(advisory)));
    if (answer === undefined) open.push(line);
    else if (answer.until < today) open.push(`${line}\n  answered until ${answer.until}: ${answer.reason}`);
    else answered.push(`${line}\n  ${answer.reason} (until ${answer.until})`);
  }
  const ids = new Set(found.map(({ id }) => id));
  return { open, answered, idle: Object.keys(answers).filter((id) => !ids.has(id)) };
}

export function keyOf(advisory: Advisory): string {
  return `${advisory.id} ${advisory.package}`;
}

function describe({ id, package: name, range, severity, title }: Advisory, shipped: boolean): string {
  return `${id} ${severity}, ${shipped ? "shipped" : "tools only"}: ${name} ${range}: ${title}`;
}
