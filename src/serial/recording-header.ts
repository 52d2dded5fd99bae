import type { LineSettings } from "./port.ts";

/** What a recording says of itself. All may be left out, so that one can be written by hand. */
export interface RecordingHeader {
  /** Where it was recorded, as in a configuration. */
  readonly port?: string;
  /** How the line was set; a tty's only. */
  readonly line?: Partial<LineSettings>;
  /** The driver that reads it. */
  readonly driver?: string;
  /** The driver's settings, where they are not the defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** When its milliseconds begin: ISO 8601, in UTC. */
  readonly start?: string;
  /** The version of Dunlin that recorded it. */
  readonly dunlin?: string;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value !== "";
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isOneOf =
  (...choices: readonly unknown[]): Check =>
  (value) =>
    choices.includes(value);

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

const LINE: Readonly<Record<keyof LineSettings, Check>> = {
  baudRate: (value) => Number.isInteger(value) && Number(value) > 0,
  dataBits: isOneOf(5, 6, 7, 8),
  parity: isOneOf("none", "even", "odd"),
  stopBits: isOneOf(1, 2),
  flowControl: isOneOf("none", "rts-cts", "xon-xoff"),
};

const HEADER: Readonly<Record<keyof RecordingHeader, Check>> = {
  port: isText,
  line: isObject,
  driver: isText,
  settings: isObject,
  start: (value) => typeof value === "string" && UTC.test(value) && !Number.isNaN(Date.parse(value)),
  dunlin: isText,
};

/** @returns the header that this JSON is, or what is wrong with it */
export function checkHeader(json: string): RecordingHeader | string {
  const header = parsed(json);
  if (!isObject(header)) return "expected a JSON object after the version of the format; {} will do";
  const fault =
    faultOf(header, HEADER, "") ?? (isObject(header["line"]) && faultOf(header["line"], LINE, "line."));
  // Every member has been looked at.
  return fault || (header as RecordingHeader);
}

function faultOf(object: Record<string, unknown>, checks: Readonly<Record<string, Check>>, prefix: string) {
  for (const [key, value] of Object.entries(object)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    const name = `${prefix}${key.slice(0, 40)}`;
    if (!check)
      return `${JSON.stringify(name)} is not in a header: there are ${Object.keys(checks).join(", ")}`;
    if (!check(value)) return `${name} cannot be ${(JSON.stringify(value) ?? "").slice(0, 40)}`;
  }
  return undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
