import * as Type from "typebox";
import { NAME_PATTERN, type MetricType } from "../../src/message/index.ts";

/** What is counted in: how often the session looks whether something is due, ms. */
export const TICK_MS = 100;

const Line = { pattern: "^[ -~]+$", maxLength: 255 } as const;

const QuerySettings = Type.Object({
  metric: Type.String({ description: "name of the metric that its answer is", pattern: NAME_PATTERN }),
  query: Type.String({
    description: "what is asked, such as MEAS:VOLT:DC?",
    pattern: "^[ -~]*\\?[ -~]*$",
    maxLength: 255,
  }),
  type: Type.Optional(
    Type.Enum(["number", "integer", "boolean", "text"], {
      description: "what the answer is; one that is something else is refused. Default: number",
    }),
  ),
  unit: Type.Optional(Type.String({ description: "UCUM code, such as V, A or Ohm" })),
  description: Type.Optional(Type.String({ description: "what is measured, for people" })),
  intervalMs: Type.Optional(
    Type.Integer({
      description: "from one time to the next, ms. Default: 1000",
      minimum: TICK_MS,
      maximum: 86_400_000,
      multipleOf: TICK_MS,
    }),
  ),
});

export const SETTINGS = Type.Object({
  queries: Type.Array(QuerySettings, {
    description: "what is asked again and again: metric, query, and if need be type, unit and intervalMs",
    default: [{ metric: "value", query: "READ?" }],
    maxItems: 64,
  }),
  setup: Type.Array(Type.String(Line), {
    description: "what is written when the port opens, such as SYST:REM",
    default: [],
    maxItems: 32,
  }),
  identify: Type.Boolean({
    description:
      "ask *IDN? when the port opens, and when answers have been lost; false for what does not know it",
    default: true,
  }),
  errorQuery: Type.String({
    description: "what asks for the oldest error; empty for what has no error queue",
    pattern: "^([ -~]*\\?)?$",
    maxLength: 255,
    default: "SYST:ERR?",
  }),
  timeoutMs: Type.Integer({
    description: "how long an answer may take, ms; a slow measurement takes seconds",
    default: 3_000,
    minimum: TICK_MS,
    maximum: 600_000,
    multipleOf: TICK_MS,
  }),
  lineEnding: Type.Enum(["lf", "crlf", "cr"], {
    description: "what ends a line that is written; of answers each of these is taken",
    default: "lf",
  }),
});

export type ScpiSettings = Type.Static<typeof SETTINGS>;

/** One of the queries, with what was left out. */
export type PolledQuery = Type.Static<typeof QuerySettings> & {
  readonly type: MetricType;
  readonly intervalMs: number;
};

export function queriesOf({ queries }: ScpiSettings): PolledQuery[] {
  return queries.map((query) => ({
    ...query,
    type: query.type ?? "number",
    intervalMs: query.intervalMs ?? 1_000,
  }));
}

export const LINE_ENDINGS: Readonly<Record<ScpiSettings["lineEnding"], string>> = {
  lf: "\n",
  crlf: "\r\n",
  cr: "\r",
};
