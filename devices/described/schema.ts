import * as Type from "typebox";
import { NAME_PATTERN } from "../../src/message/index.ts";
import { CHECKSUMS } from "./checksum.ts";

/** How a device is described in YAML alone: `drivers/<name>.yaml` beside the configuration makes `driver: <name>`. */

const CLOSED = { additionalProperties: false } as const;
const HEX = "^(?:[0-9A-Fa-f]{2}[ ]?)+$";

const hex = (description: string) =>
  Type.String({ title: "bytes in hex, such as AA C0", pattern: HEX, description });

const milliseconds = (description: string, options: { default?: number; minimum?: number } = {}) =>
  Type.Integer({ minimum: 10, maximum: 86_400_000, description, ...options });

export const LineSchema = Type.Object(
  {
    baudRate: Type.Integer({
      minimum: 1,
      maximum: 4_000_000,
      description: "Bits per second.",
      default: 9600,
    }),
    dataBits: Type.Enum([5, 6, 7, 8], { description: "Data bits.", default: 8 }),
    parity: Type.Enum(["none", "even", "odd"], { description: "Parity bit.", default: "none" }),
    stopBits: Type.Enum([1, 2], { description: "Stop bits.", default: 1 }),
  },
  {
    ...CLOSED,
    title: "the line",
    description: "How the serial line is set, unless the configuration says otherwise.",
  },
);

const VALUE = {
  unit: Type.Optional(Type.String({ description: "Unit of the scaled number." })),
  description: Type.Optional(Type.String({ description: "What it is, for people." })),
  scale: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: "What the number is multiplied by. Default 1." }),
  ),
  offset: Type.Optional(Type.Number({ description: "What is added after that. Default 0." })),
};

export const TextMetricSchema = Type.Object(
  {
    field: Type.Integer({ minimum: 0, maximum: 255, description: "Which field of the line, from 0." }),
    type: Type.Enum(["number", "text"], {
      description:
        "number: the first number in the field, so that `4.2 mm` is 4.2; text: the field as it is.",
      default: "number",
    }),
    none: Type.Optional(
      Type.Array(Type.String(), {
        description: "Fields that mean no value: they become null. An empty one always does.",
      }),
    ),
    ...VALUE,
  },
  { ...CLOSED, title: "a metric" },
);

const TextCommandSchema = Type.Object(
  {
    description: Type.String({ description: "What it does." }),
    send: Type.String({
      maxLength: 256,
      description: "What is sent. `{value}` stands for the argument, a number.",
    }),
    minimum: Type.Optional(Type.Number({ description: "Least value of the argument." })),
    maximum: Type.Optional(Type.Number({ description: "Greatest value of the argument." })),
  },
  { ...CLOSED, title: "a command" },
);

const BASE = {
  title: Type.String({ description: "One line for people." }),
  line: LineSchema,
  silenceMs: milliseconds("Without a byte for longer than this the device is silent, ms.", {
    default: 10_000,
  }),
};

export const TextSchema = Type.Object(
  {
    kind: Type.Literal("text"),
    ...BASE,
    separator: Type.String({
      minLength: 1,
      maxLength: 8,
      description: "What is between fields.",
      default: ",",
    }),
    prefix: Type.String({
      maxLength: 64,
      description: "What a line begins with; others are passed over.",
      default: "",
    }),
    checksum: Type.Optional(
      Type.Object(
        {
          name: Type.Enum(CHECKSUMS, { description: "Which." }),
          mark: Type.String({
            minLength: 1,
            maxLength: 4,
            description: "What is before its hex digits, at the line's end.",
            default: "*",
          }),
          from: Type.Integer({
            minimum: 0,
            maximum: 16,
            description: "Characters at the line's beginning that it does not cover.",
            default: 0,
          }),
        },
        CLOSED,
      ),
    ),
    fields: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: "A line with another number of fields is none. Default: any.",
      }),
    ),
    poll: Type.Optional(
      Type.Object(
        {
          send: Type.String({ maxLength: 256, description: "What asks the device." }),
          everyMs: milliseconds("How often, ms."),
        },
        CLOSED,
      ),
    ),
    metrics: Type.Record(Type.String({ pattern: NAME_PATTERN }), TextMetricSchema, {
      ...CLOSED,
      minProperties: 1,
    }),
    commands: Type.Record(Type.String({ pattern: NAME_PATTERN }), TextCommandSchema, {
      ...CLOSED,
      default: {},
    }),
  },
  { ...CLOSED, title: "a driver of kind text", description: "A device that sends lines of fields." },
);

