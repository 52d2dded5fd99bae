import { resolve } from "node:path";
import { DunlinError, lockName } from "../base/index.ts";

/**
 * Makes this the only agent of its state directory.
 * @returns releases it
 * @throws DunlinError `address-in-use`
 */
export async function lockInstance(stateDirectory: string): Promise<() => void> {
  const unlock = await lockName(resolve(stateDirectory));
  if (unlock) return unlock;
  const message = `another agent is running with the state directory ${stateDirectory}: stop it, or give this one a name or stateDirectory of its own`;
  throw new DunlinError("address-in-use", message, { context: { stateDirectory } });
}
