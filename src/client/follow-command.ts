import { userInfo } from "node:os";
import { v7 } from "uuid";
import { DunlinError, monotonicMs } from "../base/index.ts";
import { handshakeFails, type Pusher } from "../bus/index.ts";
import {
  commandTopic,
  isFinal,
  splitManyTarget,
  splitTarget,
  type Command,
  type CommandProgress,
  type CommandState,
  type RolloutPlan,
  type Values,
} from "../message/index.ts";
import type { MessageStream } from "./message-stream.ts";

export interface PushOptions {
  /** Until when it may start, ms from now; later it is `expired` and never runs. Default 30 000. */
  readonly expiresMs?: number;
  /** Who asks. Default: the user's name. */
  readonly issuer?: string;
  /** Use this id again to be sure that a command runs once. Default: a new UUIDv7. */
  readonly id?: string;
  /** Told of every state as it comes. */
  readonly onProgress?: (progress: CommandProgress) => void;
}

const DEFAULT_EXPIRES_MS = 30_000;
/** A command that nobody has accepted is sent again after this long, ms; the id keeps it from running twice. */
const RESEND_MS = 500;
/** A connection over which nobody has accepted it for so long is made anew, ms: packets may vanish on it. */
const UNACCEPTED_MS = 3_000;
/** How long after its deadline a command's outcome is waited for, ms. */
const OUTCOME_GRACE_MS = 60_000;

/** @throws DunlinError `arguments-invalid` */
export function makeCommand(
  target: string,
  name: string,
  args: Values,
  options: PushOptions & { readonly rollout?: RolloutPlan },
): Command {
  if (!splitTarget(target) && !splitManyTarget(target))
    throw new DunlinError(
      "arguments-invalid",
      `${JSON.stringify(target)} is not a target: write <agent> or <agent>/<device>`,
    );
  const issued = Date.now() * 1_000;
  const expires = issued + (options.expiresMs ?? DEFAULT_EXPIRES_MS) * 1_000;
  return {
    id: options.id ?? v7(),
    target,
    name,
    args,
    issued,
    expires,
    issuer: options.issuer ?? userInfo().username,
    ...(options.rollout ? { rollout: options.rollout } : {}),
  };
}

/** @param hub whose word on a command to many counts */
export function topicOf(command: Command, hub = ""): string {
  return commandTopic(splitTarget(command.target)?.agent ?? hub, command.id);
}

/** What a command is followed with. */
export interface CommandPath {
  /** The command as it is sent, bare or signed. */
  readonly body: Buffer;
  readonly pusher: Pusher;
  /** Already subscribed to the command's topic: who pushes first may miss the answer. */
  readonly stream: MessageStream;
  /** Where the command stands by the agent's own word, undefined if it knows nothing of it. */
  readonly ask: (id: string) => Promise<CommandProgress | undefined>;
}

/**
 * Pushes a command until someone accepts it, and follows it to its final state. When nothing is heard the agent is asked
 * too: one that the command was not meant for says so on a topic of its own, which nobody here follows.
 * @throws DunlinError `timed-out` if nobody accepts it before its deadline, or no outcome comes
 */
export async function followCommand(
  command: Command,
  { body, pusher, stream, ask }: CommandPath,
  options: PushOptions,
): Promise<CommandProgress> {
  const startMs = monotonicMs();
  const deadlineMs = startMs + (command.expires - command.issued) / 1_000;
  const { promise: told, resolve: tell } = Promise.withResolvers<CommandProgress>();
  let state: CommandState | undefined;
  let toldUs: number | undefined;
  const isToMany = splitTarget(command.target) === undefined;
  const note = (progress: CommandProgress): boolean => {
    // A state comes again when another subscriber asks for it, and by a hub from the hub and from the agent. A command to
    // many goes on within its state.
    if (progress.state !== state || (isToMany && progress.time !== toldUs)) options.onProgress?.(progress);
    state = progress.state;
    toldUs = progress.time;
    return isFinal(state);
  };
  const resend = setInterval(() => {
    const overdueMs = monotonicMs() - deadlineMs;
    if (overdueMs > (state === undefined ? RESEND_MS : OUTCOME_GRACE_MS)) stream.close();
    if (state !== undefined || overdueMs > 0) return;
    if (monotonicMs() - startMs >= UNACCEPTED_MS) pusher.renew();
    pusher.push(body);
    void ask(command.id).then((progress) => {
      if (state === undefined && progress && note(progress)) tell(progress);
    });
  }, RESEND_MS);
  pusher.push(body);
  try {
    return await Promise.race([told, finalState(stream, note)]);
  } catch (cause) {
    throw new DunlinError("timed-out", silence(command.id, state, pusher.refused), {
      cause,
      context: { id: command.id },
    });
  } finally {
    clearInterval(resend);
    stream.close();
  }
}

/** @throws when the stream ends before */
async function finalState(
  stream: MessageStream,
  note: (progress: CommandProgress) => boolean,
): Promise<CommandProgress> {
  for await (const message of stream)
    if (message.kind === "command" && note(message.progress)) return message.progress;
  throw new Error("the subscription ended");
}

function silence(id: string, state: CommandState | undefined, refused: boolean): string {
  const hint = refused
    ? handshakeFails("may this key push commands to it")
    : "is the agent running, and is this its address?";
  return state === undefined
    ? `nobody accepted command ${id} before its deadline: ${hint}`
    : `command ${id} was accepted, but no outcome came: ask later with the query command`;
}
