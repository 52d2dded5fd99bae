import { spawn } from "node:child_process";
import { buffer, text } from "node:stream/consumers";
import { deserialize, serialize } from "node:v8";
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

type Answer =
  | { readonly result: AgentConfigResult }
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
  const [bytes, complaint] = await Promise.race([
    Promise.all([buffer(child.stdout), text(child.stderr)]),
    failed.then((message) => [Buffer.alloc(0), message] as const),
  ]);
  const answer = answerIn(bytes, complaint);
  if ("result" in answer) return answer.result;
  throw new DunlinError(answer.code, answer.message, { context: answer.context });
}

/** The reader's end. */
export async function answerConfig(wish: string): Promise<void> {
  const bytes = serialize(await answerTo(JSON.parse(wish) as ConfigWish));
  await new Promise((resolve) => process.stdout.write(bytes, resolve));
}

async function answerTo({ of, path, name }: ConfigWish): Promise<Answer> {
  const { loadAgentConfig, loadHubConfig } = await import("./load-agent-config.ts");
  try {
    return { result: await (of === "hub" ? loadHubConfig(path, name) : loadAgentConfig(path, name)) };
  } catch (thrown) {
    const { code, message, context } = asDunlinError(thrown);
    return { code, message, context };
  }
}

function answerIn(bytes: Buffer, complaint: string): Answer {
  try {
    return deserialize(bytes) as Answer;
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
