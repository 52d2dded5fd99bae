import t from "tap";
import { VALUE_METRICS } from "../../../devices/rfxcom/metrics.table.ts";
import { lengthOf, readingOf } from "../../../devices/rfxcom/protocol.ts";
import { REMOTE_KINDS } from "../../../devices/rfxcom/remotes.table.ts";
import { SENSOR_KINDS } from "../../../devices/rfxcom/sensors.table.ts";

/** Packets and what they mean by the RFXtrx SDK. */
const CASES: readonly (readonly [hex: string, values: object])[] = [
  ["08 12 00 00 010203 10 70", { kind: "lighting3", sender: "010203", command: "on" }],
  ["09 13 00 00 a1b2c3 015e 70", { kind: "lighting4", code: "a1b2c3", pulse_width: 350 }],
  ["0a 14 05 00 f09ac7 01 02 00 80", { model: "Livolo", command: "toggle_2" }],
  ["0a 14 00 00 f09ac7 01 10 1f 80", { model: "LightwaveRF", command: "set_level", level: 31 }],
  [
    "11 17 0a 00 123456 02 80 010203040506070809",
    { model: "IthoCVEECO", sender: "123456", command: "medium" },
  ],
  ["07 18 00 00 41 01 01 00", { kind: "curtain", sender: "A", command: "close" }],
  [
    "09 19 00 00 001234 0f 01 79",
    { model: "T0", sender: "1234", unit: 15, command: "close", battery_level: 9 },
  ],
  ["09 19 06 00 123456 7a 05 70", { model: "T6", sender: "1234567", unit: 10, command: "light" }],
  ["09 19 09 00 003456 7a 00 70", { model: "T9", sender: "34567", unit: 10, command: "open" }],
  ["0c 1a 00 00 0a1b2c 01 03 000000 70", { kind: "rfy", sender: "0a1b2c", unit: 1, command: "down" }],
  [
    "0c 1b 00 00 01b523 44 03 01 0000 70",
    { kind: "home_confort", sender: "01b523", house: "D", command: "on" },
  ],
  ["0b 1e 00 00 a1b2 41 02 01 00 01 70", { kind: "funkbus", house: "A", unit: 2, command: "up" }],
  ["0b 1f 00 00 010203040506 03 70", { kind: "hunter_fan", sender: "010203040506", command: "speed_1" }],
  ["08 20 03 00 a1b200 06 79", { model: "KD101", sender: "a1b2", status: "panic", tamper: false }],
  [
    "08 20 04 00 a1b2c3 82 70",
    { model: "PowerCode", sender: "a1b2c3", status: "alarm", tamper: true, battery_level: 0 },
  ],
  ["06 28 00 00 41 0c 70", { kind: "camera", sender: "A", command: "center" }],
  ["06 30 00 00 0f 02 76", { kind: "remote", sender: "0f", command_number: 2 }],
  ["0c 31 00 00 01020304 01 04 32 00 70", { kind: "blinds2", command: "percent", level: 50 }],
  ["09 40 01 00 6b18 16 00 81 70", { temperature: 22, setpoint: null, status: "demand", cooling: true }],
  ["08 42 00 00 019fab 04 80", { model: "G6RH4T1", command: "run_up" }],
  ["0c 48 00 00 01020304 01 02 15 05 70", { kind: "radiator", command: "set_temperature", setpoint: 21.5 }],
  ["0a 4e 01 00 0007 0064 0046 79", { kind: "barbecue", temperature: 100, temperature_2: 70 }],
  ["0a 4f 01 00 7700 800a 0123 79", { temperature: -1, rain_total: 29.1 }],
  ["09 53 01 00 7700 03e8 01 79", { pressure: 1_000, forecast: "sunny" }],
  [
    "0d 54 02 00 7700 00c8 2d 01 03f2 04 79",
    { temperature: 20, humidity: 45, pressure: 1_010, forecast: "rain" },
  ],
  ["0b 55 08 00 b600 0000 000011 69", { rain_counter: 3.4 }],
  ["0b 55 03 00 b600 0000 000102 69", { model: "RAIN3", rain_total: 25.8 }],
  ["10 56 05 00 2f00 0087 0000 0014 0049 0000 79", { wind_direction: 135, wind_gust: 2 }],
  ["09 57 01 00 ea7c 30 0000 79", { uv_index: 4.8 }],
  ["09 57 03 00 ea7c 30 00d2 79", { uv_index: 4.8, temperature: 21 }],
  ["0d 58 01 00 1234 1a 0b 19 03 0e 05 09 79", { clock: "2026-11-25T14:05:09" }],
  ["0d 59 01 00 861b 04 001d 0000 0102 49", { count: 4, current: 2.9, current_2: 0, current_3: 25.8 }],
  ["13 5b 01 00 1234 00 001d 0000 0000 000000672897 79", { current: 2.9, energy: 30226.315131 }],
  ["13 5b 01 00 1234 04 001d 0000 0000 000000000000 79", { current: 2.9, energy: null }],
  [
    "0f 5c 01 00 1234 e6 0064 08fc 000a 62 32 80",
    { voltage: 230, current: 1, power: 230, energy: 100, power_factor: 0.98, frequency: 50 },
  ],
  ["11 60 02 00 12345678 00000001 00000002 12 79", { model: "encoder", count: 1, count_2: 2 }],
  ["07 70 00 02 08 8096 50", { kind: "rfxsensor", sender: "08", temperature: -1.5 }],
  ["07 70 02 02 08 01d8 50", { model: "supply", raw_value: 472 }],
  ["09 72 00 00 a1b201 11 00 70", { kind: "fs20", sender: "a1b201", command: "on_last" }],
  ["0d 73 00 00 1234 00 0078 00d2 0000 79", { depth: 120, temperature: 21 }],
  ["0c 74 00 00 a1b2c3 08 06 02 0000 79", { lightning_distance: 6, lightning_count: 2 }],
  [
    "1f 76 02 00 1234 0087 0022 0050 800c 0000 2d 02 0000 00000a 1e 0258 0000 00 0000 79",
    {
      wind_direction: 135,
      wind_speed: 3.4,
      wind_gust: 8,
      temperature: -1.2,
      humidity: 45,
      rain_counter: 2.54,
      uv_index: 3,
      irradiance: 600,
    },
  ],
];

