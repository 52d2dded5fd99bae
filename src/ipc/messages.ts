import type { ClockQuality, ErrorCode, LogLevel } from "../base/index.ts";
import type { CommandDescriptions, DeviceState, Metrics, Values } from "../message/index.ts";

/**
 * What core and component say to each other over PAIR. A message is [verb, CBOR map]; a reading is [topic, body],
 * just as subscribers get it, and one message may hold many such pairs. docs/protocol.md, "Components".
 */

/** A device as its component declares it; the driver's name is the component's own if it says none. */
export interface DeclaredDevice {
  readonly driver?: string;
  readonly metrics?: Metrics;
  readonly commands?: CommandDescriptions;
}

export type DeclaredDevices = Readonly<Record<string, DeclaredDevice>>;

/** Where a stream goes on: the topic to send, and the seq of the next reading. */
export interface StreamStart {
  readonly topic: string;
  readonly next: number;
}

export type StreamStarts = Readonly<Record<string, StreamStart>>;

export interface FromComponent {
  /** First word; answered by `welcome` or `refused`. */
  readonly hello: {
    readonly protocol: number;
    readonly component: string;
    readonly pid?: number;
    readonly devices?: DeclaredDevices;
  };
  /** Devices that came to be known after the hello, or have changed; answered by `streams`. */
  readonly declare: { readonly devices: DeclaredDevices };
  readonly heartbeat: { readonly counters?: Counters };
  readonly device: {
    readonly device: string;
    readonly state: DeviceState;
    readonly reason?: string;
    readonly code?: ErrorCode;
  };
  readonly progress: {
    readonly id: string;
    readonly state: "running" | "succeeded" | "failed";
    readonly reason?: string;
    readonly code?: ErrorCode;
    readonly result?: Values;
  };
  readonly log: {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
  };
}

/** Numbers by device and name, as in the query `status`. */
export type Counters = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface FromCore {
  readonly welcome: {
    readonly protocol: number;
    readonly agent: string;
    readonly epoch: number;
    readonly clock: ClockQuality;
    /** Say something at least this often. */
    readonly heartbeatMs: number;
    readonly streams: StreamStarts;
    /** For the components of the agent itself: what to do. */
    readonly config?: unknown;
  };
  readonly refused: { readonly code: ErrorCode; readonly message: string };
  readonly streams: { readonly streams: StreamStarts };
  readonly heartbeat: { readonly clock: ClockQuality };
  readonly command: {
    readonly id: string;
    readonly device: string;
    readonly name: string;
    readonly args: Values;
    readonly timeoutMs: number;
  };
  readonly cancel: { readonly id: string };
  readonly stop: Readonly<Record<string, never>>;
}

/** A component says something at least this often, ms. Quicker than between hosts: a driver that hangs must be back within 2 s. */
export const IPC_HEARTBEAT_MS = 250;

/** The core says something at least this often, and a component its counters, ms: an idle agent should hardly wake its host. */
export const IPC_NEWS_MS = 1_000;

/** Silence after which the other side is presumed lost, ms. */
export const IPC_SILENCE_MS = 3_000;

/** The environment variable that tells a component where to connect. */
export const ENDPOINT_VARIABLE = "DUNLIN_ENDPOINT";
/** The environment variable that tells a component its name in the configuration. */
export const COMPONENT_VARIABLE = "DUNLIN_COMPONENT";
