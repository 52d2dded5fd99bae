import { LINE_8N1, type Driver } from "../../src/device/index.ts";
import type { Argument, CommandDescriptions, Metric, Metrics } from "../../src/message/index.ts";
import { ScpiSession } from "./session.ts";
import { queriesOf, SETTINGS, type PolledQuery, type ScpiSettings } from "./settings.ts";
import { ScpiSimulator } from "./simulator.ts";

const IDENTITY: Metrics = {
  manufacturer: { type: "text", description: "of the instrument; null if it does not say" },
  model: { type: "text", description: "of the instrument" },
  serial_number: { type: "text", description: "of the instrument; null if it does not say" },
  firmware: { type: "text", description: "of the instrument; null if it does not say" },
};

/** Three rounds and an answer, or ten seconds. */
const SILENT_ROUNDS = 3;
const MIN_SILENCE_MS = 10_000;
/** Nobody expects an instrument to speak that is never asked. */
const NEVER_ASKED_MS = 86_400_000;

/** Multimeters, supplies, loads and whatever else speaks SCPI on a serial line. */
export const scpi: Driver<ScpiSettings> = {
  name: "scpi",
  title: "Bench instruments that speak SCPI (multimeters, supplies, loads)",
  settings: SETTINGS,
  // What most instruments are set to when they are new.
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: (settings) => ({
    metrics: { ...(settings.identify ? IDENTITY : {}), ...metricsOf(queriesOf(settings)) },
    commands: commandsOf(settings),
    silenceMs: silenceMs(settings),
  }),
  open: (settings) => new ScpiSession(settings),
  simulate: (settings, random) => new ScpiSimulator(settings, random),
};

function metricsOf(queries: readonly PolledQuery[]): Metrics {
  return Object.fromEntries(queries.map((query) => [query.metric, metricOf(query)]));
}

function metricOf({ type, unit, description, query }: PolledQuery): Metric {
  return { type, ...(unit === undefined ? {} : { unit }), description: description ?? `answer to ${query}` };
}

function commandsOf({ timeoutMs: answerMs }: ScpiSettings): CommandDescriptions {
  // What is under way, the answer, and the errors.
  const timeoutMs = 4 * answerMs + 5_000;
  const text: Argument = { type: "text", min: 1, max: 255 };
  return {
    write: {
      description: "write a command; it fails with the errors that the instrument then tells",
      arguments: { text: { ...text, description: "such as VOLT 5.0; without a ?" } },
      idempotent: false,
      cancellable: true,
      timeoutMs,
    },
    query: {
      description: "ask something; the result is the answer, and the value if that is a number",
      arguments: { text: { ...text, description: "such as VOLT?" } },
      idempotent: true,
      cancellable: true,
      timeoutMs,
    },
  };
}

function silenceMs(settings: ScpiSettings): number {
  const queries = queriesOf(settings);
  if (queries.length === 0) return NEVER_ASKED_MS;
  const shortestMs = Math.min(...queries.map(({ intervalMs }) => intervalMs));
  return Math.max(SILENT_ROUNDS * shortestMs + settings.timeoutMs, MIN_SILENCE_MS);
}
