import { resolve } from "node:path";
import { DunlinError, lockName } from "../base/index.ts";

/**
 * Makes this the only agent or hub of each of these folders.
 * @param folders by the configuration's words for them
 * @returns releases them
 * @throws DunlinError `address-in-use`
 */
export async function lockInstance(folders: Readonly<Record<string, string>>): Promise<() => void> {
  const unlocks: (() => void)[] = [];
  const unlock = (): void => unlocks.forEach((one) => one());
  for (const [word, folder] of Object.entries(folders)) {
    const one = await lockName(`${word} ${resolve(folder)}`);
    if (!one) {
      unlock();
      const message = `another agent is running with the ${word} ${folder}: stop it, or give this one a name or ${word} of its own`;
      throw new DunlinError("address-in-use", message, { context: { [word]: folder } });
    }
    unlocks.push(one);
  }
  return unlock;
}
