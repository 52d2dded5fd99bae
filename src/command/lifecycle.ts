import type { ErrorCode } from "../base/index.ts";
import {
  isFinal,
  type Command,
  type CommandProgress,
  type CommandState,
  type Values,
} from "../message/index.ts";

/** What happens to a command. */
export type CommandEvent =
  | { readonly type: "run" }
  | { readonly type: "succeed"; readonly result?: Values }
  | { readonly type: "fail"; readonly code: ErrorCode; readonly reason: string }
  | { readonly type: "reject"; readonly code: ErrorCode; readonly reason: string }
  | { readonly type: "expire" }
  | { readonly type: "cancel" };

/** `accepted → running → succeeded | failed | expired | rejected | cancelled`: which state each event leads to, and from where. */
const TRANSITIONS: Readonly<
  Record<CommandEvent["type"], { from: readonly CommandState[]; to: CommandState }>
> = {
  run: { from: ["accepted"], to: "running" },
  succeed: { from: ["accepted", "running"], to: "succeeded" },
  fail: { from: ["accepted", "running"], to: "failed" },
  reject: { from: ["accepted"], to: "rejected" },
  expire: { from: ["accepted"], to: "expired" },
  cancel: { from: ["accepted", "running"], to: "cancelled" },
};

/** The progress of a command that has just come. @param timeUs µs since 1970 */
export function accepted(command: Command, timeUs: number): CommandProgress {
  return { id: command.id, target: command.target, name: command.name, state: "accepted", time: timeUs };
}

/**
 * @param timeUs µs since 1970
 * @returns undefined if the event does not apply: a command that has ended never changes again
 */
export function next(
  progress: CommandProgress,
  event: CommandEvent,
  timeUs: number,
): CommandProgress | undefined {
  const { from, to } = TRANSITIONS[event.type];
  if (isFinal(progress.state) || !from.includes(progress.state)) return undefined;
  const { id, target, name } = progress;
  return { id, target, name, state: to, time: timeUs, ...details(event) };
}

function details(event: CommandEvent): Pick<CommandProgress, "code" | "reason" | "result"> {
  switch (event.type) {
    case "fail":
    case "reject":
      return { code: event.code, reason: event.reason };
    case "expire":
      return { code: "expired", reason: "its deadline had passed before it could run" };
    case "succeed":
      return event.result === undefined ? {} : { result: event.result };
    case "run":
    case "cancel":
      return {};
  }
}
