import { DunlinError } from "../base/index.ts";
import { parseSelector, splitManyTarget, splitTarget, type Command } from "../message/index.ts";
import type { Member, Registry } from "./registry.ts";

/**
 * The agents that a command is for; none yet for one that goes to any of many.
 * @throws DunlinError `target-unknown`, `arguments-invalid`
 */
export function agentsOf({ target, rollout }: Command, isSigned: boolean, registry: Registry): string[] {
  const many = splitManyTarget(target);
  if (!many) {
    const agent = splitTarget(target)?.agent ?? "";
    if (registry.get(agent)) return [agent];
    throw new DunlinError("target-unknown", `no agent ${agent} in this fleet of ${registry.size}`);
  }
  const chosen = chosenBy(many.selector, isSigned, registry);
  if (rollout?.mode === "any") return [];
  if (chosen.length === 0) throw nobody(many.selector, isSigned, registry);
  return chosen.map(({ name }) => name);
}

function nobody(selector: string, isSigned: boolean, registry: Registry): DunlinError {
  const unsigned = isSigned ? chosenBy(selector, false, registry).length : 0;
  const hint = `: it is signed, and labels that were given at the hub, by which ${unsigned} would be chosen, do not count then`;
  return new DunlinError(
    "target-unknown",
    `${selector} chooses no agent of the ${registry.size} here${unsigned > 0 ? hint : ""}`,
  );
}

/**
 * @param isSigned what is signed each agent holds against its own labels: those given at the hub do not count for it
 * @throws DunlinError `arguments-invalid`
 */
export function chosenBy(text: string, isSigned: boolean, registry: Registry): Member[] {
  const selector = parseSelector(text);
  return [...registry.all()].filter((member) =>
    selector({ name: member.name, labels: isSigned ? member.ownLabels : registry.labelsOf(member) }),
  );
}
