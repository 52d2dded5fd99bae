import t from "tap";
import { jbdBms } from "../../../devices/jbd-bms/driver.ts";
import {
  answerOf,
  JBD_FRAMES,
  requestOf,
  writeMosfets,
  writeRead,
} from "../../../devices/jbd-bms/protocol.ts";
import { FrameScanner } from "../../../src/codec/index.ts";
import type { Values } from "../../../src/message/index.ts";
import { capturesOf, type Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

interface ExpectedFrame {
  readonly dir: "req" | "rsp";
  readonly hex: string;
  readonly cmd?: string;
  readonly status?: number;
  readonly checksum?: string;
  readonly checksum_ok: boolean;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Their names for our metrics. */
const NAMES: Readonly<Record<string, string>> = {
  voltage_V: "voltage",
  current_A: "current",
  remaining_Ah: "remaining_capacity",
  nominal_Ah: "nominal_capacity",
  cycles: "cycles",
  production_date: "production_date",
  balance_bits: "balance_bits",
  protection_bits: "protection_bits",
  version: "version",
  soc_pct: "state_of_charge",
  charge_fet: "charge_mosfet",
  discharge_fet: "discharge_mosfet",
  cells: "cells",
  ntcs: "temperature_sensors",
};

for (const capture of capturesOf("jbd-bms"))
  t.test(`jbd-bms ${capture.name}`, async (t) => {
    const frames = framesOf(capture);
    if ("commands" in capture.expected) return t.strictSame(frames.map(rewritten), frames);
    const expected = capture.expected["frames"] as readonly ExpectedFrame[];
    t.strictSame(
      frames,
      expected.map(({ hex }) => hex),
    );
    for (const frame of expected) {
      t.strictSame(headOf(frame.hex), wantedHead(frame), frame.hex);
      if (frame.fields) t.strictSame(pick(readingOf(frame.hex), frame.fields), wanted(frame.fields));
    }
  });

/** The frames of a recording, one a line, after `req` or `rsp`. */
function framesOf({ bytes }: Capture): string[] {
  return bytes
    .toString()
    .trim()
    .split("\n")
    .map((line) => line.split(" ").at(-1) ?? "");
}

/** What our protocol makes of a whole frame: undefined if it refuses it. */
function headOf(hex: string): object | undefined {
  const [item, ...more] = new FrameScanner(JBD_FRAMES).push(Buffer.from(hex, "hex"));
  if (item?.type !== "frame" || more.length > 0) return undefined;
  const answer = answerOf(item.bytes);
  const checksum = item.bytes.toString("hex", item.bytes.length - 3, item.bytes.length - 1).toUpperCase();
  return answer
    ? { cmd: hexByte(answer.register), status: answer.ok ? 0 : 0x80, checksum }
    : { isRequest: requestOf(item.bytes) !== undefined };
}

function wantedHead({ dir, cmd, status, checksum, checksum_ok }: ExpectedFrame): object | undefined {
  if (!checksum_ok) return undefined;
  return dir === "rsp" ? { cmd, status, checksum } : { isRequest: true };
}

function readingOf(hex: string): Values {
  const events = jbdBms.open(settingsOf(jbdBms)).push(Buffer.from(hex, "hex"));
  return events.find((event) => event.type === "reading")?.values ?? {};
}

function wanted(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([name, value]) => {
    if (name === "temperatures_C") return numbered("temperature", value as number[]);
    if (name === "cells_mV")
      return numbered(
        "cell_voltage",
        (value as number[]).map((mv) => mv / 1_000),
      );
    const ours = NAMES[name];
    return ours === undefined ? [] : [[ours, value] as const];
  });
  return Object.fromEntries(entries);
}

function pick(values: Values, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(wanted(fields)).map((name) => [name, values[name]]));
}

function numbered(name: string, values: readonly number[]): (readonly [string, number])[] {
  return values.map((value, index) => [`${name}_${index + 1}`, value] as const);
}

/** The same request as we write it; what this driver never writes stays as it is, if it is a request at all. */
function rewritten(hex: string): string {
  const frame = Buffer.from(hex, "hex");
  const [item] = new FrameScanner(JBD_FRAMES).push(frame);
  const request = item?.type === "frame" ? requestOf(item.bytes) : undefined;
  if (!request) return "no request";
  const { register, written } = request;
  if (!written) return writeRead(register).toString("hex");
  if (register !== 0xe1) return hex;
  const off = written[1] ?? 0;
  return writeMosfets({ charge: (off & 1) === 0, discharge: (off & 2) === 0 }).toString("hex");
}

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0").toUpperCase()}`;
}
