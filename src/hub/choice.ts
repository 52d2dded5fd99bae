import { DunlinError } from "../base/index.ts";
import { parseSelector, splitManyTarget, splitTarget, type Command } from "../message/index.ts";
import type { Member, Registry } from "./registry.ts";

/**
 * The agents that a command is for, in the order in which they are to get it: those that are there come first, since a canary that is
 * away would hold up everybody.
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
  if (chosen.length === 0 && rollout?.mode !== "any")
    throw new DunlinError("target-unknown", `${many.selector} chooses none of the ${registry.size} agents`);
  const isOnline = ({ online }: Member): boolean => online;
  return [...chosen.filter(isOnline), ...chosen.filter((one) => !isOnline(one))].map(({ name }) => name);
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
