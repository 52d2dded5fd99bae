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

export interface LogOptions {
  readonly level: LogLevel;
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
export function openRecordLog(least: LogLevel, record: LogRecorder, bound: LogFields = {}): Log {
  const limit = LOG_LEVELS.indexOf(least);
  const emit = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (LOG_LEVELS.indexOf(level) <= limit) record(level, message, { ...bound, ...fields });
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
    with: (fields) => openRecordLog(least, record, { ...bound, ...fields }),
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
