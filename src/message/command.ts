import { DunlinError } from "../base/index.ts";
import { decodeMap, encode } from "./cbor.ts";
import type { Values } from "./description.ts";
import { isName } from "./name.ts";
import { rolloutPlanOf, type RolloutPlan } from "./rollout-plan.ts";
import { isValues } from "./values.ts";

/** A named request to an agent or a device. */
export interface Command {
  /** UUIDv7 as text; the same id runs once. */
  readonly id: string;
  /** `<agent>`, `<agent>/<device>`; or for many, by a hub, `{<selector>}` and `{<selector>}/<device>`. */
  readonly target: string;
  readonly name: string;
  readonly args: Values;
  /** µs since 1970. */
  readonly issued: number;
  /** µs since 1970; a command that comes later never runs. */
  readonly expires: number;
  /** Who asks, as they call themselves. Only a signature proves it. */
  readonly issuer: string;
  /** How a command to many goes about; without it all of them get it at once. */
  readonly rollout?: RolloutPlan;
}

export const COMMAND_STATES = [
  "accepted",
  "running",
  "succeeded",
  "failed",
  "expired",
  "rejected",
  "cancelled",
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

const FINAL: ReadonlySet<CommandState> = new Set<CommandState>([
  "succeeded",
  "failed",
  "expired",
  "rejected",
  "cancelled",
]);

export function isFinal(state: CommandState): boolean {
  return FINAL.has(state);
}

/** Where a command stands, as published on `command/<agent>/<id>/` and answered by the query `command`. */
export interface CommandProgress {
  readonly id: string;
  readonly target: string;
  readonly name: string;
  readonly state: CommandState;
  /** µs since 1970, of this state. */
  readonly time: number;
  /** Why it failed or was rejected: an error code, and a sentence. */
  readonly code?: string;
  readonly reason?: string;
  /** What the device answered. */
  readonly result?: Values;
}

/** Ids are written into topics: UUIDs, lower case. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const MAX_ISSUER_BYTES = 128;

export function encodeCommand(command: Command): Buffer {
  return encode(command);
}

/** @throws DunlinError `message-invalid` naming the field */
export function decodeCommand(body: Uint8Array): Command {
  const map = decodeMap(body);
  const { id, target, name, args = {}, issued, expires, issuer = "" } = map;
  if (typeof id !== "string" || !ID.test(id)) throw invalid("id", "a lower-case UUID as text");
  if (typeof target !== "string" || !isTarget(target))
    throw invalid("target", "<agent>, <agent>/<device>, {<selector>} or {<selector>}/<device>");
  if (typeof name !== "string" || !isName(name)) throw invalid("name", "a name");
  if (!isTime(issued)) throw invalid("issued", "microseconds since 1970, as an integer");
  if (!isTime(expires)) throw invalid("expires", "microseconds since 1970, as an integer");
  if (typeof issuer !== "string" || Buffer.byteLength(issuer) > MAX_ISSUER_BYTES)
    throw invalid("issuer", `text of at most ${MAX_ISSUER_BYTES} bytes`);
  if (!isValues(args)) throw invalid("args", "a map of finite numbers, texts, booleans or null");
  const bare = { id, target, name, args, issued, expires, issuer };
  return map["rollout"] === undefined ? bare : { ...bare, rollout: rolloutPlanOf(map["rollout"]) };
}

/** A target that means many agents: those that the selector chooses. */
export interface ManyTarget {
  readonly selector: string;
  readonly device?: string;
}

/** @returns undefined if it is not the target of many */
export function splitManyTarget(target: string): ManyTarget | undefined {
  const match = /^\{([^{}]{1,1000})\}(?:\/([^/{}]+))?$/.exec(target);
  if (!match) return undefined;
  const [, selector = "", device] = match;
  if (device === undefined) return { selector };
  return isName(device) ? { selector, device } : undefined;
}

function isTarget(target: string): boolean {
  return splitTarget(target) !== undefined || splitManyTarget(target) !== undefined;
}

/** @returns undefined if it is not a target */
export function splitTarget(target: string): { agent: string; device?: string } | undefined {
  const [agent = "", device, ...rest] = target.split("/");
  if (!isName(agent) || rest.length > 0) return undefined;
  if (device === undefined) return { agent };
  return isName(device) ? { agent, device } : undefined;
}

export function encodeProgress(progress: CommandProgress): Buffer {
  return encode(progress);
}

/** @throws DunlinError `message-invalid` */
export function decodeProgress(body: Uint8Array): CommandProgress {
  const map = decodeMap(body);
  if (typeof map["id"] !== "string" || !COMMAND_STATES.includes(map["state"] as CommandState))
    throw new DunlinError("message-invalid", "not a command's progress: id and state are needed");
  return map as unknown as CommandProgress;
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(field: string, expected: string): DunlinError {
  return new DunlinError("message-invalid", `command: ${field} must be ${expected}`);
}
