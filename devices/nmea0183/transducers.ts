import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import type { Fields } from "./fields.ts";

/** Type, value, unit, name: as many as there are. XDR, IEC 61162-1, 8.3.93. */
const FIELDS = 4;
/** So many names of transducers one line may have; a device may declare 256 metrics. */
const MAX_TRANSDUCERS = 100;
/** Room for the prefix in a metric's name. */
const MAX_NAME = 48;

interface Kind {
  readonly word: string;
  /** UCUM by the letter of the unit. */
  readonly units: Readonly<Record<string, string>>;
}

/** By the letter of the type. XDR, IEC 61162-1, 8.3.93, and NMEA's update of 2019. */
const KINDS: Readonly<Record<string, Kind>> = {
  A: { word: "angle", units: { D: "deg", P: "%" } },
  B: { word: "absolute_humidity", units: { K: "kg/m3" } },
  C: { word: "temperature", units: { C: "Cel" } },
  D: { word: "displacement", units: { M: "m", P: "%" } },
  E: { word: "level", units: { P: "%" } },
  F: { word: "frequency", units: { H: "Hz" } },
  G: { word: "generic", units: {} },
  H: { word: "humidity", units: { P: "%" } },
  I: { word: "current", units: { A: "A" } },
  L: { word: "salinity", units: { S: "[ppth]" } },
  N: { word: "force", units: { N: "N" } },
  P: { word: "pressure", units: { B: "bar", P: "Pa" } },
  R: { word: "flow", units: { L: "L/s", l: "L/s" } },
  S: { word: "switch", units: {} },
  T: { word: "tachometer", units: { R: "/min" } },
  U: { word: "voltage", units: { V: "V" } },
  V: { word: "volume", units: { M: "m3" } },
};

/** The transducers of one line, by the names that their devices give them: those are metrics that nobody knows before. */
export class Transducers {
  readonly #metrics = new Map<string, Metric>();

  /** @returns the sentence's values, and the metrics that are new; without meaning if the sentence is `faulty` */
  read(f: Fields): { readonly values: Values; readonly metrics: Metrics } {
    const values: Record<string, Value> = { sentence: f.address };
    const metrics: Record<string, Metric> = {};
    for (let at = 0; at + FIELDS <= f.count; at += FIELDS) {
      const value = f.number(at + 1);
      const metric = metricOf(f.text(at), f.text(at + 2), f.text(at + 3));
      const name = nameOf(f.text(at + 3) || `${metric.description ?? ""} ${at / FIELDS + 1}`);
      if (f.faulty || name === undefined) continue;
      const standing = this.#learn(name, metric);
      if (standing === "refused") continue;
      values[name] = value;
      if (standing === "new") metrics[name] = metric;
    }
    return { values, metrics };
  }

  /** A unit that was empty may come later; a value in another unit than it was is not mixed with the others. */
  #learn(name: string, metric: Metric): "new" | "known" | "refused" {
    const known = this.#metrics.get(name);
    if (known === undefined && this.#metrics.size >= MAX_TRANSDUCERS) return "refused";
    if (known !== undefined && known.unit === metric.unit) return "known";
    if (known?.unit !== undefined) return "refused";
    this.#metrics.set(name, metric);
    return "new";
  }
}

function metricOf(type: string, unit: string, name: string): Metric {
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  const ucum = kind && Object.hasOwn(kind.units, unit) ? kind.units[unit] : undefined;
  return {
    type: "number",
    ...(ucum === undefined ? {} : { unit: ucum }),
    description: [kind?.word ?? "transducer", ...(name === "" ? [] : [name])].join(" "),
  };
}

/** A device's own name, as `ENGINE#1`, as a metric's: `transducer_engine_1`. */
function nameOf(text: string): string | undefined {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "")
    .slice(0, MAX_NAME);
  return plain === "" ? undefined : `transducer_${plain}`;
}
