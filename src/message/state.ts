import type { ClockQuality } from "../base/index.ts";
import { DunlinError } from "../base/index.ts";
import { decodeMap, encode } from "./cbor.ts";
import type { Description } from "./description.ts";

export const DEVICE_STATES = ["starting", "online", "silent", "unplugged", "failed"] as const;
/** `silent`: no bytes for longer than the driver allows; `failed` carries a reason. */
export type DeviceState = (typeof DEVICE_STATES)[number];

/** A device's state, on `state/<agent>/<device>/` and inside the birth. */
export interface DeviceStatus {
  readonly state: DeviceState;
  /** µs since 1970, of the last change. */
  readonly since: number;
  /** Why, for people: always there for `failed`. */
  readonly reason?: string;
  readonly code?: string;
}

export interface DeviceBirth extends Description, DeviceStatus {
  /** Newest seq of the device's stream, 0 before the first reading. */
  readonly seq: number;
}

/** How the journal is. `off`: there is none, and nothing can be replayed. */
export interface JournalState {
  readonly state: "ok" | "starting" | "failing" | "off";
  /** Why it fails. */
  readonly code?: string;
  readonly reason?: string;
}

interface AgentMessage {
  readonly epoch: number;
  readonly time: number;
  readonly clock: ClockQuality;
  /** Newest durable seq of this epoch by device; a device that is not named has none. */
  readonly durable: Readonly<Record<string, number>>;
  readonly journal: JournalState;
}

/** Who the agent is and what it has: at its start, on change, and for every new subscriber. */
export interface Birth extends AgentMessage {
  readonly type: "birth";
  /** Version of this protocol. */
  readonly protocol: number;
  readonly agent: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, DeviceBirth>>;
}

/** At least once a second: the agent lives, and these are its streams' newest seqs. */
export interface Heartbeat extends AgentMessage {
  readonly type: "heartbeat";
  readonly streams: Readonly<Record<string, number>>;
}

/** The agent was asked to stop: not a failure. */
export interface Stopped extends AgentMessage {
  readonly type: "stopped";
  readonly streams: Readonly<Record<string, number>>;
}

/** A hub's word: the link to the agent is lost, and these are the last numbers that are known of it. Said each second while it lasts. */
export interface Lost extends AgentMessage {
  readonly type: "lost";
  readonly streams: Readonly<Record<string, number>>;
}

export type AgentState = Birth | Heartbeat | Stopped | Lost;

const TYPES: readonly unknown[] = ["birth", "heartbeat", "stopped", "lost"];

export const PROTOCOL_VERSION = 1;

/** An agent says something at least this often, ms. */
export const HEARTBEAT_MS = 1_000;

/** Heartbeats that may be missed before a peer is presumed lost. */
export const HEARTBEATS_MISSED = 3;

export function encodeAgentState(state: AgentState): Buffer {
  return encode(state);
}

export function encodeDeviceStatus(status: DeviceStatus): Buffer {
  return encode(status);
}

/** @throws DunlinError `message-invalid` */
export function decodeAgentState(body: Uint8Array): AgentState {
  const map = decodeMap(body);
  if (typeof map["epoch"] !== "number" || !TYPES.includes(map["type"]))
    throw new DunlinError("message-invalid", "not an agent's state: type and epoch are needed");
  return map as unknown as AgentState;
}

/** @throws DunlinError `message-invalid` */
export function decodeDeviceStatus(body: Uint8Array): DeviceStatus {
  const map = decodeMap(body);
  if (!DEVICE_STATES.includes(map["state"] as DeviceState))
    throw new DunlinError("message-invalid", "not a device's state");
  return map as unknown as DeviceStatus;
}
