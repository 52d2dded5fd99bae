import { isDeepStrictEqual } from "node:util";
import type { SecurityPlan } from "./access.ts";

/** What an agent or hub is made of: it cannot change while one runs. */
export interface Fixed {
  readonly name: string;
  readonly endpoints: unknown;
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  readonly clock?: unknown;
  readonly journal?: unknown;
  readonly security?: Pick<SecurityPlan, "keysDirectory" | "secretKey">;
}

/** By the names of the configuration. */
const PARTS: Readonly<Record<string, (fixed: Fixed) => unknown>> = {
  name: ({ name }) => name,
  listen: ({ endpoints }) => endpoints,
  stateDirectory: ({ stateDirectory }) => stateDirectory,
  runtimeDirectory: ({ runtimeDirectory }) => runtimeDirectory,
  clock: ({ clock }) => clock,
  "journal.enabled": ({ journal }) => journal !== undefined,
  "security.keysDirectory": ({ security }) => security?.keysDirectory,
  "its own key": ({ security }) => security?.secretKey,
};

/** @returns what differs and counts only from the next start, by its names in the configuration */
export function fixedChanges(before: Fixed, after: Fixed): string[] {
  return Object.entries(PARTS)
    .filter(([, part]) => !isDeepStrictEqual(part(before), part(after)))
    .map(([name]) => name);
}
