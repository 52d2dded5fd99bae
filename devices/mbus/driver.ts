import * as Type from "typebox";
import type { Driver } from "../../src/device/index.ts";
import type { CommandDescriptions } from "../../src/message/index.ts";
import { ANY } from "./protocol.ts";
import { IDENTITY_METRICS } from "./readings.ts";
import { MbusSession, type MbusSettings } from "./session.ts";
import { HeatMeterSimulator } from "./simulator.ts";

/** Two polls may fail before the device is silent. */
const SILENT_POLLS = 3;
const SILENT_MS = 10_000;

/** Meters on a wired M-Bus: heat, water, gas, electricity. One device is one meter; several may be on one port. */
export const mbus: Driver<MbusSettings> = {
  name: "mbus",
  title: "Meters on a wired M-Bus (EN 13757: heat, water, gas, electricity)",
  settings: Type.Object({
    address: Type.Integer({
      description:
        "primary address, 1 to 250; 0 is a new meter's, 254 is whichever there is if it is the only one",
      minimum: 0,
      maximum: 254,
      default: ANY,
    }),
    id: Type.String({
      description:
        "identification of eight digits, F for any digit: selects the meter by it instead of by its primary address",
      pattern: "^([0-9A-Fa-f]{8})?$",
      default: "",
    }),
    manufacturer: Type.String({
      description: "three letters that select the meter together with id; empty for any",
      pattern: "^([A-Za-z]{3})?$",
      default: "",
    }),
    pollMs: Type.Integer({
      description:
        "from one readout to the next, ms; many meters with a battery allow a few readouts a day only",
      minimum: 1_000,
      maximum: 86_400_000,
      default: 60_000,
    }),
    timeoutMs: Type.Integer({
      description: "how long an answer may take until it is complete, ms: 2500 at 2400 baud, 12000 at 300",
      minimum: 100,
      maximum: 60_000,
      default: 2_500,
    }),
    gapMs: Type.Integer({
      description: "silence after each answer, ms: 33 bits, which are 14 ms at 2400 baud and 110 ms at 300",
      minimum: 0,
      maximum: 1_000,
      default: 20,
    }),
  }),
  line: { dataBits: 8, parity: "even", stopBits: 1, flowControl: "none", baudRate: 2_400 },
  isShared: true,
  describe: ({ pollMs }) => ({
    metrics: IDENTITY_METRICS,
    commands: COMMANDS,
    silenceMs: SILENT_POLLS * pollMs + SILENT_MS,
  }),
  open: (settings) => new MbusSession(settings),
  simulate: ({ address, id }, random) => new HeatMeterSimulator(address, id, random),
};

const COMMANDS: CommandDescriptions = {
  read: {
    description: "read the meter now; the result is the reading",
    arguments: {},
    idempotent: true,
    cancellable: true,
    timeoutMs: 60_000,
  },
};
