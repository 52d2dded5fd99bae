import type { Metric, Metrics, Value, Values } from "../../src/message/index.ts";
import { CLOCK, LABELS, STATUS, type Label } from "./labels.table.ts";
import type { Group, Mode } from "./protocol.ts";

/** Most labels that are taken although they are not known: meters of larger connections have others. */
const MAX_UNKNOWN = 64;

/** What stands for a value that there is none of: `DEMAIN ----`. */
const NO_VALUE = /^-*$/;

export function metricsOf(mode: Mode | "auto"): Metrics {
  const labels = Object.values(LABELS).filter((label) => mode === "auto" || label.mode === mode);
  const metrics = labels.flatMap(({ name, metric, timed }): (readonly [string, Metric])[] =>
    timed
      ? [
          [name, metric],
          [`${name}_time`, { type: "text", description: "when, ISO 8601" }],
        ]
      : [[name, metric]],
  );
  const standard = Object.entries(STATUS).map(
    ([name, { width, description }]) =>
      [name, { type: width === 1 ? "boolean" : "integer", description }] as const,
  );
  return Object.fromEntries(
    mode === "historic" ? metrics : [...metrics, ...Object.entries(CLOCK), ...standard],
  );
}

/** A frame's values by metric. */
export interface FrameValues {
  readonly values: Values;
  /** Groups with a right sum whose value cannot be. */
  readonly unparsable: readonly Group[];
  /** Groups that are not of the mode of the settings. */
  readonly unsupported: readonly Group[];
  /** Metrics of labels that have not been seen before. */
  readonly found: Metrics;
}

/** Turns groups into values, and learns the labels that it does not know. */
export class GroupReader {
  readonly #mode: Mode | "auto";
  readonly #unknown = new Map<string, Label>();
  readonly #names = new Set(Object.keys(metricsOf("auto")));

  constructor(mode: Mode | "auto") {
    this.#mode = mode;
  }

  /** A label that comes twice counts as it came last: then the end of a frame and the beginning of the next were lost. */
  read(groups: readonly Group[]): FrameValues {
    let values: Values = {};
    const unparsable: Group[] = [];
    const unsupported: Group[] = [];
    const found: Record<string, Metric> = {};
    for (const group of groups) {
      const read = this.#isWanted(group) ? this.#valuesOf(group, found) : undefined;
      if (read === undefined) unsupported.push(group);
      else if (read === null) unparsable.push(group);
      else values = { ...values, ...read };
    }
    return { values, unparsable, unsupported, found };
  }

  #isWanted({ mode }: Group): boolean {
    return this.#mode === "auto" || this.#mode === mode;
  }

  /** @returns null for a value that cannot be, undefined for a label that is one too many */
  #valuesOf(group: Group, found: Record<string, Metric>): Values | null | undefined {
    const { label } = group;
    if (label === "DATE") return clock(group.timestamp ?? "");
    const known = LABELS[label] ?? this.#unknown.get(label) ?? this.#learn(group, found);
    if (!known) return undefined;
    const { name, metric, timed, isTime } = known;
    const text = group.value.trim();
    const value = isTime
      ? timeOf(group.timestamp ?? "")
      : metric.type === "integer"
        ? integerOf(text)
        : textOf(text);
    const time = timed ? timeOf(group.timestamp ?? "") : null;
    if (value === undefined || time === undefined) return null;
    if (label === "STGE") return status(name, value);
    return timed ? { [name]: value, [`${name}_time`]: time } : { [name]: value };
  }

  /** As text: digits may be a number with a name, whose zeros at the beginning count. */
  #learn({ label, mode }: Group, found: Record<string, Metric>): Label | undefined {
    const name = label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
    if (this.#unknown.size === MAX_UNKNOWN || this.#names.has(name)) return undefined;
    const metric = { type: "text", description: `${label}, which this driver does not know` } as const;
    const learnt = { name, metric, mode };
    this.#unknown.set(label, learnt);
    this.#names.add(name);
    found[name] = metric;
    return learnt;
  }
}

function textOf(text: string): string | null {
  return NO_VALUE.test(text) ? null : text;
}

function integerOf(text: string): number | null | undefined {
  if (NO_VALUE.test(text)) return null;
  return /^-?\d{1,15}$/.test(text) ? Number(text) + 0 : undefined;
}

/** Hours that the two seasons are ahead of UTC. */
const OFFSETS: Readonly<Record<string, string>> = { H: "+01:00", E: "+02:00" };

/**
 * Season, year, month, day, hour, minute, second: `H` is winter, `E` summer, in lower case if the clock is not sure.
 * Enedis-NOI-CPT_54E, 6.2.1.1.
 * @returns ISO 8601, null if there is none, undefined if it cannot be
 */
function timeOf(timestamp: string): string | null | undefined {
  const text = timestamp.trim();
  if (text === "" || /^[HEhe]?0{12}$/.test(text)) return null;
  const parts = /^([HEhe])(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!parts) return undefined;
  const [, season = "", year, month, day, hour, minute, second] = parts;
  const local = `20${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${local}Z`);
  // A day that there is not would be another one.
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(local)) return undefined;
  return local + (OFFSETS[season.toUpperCase()] ?? "");
}

function clock(timestamp: string): Values | null {
  const time = timeOf(timestamp);
  if (time === undefined) return null;
  return { meter_time: time, meter_time_sure: time === null ? null : /^[HE]/.test(timestamp.trim()) };
}

function status(name: string, value: Value): Values | null {
  if (typeof value !== "string" || !/^[0-9a-f]{8}$/i.test(value)) return null;
  const bits = parseInt(value, 16);
  const parts = Object.entries(STATUS).map(([part, { shift, width }]) => {
    const number = (bits >>> shift) & (2 ** width - 1);
    return [part, width === 1 ? number === 1 : number] as const;
  });
  return { [name]: value, ...Object.fromEntries(parts) };
}
