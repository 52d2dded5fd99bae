import * as Type from "typebox";
import { NAME_PATTERN } from "../../src/message/index.ts";

const TYPES = ["number", "integer", "boolean", "text"] as const;

const Name = Type.String({ pattern: NAME_PATTERN });

const MetricSettings = Type.Object({
  type: Type.Enum(TYPES, {
    description: "what its values are; a line with another is refused",
    default: "number",
  }),
  unit: Type.Optional(Type.String({ description: "UCUM code, such as Cel, % or m/s" })),
  description: Type.Optional(Type.String({ description: "what is measured, for people" })),
});

const ArgumentSettings = Type.Object({
  type: Type.Enum(TYPES, { description: "what the argument must be", default: "text" }),
  description: Type.Optional(Type.String({ description: "what the argument does, for people" })),
  unit: Type.Optional(Type.String({ description: "UCUM code" })),
  min: Type.Optional(Type.Number({ description: "least number, or shortest text in bytes" })),
  max: Type.Optional(Type.Number({ description: "greatest number, or longest text in bytes" })),
  enum: Type.Optional(
    Type.Array(Type.Union([Type.String(), Type.Number()]), { description: "the only values there are" }),
  ),
  optional: Type.Optional(
    Type.Boolean({ description: "true: may be left out, and is then nothing in the line" }),
  ),
});

const CommandSettings = Type.Object({
  description: Type.String({ description: "what the command does, for people", default: "" }),
  template: Type.String({
    description: "the line that is written, with {argument} where an argument goes",
    minLength: 1,
    maxLength: 1_000,
  }),
  arguments: Type.Record(Name, ArgumentSettings, {
    description: "the command's arguments by name",
    default: {},
  }),
  idempotent: Type.Boolean({
    description: "true: writing it again does no harm, so it is written again after a crash",
    default: false,
  }),
});

export const SETTINGS = Type.Object({
  format: Type.Enum(["auto", "json", "key-value", "csv", "influx"], {
    description:
      "what a line is; auto: JSON from the first line on that is an object, else CSV if there are columns, else key=value. influx, InfluxDB's line protocol, has to be named",
    default: "auto",
  }),
  columns: Type.Array(Type.String({ minLength: 1 }), {
    description: "the metrics of a CSV line in order; without it they are column_1, column_2 and so on",
    default: [],
    maxItems: 64,
  }),
  delimiter: Type.String({
    description: "what is between the cells of a CSV line",
    default: ",",
    minLength: 1,
    maxLength: 1,
  }),
  metrics: Type.Record(Name, MetricSettings, {
    description: "metrics of which unit or type are known; a device cannot tell them itself",
    default: {},
  }),
  discover: Type.Boolean({
    description: "false: only the metrics above are taken, and what else is in a line is left out",
    default: true,
  }),
  commands: Type.Record(Name, CommandSettings, {
    description: "commands by name, each a line that is written to the device",
    default: {},
  }),
  lineEnding: Type.Enum(["lf", "crlf", "cr", "none"], {
    description: "what ends a line that is written",
    default: "lf",
  }),
  maxLineBytes: Type.Integer({
    description: "longest line taken; a longer one is counted as too-long",
    default: 4_096,
    minimum: 64,
    maximum: 65_536,
  }),
});

export type JsonLinesSettings = Type.Static<typeof SETTINGS>;