for (const [hex, values] of CASES)
  t.test(hex, async (t) => {
    t.match(readingOf(Buffer.from(hex.replaceAll(" ", ""), "hex")), values);
  });

t.test("what a make does not tell is not there", async (t) => {
  const keys = (hex: string): string[] =>
    Object.keys(readingOf(Buffer.from(hex.replaceAll(" ", ""), "hex")) ?? {});
  t.notOk(keys("10 56 05 00 2f00 0087 0000 0014 0049 0000 79").includes("wind_speed"));
  t.notOk(keys("10 56 08 00 2f00 0087 0000 0014 0049 0000 79").includes("wind_direction"));
  t.notOk(keys("10 56 01 00 2f00 0087 0000 0014 0049 0000 79").includes("temperature"));
  t.notOk(keys("0b 55 06 00 b600 0000 000011 69").includes("rain_total"));
  t.notOk(keys("09 57 01 00 ea7c 30 0000 79").includes("temperature"));
});

t.test("every kind decodes its shortest and longest numbers into metrics that are described", async (t) => {
  for (const kind of [...REMOTE_KINDS, ...SENSOR_KINDS])
    for (const subtype of Object.keys(kind.models).map(Number)) {
      const packet = Buffer.alloc(lengthOf(kind) + 1);
      packet.set([lengthOf(kind), kind.type, subtype, 9]);
      let at = 4;
      for (const field of kind.fields) {
        for (let index = 0; index < field.bytes; index++) {
          const allowed = Array.from({ length: 256 }, (_, one) => one).filter(
            (one) => field.accepts?.(one, index, subtype) !== false,
          );
          packet[at + index] = allowed.at(-1) ?? 0;
        }
        at += field.bytes;
      }
      const values = readingOf(packet);
      t.match(
        values,
        { kind: kind.name, sequence: 9, payload: packet.toString("hex", 4) },
        `${kind.name} ${subtype}`,
      );
      for (const [name, value] of Object.entries(values ?? {})) {
        if (["kind", "model", "sequence", "payload"].includes(name)) continue;
        const metric = VALUE_METRICS[name as keyof typeof VALUE_METRICS];
        const type = typeof value === "string" ? "text" : typeof value === "boolean" ? "boolean" : undefined;
        if (value === null) continue;
        if (type) t.equal(metric.type, type, `${kind.name} ${name}`);
        else
          t.ok(
            Number.isFinite(value) && (metric.type === "number" || Number.isInteger(value)),
            `${kind.name} ${name}`,
          );
      }
    }
});
