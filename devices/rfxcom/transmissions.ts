import type { Argument, CommandDescription, Values } from "../../src/message/index.ts";
import * as commands from "./commands.table.ts";
import type { Names } from "./fields.ts";
import {
  BLINDS_MODELS,
  FAN_MODELS,
  LIGHTING1_MODELS,
  LIGHTING2_MODELS,
  LIGHTING5_MODELS,
  LIGHTING6_MODELS,
  RFY_MODELS,
} from "./remotes.table.ts";
import { SECURITY_MODELS } from "./sensors.table.ts";

/** One byte or more of a payload, from the arguments of a command. */
type Part = (args: Values, subtype: number) => readonly number[] | { readonly fault: string };

export interface Transmission {
  readonly type: number;
  readonly models: Names;
  readonly description: CommandDescription;
  readonly parts: readonly Part[];
}

/** What the transceiver takes to send: the longest is seven seconds of a button held. */
const TIMEOUT_MS = 20_000;

const text = (description: string, values?: Iterable<string>): Argument => ({
  type: "text",
  description,
  ...(values ? { enum: [...new Set(values)] } : {}),
});
const integer = (description: string, min: number, max: number, optional = false): Argument => ({
  type: "integer",
  description,
  min,
  max,
  ...(optional ? { optional } : {}),
});
const HOUSE = text("house code", "ABCDEFGHIJKLMNOP".split(""));

const zeros =
  (count: number): Part =>
  () =>
    Array.from({ length: count }, () => 0);
const number =
  (name: string): Part =>
  (args) => [Number(args[name] ?? 0)];
const letter =
  (name: string): Part =>
  (args) => [String(args[name]).charCodeAt(0)];
const commandNumber =
  (namesOf: (subtype: number) => Names): Part =>
  (args, subtype) => {
    const names = namesOf(subtype);
    const found = Object.keys(names).find((key) => names[Number(key)] === args["command"]);
    if (found !== undefined) return [Number(found)];
    return { fault: `${String(args["model"])} knows ${Object.values(names).join(", ")}` };
  };

/** @param mostFirst greatest first byte of an id that has not all the bits */
const hexId =
  (name: string, bytes: number, mostFirst = 0xff): Part =>
  (args) => {
    const id = String(args[name]);
    const isHex = /^[0-9a-f]+$/i.test(id) && id.length <= 2 * bytes;
    const raw = Buffer.from(id.padStart(2 * bytes, "0"), "hex");
    if (isHex && (raw[0] ?? 0) <= mostFirst) return [...raw];
    const most = mostFirst.toString(16) + "ff".repeat(bytes - 1);
    return { fault: `${id} is no ${name}: use hex digits, up to ${most}` };
  };

function transmission(
  type: number,
  what: string,
  models: Names,
  args: CommandDescription["arguments"],
  ...parts: readonly Part[]
): Transmission {
  const model = text("make", Object.values(models));
  const description = `transmit ${what}; it succeeds when it is sent, whoever hears it`;
  return {
    type,
    models,
    description: { description, arguments: { model, ...args }, cancellable: true, timeoutMs: TIMEOUT_MS },
    parts,
  };
}

const of = (names: Names) => (): Names => names;
const namesOf = (...tables: readonly Names[]): Argument =>
  text(
    "what to say",
    tables.flatMap((names) => Object.values(names)),
  );
/** Of those that differ from make to make, all that there are. */
const anyOf = (table: (subtype: number) => Names, models: Names): Argument =>
  namesOf(...Object.keys(models).map((subtype) => table(Number(subtype))));

