import {
  decodeProgress,
  isValues,
  parseTopic,
  commandTopic,
  type CommandProgress,
} from "../message/index.ts";
import { DunlinError } from "../base/index.ts";
import type { Run } from "./fleet-command.ts";

const MAX_TEXT_CHARS = 1_000;
/** A result beyond is not kept at the hub, bytes: there may be one for each of thousands of agents. */
const MAX_RESULT_BYTES = 4 * 1024;

/** What an agent says of a command, of which only what is right is taken. @throws DunlinError `message-invalid` */
export function runReport(
  agent: string,
  body: Uint8Array,
  nowUs: number,
): { readonly id: string; readonly run: Run } {
  const progress = decodeProgress(body);
  if (parseTopic(commandTopic(agent, progress.id))?.kind !== "command")
    throw new DunlinError(
      "message-invalid",
      `a command's progress with the id ${JSON.stringify(progress.id).slice(0, 64)}`,
    );
  return { id: progress.id, run: { agent, ...checked(progress, nowUs) } };
}

function checked({ state, time, code, reason, result }: CommandProgress, nowUs: number): Omit<Run, "agent"> {
  return {
    state,
    time: Number.isSafeInteger(time) ? time : nowUs,
    ...(typeof code === "string" ? { code: code.slice(0, MAX_TEXT_CHARS) } : {}),
    ...(typeof reason === "string" ? { reason: reason.slice(0, MAX_TEXT_CHARS) } : {}),
    ...(isValues(result) && JSON.stringify(result).length <= MAX_RESULT_BYTES ? { result } : {}),
  };
}
