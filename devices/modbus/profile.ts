import * as Type from "typebox";
import { NAME_PATTERN } from "../../src/message/index.ts";

/** What a device has in its registers, as data: devices/modbus/profiles/*.yaml, and what users write themselves. */

const CLOSED = { additionalProperties: false } as const;

export const NUMBER_TYPES = [
  "int16",
  "uint16",
  "int32",
  "uint32",
  "float32",
  "int64",
  "uint64",
  "float64",
] as const;
export type NumberType = (typeof NUMBER_TYPES)[number];

/** Bytes of each type. */
export const SIZES: Readonly<Record<NumberType, number>> = {
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

const Register = Type.Integer({
  minimum: 0,
  maximum: 0xffff,
  description: "Address of the first register or bit, from 0: what a manual calls 30001 or 40001 is 0.",
});
const WordOrder = Type.Enum(["high-first", "low-first"], {
  description: "Which of the registers of a long number comes first.",
});

export const MetricSchema = Type.Object(
  {
    register: Register,
    table: Type.Optional(
      Type.Enum(["input", "holding", "coil", "discrete"], { description: "Default: the profile's." }),
    ),
    type: Type.Optional(
      Type.Enum([...NUMBER_TYPES], {
        description: "Default uint16. Of coils and discrete inputs there is only on and off.",
      }),
    ),
    wordOrder: Type.Optional(WordOrder),
    scale: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "What the number is multiplied by. Default 1." }),
    ),
    offset: Type.Optional(Type.Number({ description: "What is added after that. Default 0." })),
    bit: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 15, description: "Only this bit of the register, as a boolean." }),
    ),
    values: Type.Optional(
      Type.Record(Type.String({ pattern: "^-?[0-9]+$" }), Type.String(), {
        ...CLOSED,
        description: "Texts for numbers; a number without one is told as it is.",
      }),
    ),
    none: Type.Optional(
      Type.Array(Type.Number(), { description: "Raw numbers that mean no value: they become null." }),
    ),
    unit: Type.Optional(Type.String({ description: "Unit of the scaled number." })),
    description: Type.Optional(Type.String({ description: "What it is, for people." })),
    every: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: "Ask only in each n-th poll. Default 1." }),
    ),
    typical: Type.Optional(Type.Number({ description: "About what the simulator gives." })),
  },
  CLOSED,
);

export const CommandSchema = Type.Object(
  {
    description: Type.String({ description: "What it does." }),
    register: Register,
    table: Type.Optional(Type.Enum(["holding", "coil"], { description: "Default holding." })),
    type: Type.Optional(Type.Enum([...NUMBER_TYPES], { description: "Default uint16." })),
    wordOrder: Type.Optional(WordOrder),
    scale: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    value: Type.Optional(
      Type.Number({ description: "Always this, as a raw number: the command has no argument." }),
    ),
    minimum: Type.Optional(Type.Number({ description: "Least value of the argument." })),
    maximum: Type.Optional(Type.Number({ description: "Greatest value of the argument." })),
    unit: Type.Optional(Type.String()),
    values: Type.Optional(
      Type.Record(Type.String({ pattern: `^${NAME_PATTERN.slice(1, -1)}$` }), Type.Integer(), {
        ...CLOSED,
        description: "The argument is one of these words, each with its raw number.",
      }),
    ),
    readBack: Type.Optional(
      Type.Boolean({
        description: "Read it again, and fail if it is another. Default true; false for what cannot be read.",
      }),
    ),
    function16: Type.Optional(
      Type.Boolean({
        description:
          "Write one register by function 16 as well, for devices that know no other. Default false.",
      }),
    ),
  },
  CLOSED,
);

export const FunctionSchema = Type.Object(
  {
    description: Type.String({ description: "What it does." }),
    code: Type.Integer({ minimum: 1, maximum: 0x7f, description: "The maker's own function code." }),
    data: Type.Optional(
      Type.String({
        pattern: "^([0-9A-Fa-f]{2} ?)*$",
        maxLength: 750,
        description: "What follows the code, as hex. Default: nothing.",
      }),
    ),
    replyBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 252,
        description:
          "How many bytes follow the code in the reply, whatever they are. Default: the reply must be the request again.",
      }),
    ),
    idempotent: Type.Optional(
      Type.Boolean({
        description: "Doing it twice does no harm, so it is done again after a crash. Default false.",
      }),
    ),
  },
  CLOSED,
);

export const ProfileSchema = Type.Object(
  {
    title: Type.String({ description: "One line for people." }),
    table: Type.Optional(
      Type.Enum(["input", "holding"], { description: "Where its metrics are. Default input." }),
    ),
    wordOrder: Type.Optional(WordOrder),
    maxRegisters: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 125, description: "Most that it gives in one reply. Default 60." }),
    ),
    maxGap: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 124,
        description:
          "Registers between two metrics that are read and thrown away rather than asked around. Default 8.",
      }),
    ),
    metrics: Type.Record(Type.String({ pattern: NAME_PATTERN }), MetricSchema, {
      ...CLOSED,
      minProperties: 1,
    }),
    commands: Type.Optional(Type.Record(Type.String({ pattern: NAME_PATTERN }), CommandSchema, CLOSED)),
    functions: Type.Optional(
      Type.Record(Type.String({ pattern: NAME_PATTERN }), FunctionSchema, {
        ...CLOSED,
        description:
          "Commands by function codes that only this maker has. Their names are none of the commands'.",
      }),
    ),
  },
  CLOSED,
);

export type Profile = Type.Static<typeof ProfileSchema>;
export type ProfileMetric = Type.Static<typeof MetricSchema>;
export type ProfileCommand = Type.Static<typeof CommandSchema>;
export type ProfileFunction = Type.Static<typeof FunctionSchema>;
