import type { Metrics, Value } from "../../src/message/index.ts";
import type { BINARY_TYPES, FramesDescription, TextDescription } from "./schema.ts";

type TextMetric = TextDescription["metrics"][string];
type FrameMetric = FramesDescription["metrics"][string];
type BinaryType = (typeof BINARY_TYPES)[number];
type Order = "big" | "little";

/** Digits of a scaled number that are meant. */
const DIGITS = 12;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;
export const SIZES: Readonly<Record<BinaryType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int24: 3,
  uint24: 3,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

/** @returns undefined if it should be a number and is none */
export function textValue(
  field: string,
  { type, none, scale = 1, offset = 0 }: TextMetric,
): Value | undefined {
  const text = field.trim();
  if (text === "" || none?.includes(text)) return null;
  if (type === "text") return text;
  const [found] = NUMBER.exec(text) ?? [];
  return found === undefined ? undefined : scaled(Number(found), scale, offset);
}

export function frameValue(frame: Buffer, metric: FrameMetric, order: Order): Value {
  const { at, type, bit, none, values, scale = 1, offset = 0 } = metric;
  const raw = numberAt(frame, at < 0 ? frame.length + at : at, type, order);
  if (raw === undefined || !Number.isFinite(raw) || none?.includes(raw)) return null;
  if (bit !== undefined) return ((raw >>> bit) & 1) === 1;
  if (values) return values[String(raw)] ?? String(raw);
  return scaled(raw, scale, offset);
}

/** @returns undefined if the frame is too short for it */
function numberAt(frame: Buffer, at: number, type: BinaryType, order: Order): number | undefined {
  const size = SIZES[type];
  if (at < 0 || at + size > frame.length) return undefined;
  if (type === "float32")
    return Number((order === "big" ? frame.readFloatBE(at) : frame.readFloatLE(at)).toPrecision(7));
  if (type === "float64") return order === "big" ? frame.readDoubleBE(at) : frame.readDoubleLE(at);
  if (type.startsWith("u")) return order === "big" ? frame.readUIntBE(at, size) : frame.readUIntLE(at, size);
  return order === "big" ? frame.readIntBE(at, size) : frame.readIntLE(at, size);
}

export function scaled(value: number, scale: number, offset: number): number {
  return scale === 1 && offset === 0 ? value : Number((value * scale + offset).toPrecision(DIGITS));
}

export function metricsOf(metrics: TextDescription["metrics"] | FramesDescription["metrics"]): Metrics {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => {
      const { unit, description } = metric;
      const told = {
        ...(unit === undefined ? {} : { unit }),
        ...(description === undefined ? {} : { description }),
      };
      return [name, { type: typeOf(metric), ...told }];
    }),
  );
}

function typeOf(metric: TextMetric | FrameMetric): "number" | "text" | "boolean" {
  if ("at" in metric) return metric.bit !== undefined ? "boolean" : metric.values ? "text" : "number";
  return metric.type;
}
