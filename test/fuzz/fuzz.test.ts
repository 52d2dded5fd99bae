import t from "tap";
import { pastFindings, targetsWithFindings } from "./findings.ts";
import { inputsOf, runTarget } from "./run-target.ts";
import { TARGETS } from "./targets/index.ts";
import { tryInput } from "./trial.ts";

/** The short form of `npm run fuzz`: another seed gives other inputs. */
const INPUTS = Number(process.env["DUNLIN_FUZZ_INPUTS"] ?? 60_000);
const SEED = Number(process.env["DUNLIN_FUZZ_SEED"] ?? 1);
/** Of each target at least. */
const LEAST = 300;
/** Ten seconds of work, on a machine that may be doing ten other things. */
t.setTimeout(300_000);

t.test("what was found once is not found again", async (t) => {
  const names = TARGETS.map(({ name }) => name);
  for (const name of targetsWithFindings()) t.ok(names.includes(name), `${name} is a target`);
  for (const target of TARGETS)
    for (const { name, input } of pastFindings(target.name))
      t.equal(tryInput(target, input).fault, undefined, `${target.name}: ${name}`);
});

for (const target of TARGETS)
  t.test(`${target.name} takes or refuses anything, in time`, async (t) => {
    t.teardown(() => target.close?.());
    const outcome = await runTarget(target, { inputs: inputsOf(target, TARGETS, INPUTS, LEAST), seed: SEED });
    for (const { fault, input } of outcome.findings)
      t.fail(`${fault}: ${input.toString("hex").slice(0, 2_000)}`);
    t.ok(outcome.accepted > 0 || target.mayTakeNone === true, "and takes some");
  });
