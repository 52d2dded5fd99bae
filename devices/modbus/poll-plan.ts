import type { Value, Values } from "../../src/message/index.ts";
import { MAX_BITS, readRequest, type Request, type Table } from "./frames.ts";
import { decodeNumber, scaled } from "./numbers.ts";
import { SIZES, type Profile, type ProfileMetric } from "./profile.ts";

const DEFAULT_MAX_REGISTERS = 60;
const DEFAULT_MAX_GAP = 8;

/** A metric in its place. */
interface Placed {
  readonly name: string;
  readonly metric: ProfileMetric;
  readonly start: number;
  /** Registers, or one bit. */
  readonly count: number;
}

/** Metrics that one request asks for. */
export interface Group {
  readonly table: Table;
  readonly start: number;
  readonly request: Request;
  readonly every: number;
  readonly names: readonly string[];
  /** @param pdu the reply, whose length has been checked */
  valuesIn(pdu: Buffer): Values;
}

/** Puts metrics whose registers are near each other into one request each. */
export function planPolls(profile: Profile): Group[] {
  const placed = Object.entries(profile.metrics).map(([name, metric]) => ({
    name,
    metric,
    table: tableOf(profile, metric),
    every: metric.every ?? 1,
    start: metric.register,
    count: isBits(tableOf(profile, metric)) ? 1 : SIZES[metric.type ?? "uint16"] / 2,
  }));
  const sorted = placed.sort((a, b) => a.start - b.start);
  return [...Map.groupBy(sorted, ({ table, every }) => `${table} ${every}`).values()].flatMap((metrics) => {
    const { table, every } = metrics[0] as { table: Table; every: number };
    return runsOf(metrics, profile, table).map((run) => groupOf(run, profile, table, every));
  });
}

function runsOf(metrics: readonly Placed[], profile: Profile, table: Table): Placed[][] {
  const most = isBits(table) ? MAX_BITS : (profile.maxRegisters ?? DEFAULT_MAX_REGISTERS);
  const gap = profile.maxGap ?? DEFAULT_MAX_GAP;
  const runs: Placed[][] = [];
  for (const metric of metrics) {
    const run = runs.at(-1);
    const first = run?.[0];
    const fits =
      run !== undefined &&
      first !== undefined &&
      metric.start - endOf(run) <= gap &&
      Math.max(metric.start + metric.count, endOf(run)) - first.start <= most;
    if (fits) run.push(metric);
    else runs.push([metric]);
  }
  return runs;
}

function endOf(run: readonly Placed[]): number {
  return Math.max(...run.map(({ start, count }) => start + count));
}

function groupOf(run: readonly Placed[], profile: Profile, table: Table, every: number): Group {
  const start = run[0]?.start ?? 0;
  const order = profile.wordOrder ?? "high-first";
  return {
    table,
    start,
    every,
    request: readRequest(table, start, endOf(run) - start),
    names: run.map(({ name }) => name),
    valuesIn: (pdu) => {
      const data = pdu.subarray(2);
      return Object.fromEntries(
        run.map(({ name, metric, start: at }) => [
          name,
          isBits(table)
            ? (((data[(at - start) >>> 3] ?? 0) >>> ((at - start) & 7)) & 1) === 1
            : valueOf(metric, data, (at - start) * 2, metric.wordOrder ?? order),
        ]),
      );
    },
  };
}

function valueOf(metric: ProfileMetric, data: Buffer, at: number, order: "high-first" | "low-first"): Value {
  const { type = "uint16", scale = 1, offset = 0, bit, values, none } = metric;
  const raw = decodeNumber(data, at, type, order);
  if (!Number.isFinite(raw) || none?.includes(raw)) return null;
  if (bit !== undefined) return ((raw >>> bit) & 1) === 1;
  if (values) return values[String(raw)] ?? String(raw);
  return scaled(raw, scale, offset);
}

export function tableOf(profile: Profile, metric: ProfileMetric): Table {
  return metric.table ?? profile.table ?? "input";
}

export function isBits(table: Table): boolean {
  return table === "coil" || table === "discrete";
}
