import { fieldsOf, numberOf, textOf, unitText } from "../message/index.ts";
import type { AgentWatch, DeviceWatch, MetricWatch } from "./agent-watch.ts";
import type { View } from "./frame.ts";
import { fitted, safe, type Line, type Span } from "./line.ts";
import {
  commandLines,
  componentsPart,
  counted,
  joined,
  journalPart,
  linkLines,
  stateSpan,
  told,
} from "./parts.ts";
import { sparkline } from "./series.ts";
import { bytesText, durationText, rounded, valueText } from "./text.ts";

export interface ViewOptions {
  readonly columns: number;
  readonly rows: number;
  readonly nowMs: number;
  /** Whether metrics are shown below their device. */
  readonly metrics: boolean;
  /** Devices or agents whose name has this in it. */
  readonly filter: string;
}

/** Widths of the columns of devices; the first takes what the screen has left, the last what the reason needs. */
const STATE = 10;
const NUMBER = 9;
const NAME = { least: 12, most: 32 };
const VALUE = 16;
const RANGE = 22;
/** A line of fewer bars tells nothing. */
const LEAST_GRAPH = 8;

/** An agent, its devices and their metrics. */
export function agentLines(watch: AgentWatch, options: ViewOptions): View {
  const { columns, rows, nowMs } = options;
  const devices = [...watch.devices].filter(([name]) => name.includes(options.filter));
  const nameWidth = Math.max(
    NAME.least,
    Math.min(NAME.most, Math.floor(columns / 4), widest(devices, options.metrics) + 2),
  );
  const commands = commandLines(watch.commands.all, rows < 30 ? 2 : 6);
  return {
    head: [
      titleOf(watch),
      ...statusLines(watch),
      ...linkLines(watch.linked, watch.stopped, nowMs),
      headingOf(nameWidth, columns),
    ],
    body: devices.flatMap(([name, device]) => [
      deviceLine(name, device, nameWidth, options),
      ...(options.metrics
        ? [...device.metrics].map(([metric, one]) => metricLine(metric, one, device, nameWidth, options))
        : []),
    ]),
    foot: commands.length === 0 ? [] : [bar("COMMANDS", columns), ...commands],
  };
}

function titleOf({ agent, version, now }: AgentWatch): Line {
  const uptimeMs = numberOf(now["uptimeMs"]);
  const clock = textOf(now["clock"]);
  return joined([
    [
      { text: safe(agent === "" ? "…" : agent), style: "title" },
      { text: version === "" ? "" : ` ${safe(version)}`, style: "dim" },
    ],
    told("up", uptimeMs === undefined ? undefined : durationText(uptimeMs)),
    told("epoch", numberOf(now["epoch"])?.toString()),
    told("clock", clock, clock === "synced" ? "good" : "warn"),
    hubPart(now["hub"]),
  ]);
}

function statusLines({ now }: AgentWatch): Line[] {
  if (Object.keys(now).length === 0) return [];
  const connections = fieldsOf(now["connections"]);
  const subscribers = numberOf(connections["telemetry"]);
  return [
    joined([
      componentsPart(now),
      told("subscribers", subscribers?.toString()),
      counted("refused", now["refused"]),
      counted("dropped", now["dropped"]),
    ]),
    journalPart(now),
  ].filter(({ length }) => length > 0);
}

function hubPart(hub: unknown): Line {
  const { state } = fieldsOf(hub);
  return typeof state === "string" ? [{ text: "hub ", style: "dim" }, stateSpan(state)] : [];
}

/** What there is room for, most needed first. */
function columnsOf(columns: number): { bytes: boolean; discarded: boolean; age: boolean } {
  return { age: columns >= 56, bytes: columns >= 72, discarded: columns >= 84 };
}

function headingOf(nameWidth: number, columns: number): Line {
  const shown = columnsOf(columns);
  const text = [
    fitted("DEVICE", nameWidth),
    fitted("STATE", STATE),
    fitted("READ/S", NUMBER, "right"),
    shown.age ? fitted("LAST", NUMBER, "right") : "",
    shown.bytes ? fitted("BYTES/S", NUMBER + 1, "right") : "",
    shown.discarded ? fitted("DISCARD/S", NUMBER + 2, "right") : "",
  ].join("");
  return bar(text, columns);
}

function bar(text: string, columns: number): Line {
  return [{ text: fitted(text, columns), style: "bar" }];
}

function deviceLine(
  name: string,
  device: DeviceWatch,
  nameWidth: number,
  { columns, nowMs }: ViewOptions,
): Line {
  const shown = columnsOf(columns);
  const { lastMs, reason, driver } = device;
  const discarded = device.discarded.perSecond(nowMs);
  const line: Span[] = [
    { text: `${fitted(safe(name), nameWidth - 1)} `, style: "title" },
    stateSpan(device.state === "" ? "?" : device.state, STATE),
    { text: fitted(rounded(device.readings.perSecond(nowMs)), NUMBER, "right") },
  ];
  if (shown.age)
    line.push({ text: fitted(lastMs === undefined ? "-" : durationText(nowMs - lastMs), NUMBER, "right") });
  if (shown.bytes) line.push({ text: fitted(bytesText(device.bytes.perSecond(nowMs)), NUMBER + 1, "right") });
  if (shown.discarded)
    line.push({
      text: fitted(bytesText(discarded), NUMBER + 2, "right"),
      ...(discarded > 0 ? { style: "warn" as const } : {}),
    });
  line.push({ text: `  ${safe(reason ?? driver)}`, style: "dim" });
  return line;
}

function metricLine(
  name: string,
  { value, series }: MetricWatch,
  { units }: DeviceWatch,
  nameWidth: number,
  { columns, nowMs }: ViewOptions,
): Line {
  const unit = value === null ? "" : safe(unitText(units.get(name)));
  const line: Span[] = [
    { text: `${fitted(`  ${safe(name)}`, nameWidth - 1)} `, style: "dim" },
    { text: fitted(valueText(value) + unit, VALUE) },
  ];
  if (typeof value !== "number") return [...line.slice(0, 1), { text: valueText(value) + unit }];
  const ranged = columns >= 72;
  const width = Math.min(120, columns - nameWidth - VALUE - (ranged ? RANGE : 0) - 2);
  if (width < LEAST_GRAPH) return line;
  const values = series.last(width, nowMs);
  const known = values.filter((one) => !Number.isNaN(one));
  line.push({ text: ` ${sparkline(values)}`, style: "graph" });
  if (ranged)
    line.push({
      text: fitted(`${valueText(Math.min(...known))} … ${valueText(Math.max(...known))}`, RANGE, "right"),
      style: "dim",
    });
  return line;
}

function widest(devices: readonly (readonly [string, DeviceWatch])[], metrics: boolean): number {
  const names = devices.flatMap(([name, device]) => [
    name.length,
    ...(metrics ? [...device.metrics.keys()].map((metric) => metric.length + 2) : []),
  ]);
  return Math.max(0, ...names);
}
