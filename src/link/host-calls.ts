import { crc32 } from "node:zlib";
import type { ErrorCode } from "../base/index.ts";
import { DEFAULT_COMMAND_TIMEOUT_MS, isName, type Value, type Values } from "../message/index.ts";
import { FRAME_OVERHEAD_BYTES } from "./frame.ts";
import { writeHostMessage, type Content, type DeviceMessage } from "./messages.ts";
import type { ReliableSender } from "./reliable-sender.ts";
import { placeArguments, type SelfDescription } from "./self-description.ts";
import { plainOf } from "./values.ts";

/** A command to be run; `id` ties its outcome to it. */
export interface LinkCall {
  readonly id: string;
  readonly name: string;
  readonly args: Values;
}

export type LinkOutcome =
  | { readonly ok: true; readonly result: Values }
  | { readonly ok: false; readonly reason: string; readonly code?: ErrorCode };

/** How a call ended. */
export interface Ended {
  readonly type: "outcome";
  readonly call: string;
  readonly outcome: LinkOutcome;
}

interface Entry {
  readonly call: LinkCall;
  readonly key: number;
  readonly sinceMs: number;
  /** Present when it is under way. */
  placed?: { readonly content: Content; readonly isIdempotent: boolean; readonly deadlineMs: number };
}

/** Why a call cannot be sent. */
interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** What a device runs at once. firmware-bridge/SPEC.md, "Calls". */
const MAX_RUNNING = 4;
const MAX_CALLS = 64;

/** What calls need of the session. */
export interface CallSession {
  readonly sender: ReliableSender;
  readonly description: SelfDescription;
  readonly maxFrameBytes: number;
}

/** The key of a command: the same for the same id, also after a restart of the agent. */
export function keyOf(id: string): number {
  return crc32(id);
}

/**
 * The calls of one device, from their coming to their outcome.
 *
 *   waiting ──device described, less than 4 under way──► under way ──outcome──► (ended)
 *      ▲                                                   ├──timed out: it must not begin any more──► (forgotten)
 *      └────────────reset, idempotent──────────────────────┤
 *                                                          └──reset──► (interrupted)
 */
export class HostCalls {
  readonly #entries = new Map<string, Entry>();
  readonly #timeoutMs: number;

  /** @param timeoutMs of a command that does not say how long it may take */
  constructor(timeoutMs = DEFAULT_COMMAND_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  add(call: LinkCall, nowMs: number): Ended[] {
    const key = keyOf(call.id);
    if (this.#entries.size >= MAX_CALLS || this.#byKey(key))
      return [failed(call.id, "too many calls wait for the device", "overloaded")];
    this.#entries.set(call.id, { call, key, sinceMs: nowMs });
    return [];
  }

  /** Begins what can begin now. */
  place(session: CallSession, nowMs: number): Ended[] {
    const ended: Ended[] = [];
    let running = [...this.#entries.values()].filter(({ placed }) => placed).length;
    for (const entry of this.#entries.values()) {
      if (running >= MAX_RUNNING) break;
      if (entry.placed) continue;
      const fault = this.#placeOne(entry, session, nowMs);
      if (fault === undefined) running++;
      else {
        this.#entries.delete(entry.call.id);
        if (fault !== "late") ended.push(failed(entry.call.id, fault.reason, fault.code));
      }
    }
    return ended;
  }

  /** What its time limit has passed of must not begin any more; whoever asked for it has been told already. */
  expire(sender: ReliableSender | undefined, nowMs: number): void {
    for (const [id, { key, placed }] of this.#entries) {
      if (!placed || nowMs < placed.deadlineMs) continue;
      sender?.replace(placed.content, writeHostMessage({ type: "cancel", key }));
      this.#entries.delete(id);
    }
  }

  cancel(id: string, sender: ReliableSender | undefined): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (!entry?.placed || !sender) return;
    const cancel = writeHostMessage({ type: "cancel", key: entry.key });
    if (sender.hasSent(entry.placed.content)) sender.add(cancel);
    else sender.replace(entry.placed.content, cancel);
  }

  ended(message: Extract<DeviceMessage, { type: "outcome" }>): Ended[] {
    const entry = this.#byKey(message.key);
    if (!entry) return [];
    const { id } = entry.call;
    this.#entries.delete(id);
    if (!message.ok) return [{ type: "outcome", call: id, outcome: { ok: false, reason: message.reason } }];
    const result: Record<string, Value> = {};
    for (const [name, value] of message.result) if (isName(name)) result[name] = plainOf(value);
    return [{ type: "outcome", call: id, outcome: { ok: true, result } }];
  }

  /** The device has forgotten all calls. @param sender that of the session that is over */
  reset(sender: ReliableSender, nowMs: number): Ended[] {
    const ended: Ended[] = [];
    this.expire(sender, nowMs);
    for (const [id, entry] of this.#entries) {
      if (!entry.placed) continue;
      const mayRun = entry.placed.isIdempotent || !sender.hasSent(entry.placed.content);
      delete entry.placed;
      if (mayRun) continue;
      this.#entries.delete(id);
      ended.push(failed(id, "the device was reset while it had the command", "interrupted"));
    }
    return ended;
  }

  /** @returns why it cannot be called; `late` if nobody waits for it any more */
  #placeOne(
    entry: Entry,
    { sender, description, maxFrameBytes }: CallSession,
    nowMs: number,
  ): Refusal | "late" | undefined {
    const { name, args } = entry.call;
    const place = description.command(name);
    if (!place) return { code: "command-unknown", reason: `the device has no command ${name} any more` };
    const { timeoutMs = this.#timeoutMs, idempotent = false } = place.description;
    const deadlineMs = entry.sinceMs + timeoutMs;
    if (nowMs >= deadlineMs) return "late";
    const placed = placeArguments(place, args);
    if (typeof placed === "string") return invalid(`argument ${placed} cannot go over the link`);
    const content = writeHostMessage({ type: "call", key: entry.key, command: place.place, args: placed });
    if (content.payload.length + FRAME_OVERHEAD_BYTES > maxFrameBytes)
      return invalid(`the arguments are too long: the device takes frames of ${maxFrameBytes} bytes`);
    sender.add(content);
    entry.placed = { content, isIdempotent: idempotent, deadlineMs };
    return undefined;
  }

  #byKey(key: number): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.key === key);
  }
}

function failed(call: string, reason: string, code: ErrorCode): Ended {
  return { type: "outcome", call, outcome: { ok: false, reason, code } };
}

function invalid(reason: string): Refusal {
  return { code: "arguments-invalid", reason };
}