export const TRANSMISSIONS: Readonly<Record<string, Transmission>> = {
  lighting1: transmission(
    0x10,
    "as a remote control with a house code",
    LIGHTING1_MODELS,
    { house: HOUSE, unit: integer("unit", 0, 255), command: namesOf(commands.LIGHTING1) },
    letter("house"),
    number("unit"),
    commandNumber(of(commands.LIGHTING1)),
    zeros(1),
  ),
  lighting2: transmission(
    0x11,
    "as a KlikAanKlikUit, HomeEasy, Anslut or Kambrook remote control",
    LIGHTING2_MODELS,
    {
      id: text("id, hex, up to 3ffffff"),
      unit: integer("unit", 1, 16),
      command: namesOf(commands.LIGHTING2),
      level: integer("of a dimmer", 0, 15, true),
    },
    hexId("id", 4, 0x03),
    number("unit"),
    commandNumber(of(commands.LIGHTING2)),
    number("level"),
    zeros(1),
  ),
  lighting4: transmission(
    0x13,
    "24 bits as a PT2262 does",
    { 0: "PT2262" },
    {
      code: text("24 bits, hex"),
      pulse_width: integer("of a bit; most remote controls have 350", 100, 2_047),
    },
    hexId("code", 3),
    (args) => [Number(args["pulse_width"]) >> 8, Number(args["pulse_width"]) & 0xff],
    zeros(1),
  ),
  lighting5: transmission(
    0x14,
    "as a LightwaveRF, Livolo, RSL or similar remote control",
    LIGHTING5_MODELS,
    {
      id: text("id, hex, up to ffffff"),
      unit: integer("unit", 0, 16),
      command: anyOf(commands.lighting5, LIGHTING5_MODELS),
      level: integer("of a dimmer", 0, 31, true),
    },
    hexId("id", 3),
    number("unit"),
    commandNumber(commands.lighting5),
    number("level"),
    zeros(1),
  ),
  lighting6: transmission(
    0x15,
    "as a Blyss or Cuveo remote control",
    LIGHTING6_MODELS,
    {
      id: text("id, hex, up to ffff"),
      house: HOUSE,
      unit: integer("unit; 0 is the group", 0, 8),
      command: namesOf(commands.LIGHTING6),
      press: integer("count of presses of that remote control, to be one more each time", 0, 255),
    },
    hexId("id", 2),
    letter("house"),
    number("unit"),
    commandNumber(of(commands.LIGHTING6)),
    // Two counters that go around at 5 and at 146. RFXtrx SDK, lighting6.
    (args) => [Number(args["press"]) % 5, Number(args["press"]) % 146],
    zeros(1),
  ),
  fan: transmission(
    0x17,
    "as a fan's remote control",
    FAN_MODELS,
    { id: text("id, hex, up to ffffff"), command: anyOf(commands.fan, FAN_MODELS) },
    hexId("id", 3),
    commandNumber(commands.fan),
    zeros(1),
  ),
  curtain: transmission(
    0x18,
    "as a Harrison curtain's remote control",
    { 0: "Harrison" },
    { house: HOUSE, unit: integer("unit", 1, 16), command: namesOf(commands.CURTAIN) },
    letter("house"),
    number("unit"),
    commandNumber(of(commands.CURTAIN)),
    zeros(1),
  ),
  blinds: transmission(
    0x19,
    "as a blind's remote control",
    BLINDS_MODELS,
    {
      id: text("three bytes of id, hex, as they are in the payload"),
      unit: integer("the byte after them", 0, 255),
      command: anyOf(commands.blinds, BLINDS_MODELS),
    },
    hexId("id", 3),
    number("unit"),
    commandNumber(commands.blinds),
    zeros(1),
  ),
  rfy: transmission(
    0x1a,
    "as a Somfy RTS or ASA remote control",
    RFY_MODELS,
    { id: text("id, hex, up to fffff"), unit: integer("unit", 0, 4), command: namesOf(commands.RFY) },
    hexId("id", 3, 0x0f),
    number("unit"),
    commandNumber(of(commands.RFY)),
    zeros(4),
  ),
  security: transmission(
    0x20,
    "as an alarm device",
    SECURITY_MODELS,
    { id: text("three bytes of id, hex, as they are in the payload"), command: namesOf(commands.SECURITY) },
    hexId("id", 3),
    commandNumber(of(commands.SECURITY)),
    zeros(1),
  ),
};

/** @returns subtype and payload, or why it cannot be sent */
export function payloadOf(
  { models, parts }: Transmission,
  args: Values,
): { readonly subtype: number; readonly payload: Buffer } | { readonly fault: string } {
  const subtype = Number(Object.keys(models).find((key) => models[Number(key)] === args["model"]));
  const bytes: number[] = [];
  for (const part of parts) {
    const more = part(args, subtype);
    if ("fault" in more) return more;
    bytes.push(...more);
  }
  return { subtype, payload: Buffer.from(bytes) };
}
