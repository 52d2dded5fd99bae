import type { LogFields, LogLevel } from "../base/index.ts";

/** syslog(3). */
const PRIORITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

/**
 * Longest value of a field, characters, and most fields of one entry: components choose them, and the whole has to fit a
 * datagram, by default 212 992 bytes (net.core.wmem_default).
 */
const MAX_VALUE = 4_096;
const MAX_FIELDS = 12;
/** Longest name of a field that journald takes. */
const MAX_NAME = 64;

/**
 * One line of the log in journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): MESSAGE with its pairs for
 * people, and each pair again as a field of its own, `DUNLIN_COMPONENT=bridge`, for `journalctl DUNLIN_COMPONENT=bridge` and
 * for programs. All of ours begin so: none can pass for one of journald's or of another program's.
 */
export function journalEntry(level: LogLevel, message: string, fields: LogFields): Buffer {
  const pairs = Object.entries(fields).slice(0, MAX_FIELDS);
  const shown = pairs.map(([name, value]) => ` ${name}=${quoted(value)}`).join("");
  return Buffer.concat([
    field("MESSAGE", `${message}${shown}`),
    field("PRIORITY", String(PRIORITY[level])),
    field("SYSLOG_IDENTIFIER", "dunlin"),
    ...pairs.map(([name, value]) => field(fieldName(name), plain(value))),
  ]);
}

/** `stateDirectory` becomes `DUNLIN_STATE_DIRECTORY`: journald takes A-Z, 0-9 and _. */
function fieldName(name: string): string {
  const snake = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  return `DUNLIN_${snake.replaceAll(/[^A-Z0-9]/g, "_")}`.slice(0, MAX_NAME);
}

/** Always in the form with a length, in which any bytes may come: 64 bits, little-endian. */
function field(name: string, value: string): Buffer {
  const bytes = Buffer.from(value.slice(0, MAX_VALUE));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from("\n")]);
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

function quoted(value: unknown): string {
  return typeof value === "string" && /^[^\s"]+$/.test(value)
    ? value
    : (JSON.stringify(value) ?? String(value));
}
