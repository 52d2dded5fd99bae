/** Structured log: one record an event; written as JSON for machines, as text for a person at a terminal. Passed by hand, never global. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A log whose every line carries these fields too. */
  with(fields: LogFields): Log;
}

/** How much is written: in general, and of single components. Held by a log, and changed while it is written to. */
export class LogLevels {
  #general: LogLevel;
  #ofComponents: ReadonlyMap<string, LogLevel>;

  /** @param components by the `component` that lines carry as a field */
  constructor(general: LogLevel, components: Readonly<Record<string, LogLevel>> = {}) {
    this.#general = general;
    this.#ofComponents = new Map(Object.entries(components));
  }

  /** All of it anew. */
  replace(general: LogLevel, components: Readonly<Record<string, LogLevel>> = {}): void {
    this.#general = general;
    this.#ofComponents = new Map(Object.entries(components));
  }

  /** @param component absent: what is said of no single one, and of those that have no level of their own */
  set(level: LogLevel, component?: string): void {
    if (component === undefined) this.#general = level;
    else this.#ofComponents = new Map([...this.#ofComponents, [component, level]]);
  }

  of(component: unknown): LogLevel {
    return this.#ofComponents.get(component as string) ?? this.#general;
  }

  admits(level: LogLevel, component: unknown): boolean {
    return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(this.of(component));
  }
}

export interface LogOptions {
  /** One level for good, or levels that change. */
  readonly level: LogLevel | LogLevels;
  readonly format: "json" | "text";
  readonly write: (line: string) => void;
  /** The local time of a line, ISO 8601; replaced in tests. */
  readonly now?: () => string;
}

/** Takes one event; may neither throw nor wait. */
export type LogRecorder = (level: LogLevel, message: string, fields: LogFields) => void;

/** A log of lines. */
export function openLog(options: LogOptions): Log {
  const now = options.now ?? (() => new Date().toISOString());
  const line = options.format === "json" ? jsonLine : textLine;
  return openRecordLog(options.level, (level, message, fields) =>
    options.write(line(now(), level, message, fields)),
  );
}

/** A log of what takes more than lines. */
export function openRecordLog(least: LogLevel | LogLevels, record: LogRecorder, bound: LogFields = {}): Log {
  const levels = typeof least === "string" ? new LogLevels(least) : least;
  const emit = (level: LogLevel, message: string, fields?: LogFields): void => {
    if (levels.admits(level, fields?.["component"] ?? bound["component"]))
      record(level, message, { ...bound, ...fields });
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
    with: (fields) => openRecordLog(levels, record, { ...bound, ...fields }),
  };
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, message, ...fields })}\n`;
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${plain(value)}`);
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${message}${pairs.join("")}\n`;
}

function plain(value: unknown): string {
  return typeof value === "string" && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
}
