import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { asDunlinError, DunlinError, type ErrorCode, type ErrorContext } from "../base/index.ts";
import { ownProgram } from "../component/index.ts";
import type { AgentConfigResult } from "./load-agent-config.ts";

/** Which configuration. */
export interface ConfigWish {
  readonly of: "agent" | "hub";
  /** Undefined for what is used without one: simulated devices, or a hub's defaults. */
  readonly path?: string | undefined;
  /** Instead of the configuration's. */
  readonly name?: string | undefined;
}

/** As JSON: a configuration is plain. */
type Answer =
  | { readonly result: AgentConfigResult; readonly descriptions: readonly (readonly [string, unknown])[] }
  | { readonly code: ErrorCode; readonly message: string; readonly context: ErrorContext };

/** Within this it has read and checked it, ms: a configuration on a file system that hangs must not hang a reload for ever. */
const LIMIT_MS = 60_000;

/** Reads at once, for the first call, and anew at each later one. Throws as readConfig(). */
export function configReader(wish: ConfigWish): () => Promise<AgentConfigResult> {
  let first: Promise<AgentConfigResult> | undefined = readConfig(wish);
  // Told to whoever calls for it, which may be a little later.
  first.catch(() => {});
  return () => {
    const reading = first ?? readConfig(wish);
    first = undefined;
    return reading;
  };
}

/**
 * Reads a configuration in a process that ends when it has: parser, schemas and drivers do not stay in the memory of who runs for
 * months, and whatever is in the files cannot hold it up.
 * @throws DunlinError as loadAgentConfig() and loadHubConfig(); `config-unreadable` if the reader comes to nothing
 */
async function readConfig(wish: ConfigWish): Promise<AgentConfigResult> {
  const { command, args } = ownProgram();
  const child = spawn(command, [...args, "read-config", JSON.stringify(wish)], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const failed = new Promise<string>((resolve) => {
    child.on("error", (cause) => resolve(cause.message));
  });
  const [told, complaint] = await Promise.race([
    Promise.all([text(child.stdout), text(child.stderr)]),
    failed.then((message) => ["", message] as const),
  ]);
  const answer = answerIn(told, complaint);
  if ("result" in answer) {
    const { result, descriptions } = answer;
    return result.ok ? { ...result, descriptions: new Map(descriptions) } : result;
  }
  throw new DunlinError(answer.code, answer.message, { context: answer.context });
}

/** The reader's end. */
export async function answerConfig(wish: string): Promise<void> {
  const told = JSON.stringify(await answerTo(JSON.parse(wish) as ConfigWish));
  await new Promise((resolve) => process.stdout.write(told, resolve));
}

async function answerTo({ of, path, name }: ConfigWish): Promise<Answer> {
  const { loadAgentConfig, loadHubConfig } = await import("./load-agent-config.ts");
  try {
    const result = await (of === "hub" ? loadHubConfig(path, name) : loadAgentConfig(path, name));
    return { result, descriptions: result.ok ? [...result.descriptions] : [] };
  } catch (thrown) {
    const { code, message, context } = asDunlinError(thrown);
    return { code, message, context };
  }
}

function answerIn(told: string, complaint: string): Answer {
  try {
    return JSON.parse(told) as Answer;
  } catch (cause) {
    const why = complaint.trim().split("\n").at(-1) ?? "";
    throw new DunlinError(
      "config-unreadable",
      `the configuration could not be read: ${why || "its reader ended"}`,
      {
        cause,
      },
    );
  }
}
