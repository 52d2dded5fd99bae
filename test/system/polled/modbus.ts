import { Recording, type PolledRecording } from "./recording.ts";

function modbusProfile(): PolledRecording {
  const recording = new Recording("modbus-xymd02", "manual-both");
  return {
    driver: "modbus",
    settings: { profile: "xy-md02" },
    bus: "rs485",
    exchanges: [recording.exchange],
    values: Object.values(recording.expected["values"] as object),
  };
}

function modbusFloat(): PolledRecording {
  const recording = new Recording("modbus-sdm", "eastron-manual");
  return {
    driver: "one-voltage",
    description: {
      kind: "modbus",
      title: "The first value of an Eastron meter",
      line: { baudRate: 2_400 },
      unit: 1,
      table: "input",
      metrics: { voltage: { register: 0, type: "float32", unit: "V" } },
    },
    exchanges: [recording.exchange],
    values: Object.values(recording.expected["values"] as object),
  };
}

function modbusHolding(): PolledRecording {
  const recording = new Recording("modbus-rtu", "spec-fc03-read-holding");
  return {
    driver: "three-registers",
    description: {
      kind: "modbus",
      title: "The example of the specification, 6.3",
      line: { baudRate: 9_600 },
      unit: 17,
      table: "holding",
      metrics: { first: { register: 107 }, second: { register: 108 }, third: { register: 109 } },
    },
    bus: "rs485",
    exchanges: [recording.exchange],
    values: recording.frames[1]?.registers ?? [],
  };
}

/** Modbus devices, by their names. */
export const MODBUS: Readonly<Record<string, () => PolledRecording>> = {
  "modbus-profile": modbusProfile,
  "modbus-float": modbusFloat,
  "modbus-holding": modbusHolding,
};
