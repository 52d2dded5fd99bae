import type { Value } from "../../src/message/index.ts";
import { LABELS } from "./labels.table.ts";

/**
 * Lines of text between a host and an RFLink gateway (RFLink Protocol Reference), without a checksum:
 *
 *   20;2D;Cresta;ID=8001;TEMP=00b0;HUM=50;      from the gateway, of a sender
 *   20;2E;OK;                                   from the gateway, of itself
 *   10;NewKaku;00c142;1;ON;                     to the gateway
 *
 * A line that was cut off lacks its last semicolon, or goes on with the number that begins the next one, which is no
 * LABEL=value: so neither is taken.
 */
export const MAX_LINE_BYTES = 2_048;

const FROM_GATEWAY = /^20;([0-9A-F]{2});(.+);$/i;
/** Printable ASCII: names and values have nothing else. */
const PRINTABLE = /^[ -~]+$/;
const LABEL = /^([A-Z][A-Z0-9_]*)=(.*)$/;
const ECHO = /^1[01];/;

/** What the gateway says of itself, as its parts between semicolons. */
export interface Notice {
  readonly type: "notice";
  readonly parts: readonly string[];
}

export interface SenderLine {
  readonly type: "sender";
  readonly values: Readonly<Record<string, Value>>;
}

export type RflinkLine =
  Notice | SenderLine | { readonly type: "unsupported" } | { readonly type: "unparsable" };

const UNPARSABLE: RflinkLine = { type: "unparsable" };

export function lineOf(bytes: Buffer): RflinkLine {
  const text = bytes.toString("latin1").trimEnd();
  const [, sequence, rest] = FROM_GATEWAY.exec(text) ?? [];
  if (sequence === undefined || rest === undefined || !PRINTABLE.test(text))
    return ECHO.test(text) && PRINTABLE.test(text) ? { type: "unsupported" } : UNPARSABLE;
  const [name = "", ...fields] = rest.split(";");
  if (!fields.some((field) => field.startsWith("ID="))) return { type: "notice", parts: [name, ...fields] };
  const values = valuesOf(fields);
  if (!values || name.includes("=")) return UNPARSABLE;
  return {
    type: "sender",
    values: { protocol: name, sequence: Number.parseInt(sequence, 16), payload: fields.join(";"), ...values },
  };
}

/** @returns undefined if a field is no label, or has a value that its label cannot have */
function valuesOf(fields: readonly string[]): Record<string, Value> | undefined {
  const values: Record<string, Value> = {};
  for (const field of fields) {
    const [, name = "", text = ""] = LABEL.exec(field) ?? [];
    if (name === "") return undefined;
    const [command, level] = name === "CMD" ? text.split("=") : [];
    if (level !== undefined) {
      const number = LABELS["SET_LEVEL"]?.read(level);
      if (number === undefined) return undefined;
      Object.assign(values, { command, level: number });
      continue;
    }
    const label = LABELS[name];
    const value = label?.read(text);
    // Labels that newer firmware may add are in the payload.
    if (label && value === undefined) return undefined;
    if (label && value !== undefined) values[label.metric] = value;
  }
  return values;
}

/** @param parts without the number that every line to the gateway begins with */
export function writeLine(...parts: readonly string[]): Buffer {
  return Buffer.from(`10;${parts.join(";")};\r\n`, "latin1");
}
