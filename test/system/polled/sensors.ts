import { hex, Recording, type PolledRecording } from "./recording.ts";

function sps30(): PolledRecording {
  const ask = new Recording("sps30", "commands").command("read values");
  const answer = new Recording("sps30", "pypms-42");
  return {
    driver: "sps30",
    exchanges: [{ ask, answer: answer.bytes }],
    values: answer.frames[0]?.values ?? [],
  };
}

function mhz19(): PolledRecording {
  const ask = new Recording("mhz19b", "commands").command("read CO2");
  const answer = new Recording("mhz19b", "pypms-500ppm");
  return {
    driver: "mhz19",
    settings: { pollMs: 1_000 },
    exchanges: [{ ask, answer: answer.bytes }],
    values: [answer.field("co2")],
  };
}

/** This one and the next three send by themselves, and are asked here. */
function sds011(): PolledRecording {
  const ask = new Recording("sds011", "commands").command("query data");
  const answer = new Recording("sds011", "pypms-sds01x");
  return {
    driver: "sds011",
    exchanges: [{ ask, answer: answer.bytes.subarray(0, 10) }],
    values: [answer.field("pm2_5"), answer.field("device_id")],
    command: "read",
  };
}

function hpma115(): PolledRecording {
  const answer = new Recording("hpma115", "pypms-hpma115c0");
  // Data sheet 32322550, table 6.
  const ask = hex("68010493");
  return {
    driver: "hpma115",
    settings: { model: "c0" },
    exchanges: [{ ask, answer: answer.bytes.subarray(0, 16) }],
    values: ["pm1_0", "pm2_5", "pm4_0", "pm10"].map((name) => answer.field(name)),
    command: "read",
  };
}

function tfmini(): PolledRecording {
  const ask = new Recording("tfmini", "commands").command("trigger one sample");
  const stream = new Recording("tfmini", "derived-stream");
  const [first] = stream.expected["accepted"] as readonly {
    readonly distance_cm: number;
    readonly strength: number;
  }[];
  // The stream begins with the tail of a frame.
  const from = stream.bytes.indexOf("YY");
  return {
    driver: "tfmini",
    exchanges: [{ ask, answer: stream.bytes.subarray(from, from + 9) }],
    values: [Number(first?.distance_cm) * 10, first?.strength],
    command: "trigger",
  };
}

function mcu680(): PolledRecording {
  const answer = new Recording("mcu680-bme680", "pypms-mcu680");
  return {
    driver: "mcu680",
    exchanges: [{ ask: hex("a55601fc"), answer: answer.bytes.subarray(0, 20) }],
    values: ["temperature", "humidity", "pressure_pa", "gas_ohm"].map((name) => answer.field(name)),
    command: "read",
  };
}

/** Lines without a mark: noise would be part of the answer, but for what no instrument writes. */
function scpi(): PolledRecording {
  const recording = new Recording("scpi", "derived-session");
  const exchanges = recording.expected["exchanges"] as readonly { readonly q: string; readonly a: unknown }[];
  const lines = recording.bytes.toString("latin1").split("\n");
  const polled = exchanges.filter(({ q }) => q.includes("MEAS:"));
  return {
    driver: "scpi",
    settings: {
      errorQuery: "",
      queries: polled.map(({ q }, index) => ({ metric: `value_${index}`, query: q })),
    },
    exchanges: exchanges.map(({ q }) => ({
      ask: Buffer.from(`${q}\n`),
      answer: Buffer.from(`${lines[lines.indexOf(q) + 1] ?? ""}\n`),
    })),
    values: polled.map(({ a }) => a),
    noise: Buffer.alloc(2),
  };
}

function rplidar(): PolledRecording {
  const ask = new Recording("rplidar", "derived-commands").command("scan");
  const scan = new Recording("rplidar", "derived-scan");
  const nodes = scan.expected["nodes"] as readonly { readonly distance_mm: number | null }[];
  return {
    driver: "rplidar",
    settings: { scan: "standard" },
    exchanges: [{ ask, answer: scan.bytes }],
    values: nodes.slice(1, 4).flatMap(({ distance_mm: mm }) => (mm === null ? [] : [mm / 1_000])),
  };
}

/** Sensors and instruments, by the devices' names. */
export const SENSORS: Readonly<Record<string, () => PolledRecording>> = {
  sps30,
  mhz19,
  sds011,
  hpma115,
  mcu680,
  tfmini,
  scpi,
  rplidar,
};
