import { DunlinError, ERROR_CODES } from "../base/index.ts";
import type { CommandEvent } from "../command/index.ts";
import type { FromComponent } from "../ipc/index.ts";
import { isValues } from "../message/index.ts";

/** Longest reason that is passed on, characters. */
const MAX_REASON = 1_000;

/**
 * What a component's word about a command means; nothing of it is trusted.
 * @throws DunlinError `message-invalid`
 */
export function eventOf({ state, result, code, reason }: FromComponent["progress"]): CommandEvent {
  switch (state) {
    case "running":
      return { type: "run" };
    case "cancelled":
      return { type: "cancel" };
    case "succeeded":
      if (result === undefined) return { type: "succeed" };
      if (isValues(result)) return { type: "succeed", result };
      return { type: "fail", code: "message-invalid", reason: "it ran, but its result is no map of values" };
    case "failed":
      return {
        type: "fail",
        code: code !== undefined && ERROR_CODES.includes(code) ? code : "driver-failed",
        reason: typeof reason === "string" ? reason.slice(0, MAX_REASON) : "the component gave no reason",
      };
    default:
      throw new DunlinError(
        "message-invalid",
        `progress of state ${JSON.stringify(state)}: a component says running, succeeded, failed or cancelled`,
      );
  }
}
