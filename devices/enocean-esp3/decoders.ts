import type { Values } from "../../src/message/index.ts";
import { bitsOf } from "./fields.ts";
import type { MetricName } from "./metrics.table.ts";
import type { Telegram } from "./telegram.ts";

/** A profile whose values are not each in a place of their own. */
export interface Decoder {
  readonly metrics: readonly MetricName[];
  /** @returns undefined if the payload is none of this profile */
  decode(telegram: Telegram): Values | undefined;
  /** Payload and status of a telegram that this profile may send, for a simulator. */
  readonly example: { readonly payload: string; readonly status: number };
}

const BUTTONS = ["AI", "AO", "BI", "BO"] as const;
/** Status: the byte is of which button, not how many are pressed. EEP, F6-02. */
const NU = 0x10;

const rocker: Decoder = {
  metrics: ["pressed", "button", "second_button"],
  decode: ({ payload, status }) => {
    const isButton = (status & NU) !== 0;
    return {
      pressed: bitsOf(payload, 3, 1) === 1,
      button: isButton ? (BUTTONS[bitsOf(payload, 0, 3)] ?? null) : null,
      second_button:
        isButton && bitsOf(payload, 7, 1) === 1 ? (BUTTONS[bitsOf(payload, 4, 3)] ?? null) : null,
    };
  },
  example: { payload: "50", status: 0x30 },
};

/** By where the handle was turned to. EEP, F6-10-00. */
const handle: Decoder = {
  metrics: ["window"],
  decode: ({ payload }) => {
    const turned = bitsOf(payload, 0, 4);
    if (turned < 0xc) return undefined;
    return { window: turned === 0xf ? "closed" : turned === 0xd ? "tilted" : "open" };
  },
  example: { payload: "f0", status: 0x20 },
};

const card: Decoder = {
  metrics: ["card"],
  decode: ({ payload }) => ({ card: payload[0] === 0x70 }),
  example: { payload: "70", status: 0x20 },
};

const leak: Decoder = {
  metrics: ["water"],
  decode: ({ payload }) => ({ water: payload[0] === 0x11 }),
  example: { payload: "11", status: 0x30 },
};

/** Three bytes of count, and bits for the channel, what is counted and the decimal point. EEP, A5-12. */
function meter(where: "channel" | "tariff", total: MetricName, moment: MetricName): Decoder {
  return {
    metrics: [where, total, moment],
    decode: ({ payload }) => {
      const value = payload.readUIntBE(0, 3) / 10 ** bitsOf(payload, 30, 2);
      return { [where]: bitsOf(payload, 24, 4), [bitsOf(payload, 29, 1) === 1 ? moment : total]: value };
    },
    example: { payload: "0030390a", status: 0 },
  };
}

/** What a unit of a measurement is, and how many of them one of ours. EEP, D2-01, command 7. */
const MEASURED = [
  ["energy", 3_600_000],
  ["energy", 1_000],
  ["energy", 1],
  ["power", 1],
  ["power", 0.001],
] as const satisfies readonly (readonly [MetricName, number])[];
const MICRO = 1_000_000;

/** Switches and dimmers, that tell their output and what they have measured. EEP, D2-01, commands 4 and 7. */
const actuator: Decoder = {
  metrics: ["channel", "output", "energy", "power"],
  decode: ({ payload }) => {
    const command = bitsOf(payload, 4, 4);
    const channel = bitsOf(payload, 11, 5);
    if (command === 4 && payload.length === 3) {
      const output = bitsOf(payload, 17, 7);
      return { channel, output: output <= 100 ? output : null };
    }
    const [metric, divisor] = MEASURED[bitsOf(payload, 8, 3)] ?? [];
    if (command !== 7 || payload.length !== 6 || metric === undefined) return undefined;
    return { channel, [metric]: Math.round((payload.readUInt32BE(2) / divisor) * MICRO) / MICRO };
  },
  example: { payload: "040064", status: 0 },
};

const ACTUATORS = [0x00, 0x01, 0x02, 0x03, 0x0a, 0x0b, 0x0c, 0x0e, 0x0f, 0x11, 0x12].map(
  (type) => [`D2-01-${type.toString(16).padStart(2, "0").toUpperCase()}`, actuator] as const,
);

export const DECODERS: Readonly<Record<string, Decoder>> = {
  "F6-02-01": rocker,
  "F6-02-02": rocker,
  "F6-04-01": card,
  "F6-05-01": leak,
  "F6-10-00": handle,
  "A5-12-00": meter("channel", "count", "rate"),
  "A5-12-01": meter("tariff", "energy", "power"),
  "A5-12-02": meter("tariff", "volume", "flow"),
  "A5-12-03": meter("tariff", "volume", "flow"),
  ...Object.fromEntries(ACTUATORS),
};
