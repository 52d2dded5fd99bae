import type { ClockQuality, ErrorCode, LogLevel } from "../base/index.ts";
import type {
  CommandDescriptions,
  CommandState,
  Cursor,
  DeviceState,
  JournalState,
  Metrics,
  Values,
} from "../message/index.ts";

/**
 * What core and component say to each other over PAIR. A message is [verb, CBOR map]; a reading is [topic, body],
 * just as subscribers get it, and one message may hold many such pairs. docs/protocol.md, "Components".
 */

/** A device as its component declares it; the driver's name is the component's own if it says none. */
export interface DeclaredDevice {
  readonly driver?: string;
  readonly metrics?: Metrics;
  readonly commands?: CommandDescriptions;
  /** The device has not said yet what it can do: commands for it wait, and what it said before stands. */
  readonly pending?: boolean;
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
  readonly declare: {
    readonly devices: DeclaredDevices;
    /** Of the configuration by which they are declared, for components of the agent itself: those of an older one say nothing. */
    readonly revision?: number;
  };
  readonly heartbeat: { readonly counters?: Counters };
  readonly device: {
    readonly device: string;
    readonly state: DeviceState;
    readonly reason?: string;
    readonly code?: ErrorCode;
  };
  readonly progress: {
    readonly id: string;
    readonly state: "running" | "succeeded" | "failed" | "cancelled";
    readonly reason?: string;
    readonly code?: ErrorCode;
    readonly result?: Values;
  };
  readonly log: {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>>;
  };
  /** The journal's: what is durable now. */
  readonly committed: {
    /** Messages of readings, counted from the welcome, all of whose readings are durable. */
    readonly batches: number;
    /** Commands put, counted from the welcome, whose states are durable. */
    readonly puts: number;
    /** At a hub: records kept, counted from the welcome, that are durable. */
    readonly keeps?: number;
    /** Newest durable seq of this epoch, of each device that it has changed for. */
    readonly durable: Readonly<Record<string, number>>;
    /** At a hub: where streams (`<agent>/<device>`) end on the disk now. */
    readonly ends?: Readonly<Record<string, Cursor>>;
    readonly journal: JournalState;
  };
  /** The journal's: commands that the last run of the agent left unfinished. The last such message says so. */
  readonly recovered: { readonly commands: readonly JournaledCommand[]; readonly last: boolean };
  /** The journal's, at a hub: records that were kept, before `recovered`. */
  readonly records: { readonly records: readonly KeptRecord[] };
  /** The journal's answer to `admit` of a command that it knows. */
  readonly known: { readonly id: string; readonly progress: Uint8Array };
  /** The journal's reply to an `ask`, as it goes to whoever asked. */
  readonly answer: { readonly number: number; readonly body: Uint8Array };
}

/** A command as the journal keeps it: both as they were on the wire. */
export interface JournaledCommand {
  readonly envelope: Uint8Array;
  readonly progress: Uint8Array;
}

/** What a hub keeps beside its readings: a value by table and key. */
export interface KeptRecord {
  readonly table: string;
  readonly key: string;
  /** Absent: deleted. */
  readonly value?: Uint8Array;
}

/** A command's newest state, to be made durable. */
export interface CommandPut extends JournaledCommand {
  readonly id: string;
  readonly state: CommandState;
  /** Of this state, µs since 1970. */
  readonly time: number;
  /** It has just come: if the journal knows its id, that is the answer and nothing is put. */
  readonly isNew: boolean;
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
  /** To a component of the agent itself: what to do has changed. Answered by `declare`. */
  readonly config: { readonly config: unknown };
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
  /** To the journal; what has become durable is told by `committed`, in order. */
  readonly put: CommandPut;
  /** To the journal of a hub; what has become durable is told by `committed`, in order. */
  readonly keep: KeptRecord;
  /** To the journal: a query, as it came from outside. */
  readonly ask: { readonly number: number; readonly query: Readonly<Record<string, unknown>> };
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
