/** What a device can measure and do, as its driver declares it and as the agent's birth message tells it. */

export type MetricType = "number" | "integer" | "boolean" | "text";

export interface Metric {
  readonly type: MetricType;
  /** UCUM code (`Cel`, `m/s`, `ug/m3`, `deg`), absent for what has no unit. */
  readonly unit?: string;
  readonly description?: string;
}

export type Metrics = Readonly<Record<string, Metric>>;

export type ArgumentType = "number" | "integer" | "boolean" | "text";

/** One argument of a command. What is not stated is not limited. */
export interface Argument {
  readonly type: ArgumentType;
  readonly description?: string;
  readonly unit?: string;
  /** Least and greatest number, or shortest and longest text in bytes. */
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly (string | number)[];
  /** May be left out; otherwise its absence rejects the command. */
  readonly optional?: boolean;
}

export interface CommandDescription {
  readonly description: string;
  readonly arguments: Readonly<Record<string, Argument>>;
  /** Running it again does no harm: it is resumed after a crash instead of failing as `interrupted`. Default false. */
  readonly idempotent?: boolean;
  /** It can be stopped while it runs. Default false: then it can be cancelled only before. */
  readonly cancellable?: boolean;
  /** How long the device may take, ms; then the command fails as `timed-out`. Default 10 000. */
  readonly timeoutMs?: number;
}

export type CommandDescriptions = Readonly<Record<string, CommandDescription>>;

/** A device as its component declares it to the core. */
export interface Description {
  readonly driver: string;
  readonly metrics: Metrics;
  readonly commands: CommandDescriptions;
}

/** One measured value; null means the device said "no value". */
export type Value = number | string | boolean | null;
export type Values = Readonly<Record<string, Value>>;

export const DEFAULT_COMMAND_TIMEOUT_MS = 10_000;
