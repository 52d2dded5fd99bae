import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { judge, keyOf, readAnswers } from "./audit/answers.ts";
import { NoAnswer, npmAudit, type Advisory } from "./audit/npm-audit.ts";

/**
 * `npm run audit`: no advisory is known against what is shipped, nor against our tools, but those that
 * scripts/audit-answers.json answers:
 *
 *   { "GHSA-…": { "reason": "why it does not concern us", "until": "2027-01-31" } }
 *
 * A registry that does not tell, as mirrors often do not, is no pass but a warning; with --required, as before a release,
 * it is a failure.
 */
const { values } = parseArgs({
  options: {
    answers: { type: "string", default: join(import.meta.dirname, "audit-answers.json") },
    required: { type: "boolean", default: false },
  },
});
const answers = readAnswers(values.answers);

try {
  check(npmAudit([]), npmAudit(["--omit=dev"]));
} catch (error) {
  if (!(error instanceof NoAnswer)) throw error;
  say("red", `NOT AUDITED: the registry does not tell what is known against our packages.\n${error.message}`);
  if (values.required) process.exitCode = 1;
  else say("red", "Nothing was checked. Before a release: npm run audit -- --required");
}

function check(all: readonly Advisory[], shipped: readonly Advisory[]): void {
  const today = new Date().toISOString().slice(0, 10);
  const { open, answered, idle } = judge(all, new Set(shipped.map(keyOf)), answers, today);
  for (const line of answered) console.log(line);
  for (const id of idle) say("yellow", `${id} is answered, and not found any more: take it out`);
  for (const line of open) say("red", line);
  if (open.length > 0) {
    say("red", `${open.length} without an answer: update the package, or answer in ${values.answers}`);
    process.exitCode = 1;
  } else
    console.log(
      answered.length > 0 ? `audited: ${answered.length} known, all answered` : "audited: none known",
    );
}

function say(colour: "red" | "yellow", text: string): void {
  console.error(styleText(colour, text, { stream: process.stderr }));
}