export const BINARY_TYPES = [
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int24",
  "uint24",
  "int32",
  "uint32",
  "float32",
  "float64",
] as const;

const At = Type.Integer({
  minimum: -4_096,
  maximum: 4_096,
  description: "Byte of the frame, from 0; from its end if below 0.",
});
const Order = Type.Enum(["big", "little"], {
  description: "Which byte of a number comes first.",
  default: "big",
});

export const FrameMetricSchema = Type.Object(
  {
    at: At,
    type: Type.Enum([...BINARY_TYPES], { description: "What is there.", default: "uint8" }),
    bit: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 31, description: "Only this bit, as a boolean." }),
    ),
    none: Type.Optional(
      Type.Array(Type.Number(), { description: "Raw numbers that mean no value: they become null." }),
    ),
    values: Type.Optional(
      Type.Record(Type.String({ pattern: "^-?[0-9]+$" }), Type.String(), {
        ...CLOSED,
        description: "Texts for raw numbers.",
      }),
    ),
    ...VALUE,
  },
  { ...CLOSED, title: "a metric" },
);

export const FramesSchema = Type.Object(
  {
    kind: Type.Literal("frames"),
    ...BASE,
    sync: hex("What every frame begins with."),
    length: Type.Union(
      [
        Type.Integer({ minimum: 2, maximum: 4_096 }),
        Type.Object(
          {
            at: Type.Integer({ minimum: 1, maximum: 64, description: "Where the length is." }),
            type: Type.Optional(
              Type.Enum(["uint8", "uint16"], { description: "What it is. Default uint8." }),
            ),
            plus: Type.Optional(
              Type.Integer({
                minimum: -64,
                maximum: 4_096,
                description: "What is added to it to make the whole frame's length. Default 0.",
              }),
            ),
          },
          CLOSED,
        ),
      ],
      {
        title: "a number of bytes, or where it is: { at: 2, plus: 4 }",
        description: "Length of the whole frame.",
      },
    ),
    order: Order,
    end: Type.Optional(hex("What every frame ends with.")),
    match: Type.Array(Type.Object({ at: At, is: hex("These bytes.") }, CLOSED), {
      description: "Frames without these are of another kind, and passed over.",
      default: [],
    }),
    checksum: Type.Optional(
      Type.Object(
        {
          name: Type.Enum(CHECKSUMS, { description: "Which." }),
          from: Type.Integer({
            minimum: 0,
            maximum: 64,
            description: "First byte that it covers.",
            default: 0,
          }),
          at: At,
          order: Order,
        },
        { ...CLOSED, description: "It covers the bytes up to itself." },
      ),
    ),
    poll: Type.Optional(
      Type.Object({ send: hex("What asks the device."), everyMs: milliseconds("How often, ms.") }, CLOSED),
    ),
    metrics: Type.Record(Type.String({ pattern: NAME_PATTERN }), FrameMetricSchema, {
      ...CLOSED,
      minProperties: 1,
    }),
    commands: Type.Record(
      Type.String({ pattern: NAME_PATTERN }),
      Type.Object(
        { description: Type.String({ description: "What it does." }), send: hex("What is sent.") },
        CLOSED,
      ),
      { ...CLOSED, default: {} },
    ),
  },
  { ...CLOSED, title: "a driver of kind frames", description: "A device that sends binary frames." },
);

export type TextDescription = Type.Static<typeof TextSchema>;
export type FramesDescription = Type.Static<typeof FramesSchema>;
