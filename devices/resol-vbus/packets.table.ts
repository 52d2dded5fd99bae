import { bsPlus, bs2009, csPlus, bxl, bx, sl, m, e, mx, bxPlus, dl3 } from "./controllers.table.ts";
import {
  bits,
  flow,
  heat,
  hours,
  irradiance,
  longHeat,
  percent,
  power,
  prefixed,
  pressure,
  pumps,
  seconds,
  splitHeat,
  temperature,
  temperatures,
  version,
  volume,
  type Field,
} from "./fields.ts";

/** What the packets of one address hold, by RESOL's VBus Packet List. */
export interface Layout {
  readonly controller: string;
  readonly fields: readonly Field[];
}

const meter = [heat(0), power(4), heat(8, "heat_today"), heat(12, "heat_week")];
const meterWithVolume = [...meter, volume(16)];
const mxMeter = [
  longHeat(0, 36),
  ...meterWithVolume.slice(1),
  heat(20, "heat_month"),
  volume(24, "volume_today"),
  volume(28, "volume_week"),
  volume(32, "volume_month"),
];
const eMeter = [
  temperature("flow_temperature", 0),
  temperature("return_temperature", 2),
  flow("flow", 4, 2),
  splitHeat(6),
];
const circuit = [temperature("set_temperature", 0), bits("status", 2, 1)];
const mCircuit = [
  temperature("flow_temperature", 0),
  temperature("outdoor_temperature", 4),
  temperature("store_temperature", 6),
  temperature("set_temperature", 8),
  bits("relay_bits", 10, 1),
];

