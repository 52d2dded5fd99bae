import type { CommandEvent } from "../command/index.ts";
import type { CommandProgress } from "../message/index.ts";

/** Commands that ask for another to be cancelled: each ends when that other has ended. */
export class Cancellations {
  readonly #askingFor = new Map<string, string[]>();

  add(asking: string, target: string): void {
    this.#askingFor.set(target, [...(this.#askingFor.get(target) ?? []), asking]);
  }

  /** @returns what that means for those that asked */
  ended({ id, state }: CommandProgress): readonly (readonly [asking: string, event: CommandEvent])[] {
    const asking = this.#askingFor.get(id) ?? [];
    this.#askingFor.delete(id);
    const event: CommandEvent =
      state === "cancelled"
        ? { type: "succeed" }
        : { type: "fail", code: "not-found", reason: `command ${id} had ended before: ${state}` };
    return asking.map((one) => [one, event] as const);
  }
}
