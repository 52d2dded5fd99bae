import * as Type from "typebox";
import { LINE_8N1, type Driver } from "../../src/device/index.ts";
import { METRICS } from "./metrics.table.ts";
import { PylontechSession, type PylontechSettings } from "./session.ts";
import { PylontechSimulator } from "./simulator.ts";

/** Three rounds, or ten seconds. */
const SILENT_ROUNDS = 3;
const MIN_SILENCE_MS = 10_000;

/** Batteries of 48 V and less, alone or in a group: each is a device of its own on one line. */
export const pylontech: Driver<PylontechSettings> = {
  name: "pylontech",
  title: "Pylontech batteries (US2000, US3000, US5000, UP2500)",
  settings: Type.Object({
    address: Type.Integer({
      description: "of the battery in its group: 2 is the first, with the console, 3 the next",
      minimum: 1,
      maximum: 254,
      default: 2,
    }),
    pollMs: Type.Integer({
      description:
        "from one round to the next, ms. A battery that does not answer is asked more and more rarely, down to once a minute",
      minimum: 500,
      maximum: 3_600_000,
      default: 5_000,
    }),
    timeoutMs: Type.Integer({
      description: "how long an answer may take, ms. The others on the line wait for it",
      minimum: 50,
      maximum: 10_000,
      default: 500,
    }),
    gapMs: Type.Integer({
      description: "silence after each exchange, ms",
      minimum: 0,
      maximum: 1_000,
      default: 20,
    }),
  }),
  line: { ...LINE_8N1, baudRate: 115_200 },
  isShared: true,
  describe: ({ pollMs }) => ({
    metrics: METRICS,
    commands: {},
    silenceMs: Math.max(SILENT_ROUNDS * pollMs, MIN_SILENCE_MS),
  }),
  open: (settings) => new PylontechSession(settings),
  simulate: ({ address }, random) => new PylontechSimulator(address, random),
};