/** Addresses that stand for one controller, or one part of it. */
const SINGLE: Readonly<Record<number, Layout>> = {
  0x0053: { controller: "DL3", fields: prefixed("logger", dl3) },
  0x1001: {
    controller: "DeltaSol SLT",
    fields: [
      ...temperatures(6, 4),
      flow("flow", 16),
      flow("flow_sensor", 20),
      flow("flow_rotor", 24),
      pressure("pressure", 28, 100),
      ...pumps(4, 30),
      percent("output_1", 34),
      percent("output_2", 35),
      bits("error_bits", 36, 4),
      bits("warning_bits", 40, 4),
    ],
  },
  0x1050: { controller: "DeltaSol E", fields: e },
  0x1051: { controller: "DeltaSol E", fields: prefixed("heat_meter_1", eMeter) },
  0x1060: {
    controller: "Vitosolic 200",
    fields: [
      ...temperatures(12, 0),
      irradiance("irradiance", 24),
      bits("broken_sensor_bits", 36, 2),
      bits("short_circuited_sensor_bits", 38, 2),
      ...pumps(7, 44),
      bits("error_bits", 60, 2),
      bits("warning_bits", 62, 2),
    ],
  },
  0x1122: { controller: "DeltaSol CS4", fields: csPlus },
  0x2211: { controller: "DeltaSol CS Plus", fields: csPlus },
  0x2251: { controller: "DeltaSol SL", fields: sl },
  0x2252: { controller: "DeltaSol SL", fields: prefixed("heat_meter_1", meter) },
  0x2271: {
    controller: "DeltaSol SLL",
    fields: [
      ...temperatures(4, 4),
      flow("flow", 16),
      // The third byte is for relay 4.
      ...pumps(2, 20),
      percent("pump_4", 22, "speed of a pump or relay"),
      heat(24),
      version(28),
      ...[1, 2, 3].map((relay, i) => hours(relay, 32 + 4 * i, 4)),
      bits("error_bits", 72, 4),
    ],
  },
  0x2272: { controller: "DeltaSol SLL", fields: prefixed("heat_meter_1", meter) },
  0x3251: {
    controller: "DeltaSol BS",
    fields: [...temperatures(3, 0), ...pumps(1, 6), bits("error_bits", 7, 1), hours(1, 8)],
  },
  0x4212: {
    controller: "DeltaSol C",
    fields: [
      ...temperatures(4, 0),
      ...pumps(2, 8),
      bits("error_bits", 10, 1),
      hours(1, 12),
      hours(2, 14),
      splitHeat(16),
    ],
  },
  0x4221: { controller: "DeltaSol BS Plus", fields: bsPlus },
  0x4278: {
    controller: "DeltaSol BS DrainBack",
    fields: [
      ...temperatures(4, 0),
      ...pumps(2, 8),
      bits("error_bits", 10, 1),
      hours(1, 12),
      hours(2, 14),
      splitHeat(16),
      version(24),
    ],
  },
  0x427b: { controller: "DeltaSol BS 2009", fields: bs2009 },
  0x4720: {
    controller: "DeltaSol BS/2 HE",
    fields: [
      ...temperatures(3, 4),
      ...pumps(1, 16),
      heat(20),
      version(24),
      hours(1, 28, 4),
      bits("error_bits", 68, 4),
    ],
  },
  0x4730: {
    controller: "DeltaSol BS/4 HE",
    fields: [
      ...temperatures(3, 4),
      ...pumps(2, 16),
      heat(20),
      version(24),
      hours(1, 28, 4),
      hours(2, 32, 4),
      bits("error_bits", 72, 4),
    ],
  },
  0x7101: { controller: "DeltaSol BX", fields: [...bx, flow("flow_rotor", 60, 2)] },
  0x7112: { controller: "DeltaSol BX Plus", fields: bxPlus },
  0x7113: {
    controller: "DeltaSol BX Plus",
    fields: [1, 2].flatMap((module, i) => prefixed(`module_${module}`, temperatures(6, 12 * i))),
  },
  0x7311: { controller: "DeltaSol M", fields: m },
  0x7312: { controller: "DeltaSol M", fields: prefixed("circuit_1", mCircuit) },
  0x7313: { controller: "DeltaSol M", fields: prefixed("circuit_2", mCircuit) },
  0x7315: {
    controller: "DeltaSol M",
    fields: seconds(9, 0),
  },
  0x7316: { controller: "DeltaSol M", fields: prefixed("heat_meter_1", eMeter) },
  0x7317: { controller: "DeltaSol M", fields: prefixed("heat_meter_2", eMeter) },
  0x7321: { controller: "Vitosolic 200", fields: m },
  0x7326: { controller: "Vitosolic 200", fields: prefixed("heat_meter_1", eMeter) },
  0x7327: { controller: "Vitosolic 200", fields: prefixed("heat_meter_2", eMeter) },
  0x7421: { controller: "DeltaSol BX", fields: bx },
  0x7428: { controller: "DeltaSol BXL", fields: bxl },
  0x7721: { controller: "DeltaSol E", fields: e },
  0x7722: { controller: "DeltaSol E", fields: prefixed("heat_meter_1", eMeter) },
  0x7e11: { controller: "DeltaSol MX", fields: mx },
  0x7e12: {
    controller: "DeltaSol MX",
    fields: [1, 2, 3, 4, 5].flatMap((module, i) => prefixed(`module_${module}`, temperatures(6, 12 * i))),
  },
};

/** Parts whose number is the address's low digit. */
const NUMBERED: Readonly<
  Record<number, { readonly controller: string; readonly part: string; readonly fields: readonly Field[] }>
> = {
  0x7120: { controller: "DeltaSol BX Plus", part: "circuit", fields: circuit },
  0x7130: { controller: "DeltaSol BX Plus", part: "heat_meter", fields: meterWithVolume },
  0x7e20: { controller: "DeltaSol MX", part: "circuit", fields: circuit },
  0x7e30: { controller: "DeltaSol MX", part: "heat_meter", fields: mxMeter },
};

/** @returns undefined for an address that is not in the table */
export function layoutOf(source: number): Layout | undefined {
  const single = SINGLE[source];
  if (single) return single;
  const numbered = NUMBERED[source & 0xfff0];
  if (!numbered) return undefined;
  const { controller, part, fields } = numbered;
  return { controller, fields: prefixed(`${part}_${source & 0x0f}`, fields) };
}
