import { asDunlinError, type ErrorCode } from "../base/index.ts";
import type { CommandState } from "../message/index.ts";
import { terminal } from "./terminal.ts";

/** Exit codes of every command; --help shows them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, rejected: 4, expired: 5, lost: 6 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  0  done
  1  it failed
  2  wrong usage or configuration
  3  no answer in time
  4  the command was rejected
  5  the command expired
  6  readings were lost, and --strict was given`;

const USAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "usage",
  "config-invalid",
  "config-unreadable",
  "address-invalid",
  "arguments-invalid",
  "insecure-address",
]);

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (USAGE.has(code)) return EXIT.usage;
  return code === "timed-out" ? EXIT.unreachable : EXIT.failed;
}

const BY_STATE: Partial<Record<CommandState, ExitCode>> = {
  succeeded: EXIT.ok,
  rejected: EXIT.rejected,
  expired: EXIT.expired,
};

export function exitCodeOfState(state: CommandState): ExitCode {
  return BY_STATE[state] ?? EXIT.failed;
}

/** Says what went wrong, as a line for people or as JSON, and gives the exit code for it. */
export function report(thrown: unknown, json: boolean): ExitCode {
  const error = asDunlinError(thrown);
  const { code, message, context, retryable } = error;
  if (json) terminal.note(JSON.stringify({ error: { code, message, retryable, ...context } }));
  else
    terminal.note(
      `${terminal.paintNote("red", "error")} ${message} ${terminal.paintNote("dim", `(${code})`)}`,
    );
  if (code === "internal" && error.cause instanceof Error) terminal.note(error.cause.stack ?? "");
  return exitCodeOf(code);
}
