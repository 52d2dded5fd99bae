import { LineSplitter } from "../../src/codec/index.ts";
import {
  LINE_8N1,
  type Call,
  type DiscardReason,
  type Driver,
  type DriverEvent,
  type Session,
} from "../../src/device/index.ts";
import type { Metrics } from "../../src/message/index.ts";
import { commandsOf, lineOf } from "./commands.ts";
import { readCsv, readJson, readKeyValue, type CsvFormat, type Line } from "./formats.ts";
import { readInflux } from "./influx.ts";
import { MAX_DISCOVERED, MetricCatalog, type Admitted } from "./metric-catalog.ts";
import { metricName } from "./metric-name.ts";
import { SETTINGS, type JsonLinesSettings } from "./settings.ts";
import { GreenhouseSimulator } from "./simulator.ts";

/** Whatever prints a reading a line: an Arduino with JSON, key=value or CSV. */
export const jsonLines: Driver<JsonLinesSettings> = {
  name: "json-lines",
  title:
    "Devices that print a line of JSON, key=value, CSV or InfluxDB's line protocol (Arduino and the like)",
  settings: SETTINGS,
  // What the examples of the Arduino IDE are set to.
  line: { ...LINE_8N1, baudRate: 9600 },
  describe: (settings) => ({
    metrics: settings.metrics as Metrics,
    commands: commandsOf(settings),
    silenceMs: 60_000,
  }),
  open: (settings) => new LineSession(settings),
  simulate: ({ format, columns, delimiter }, random) =>
    new GreenhouseSimulator({ format, columns, delimiter }, random),
};

class LineSession implements Session {
  readonly #settings: JsonLinesSettings;
  readonly #csv: CsvFormat;
  readonly #lines: LineSplitter;
  readonly #catalog: MetricCatalog;
  /** What `auto` has come to: a device that has sent one line of JSON sends nothing else. */
  #isJson: boolean;

  constructor(settings: JsonLinesSettings) {
    this.#settings = settings;
    this.#csv = csvOf(settings);
    this.#isJson = settings.format === "json";
    this.#lines = new LineSplitter(settings.maxLineBytes);
    this.#catalog = new MetricCatalog(settings.metrics as Metrics, settings.discover);
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#lines.push(chunk)) {
      if (item.type === "discard") events.push(item);
      else this.#line(item.bytes, events);
    }
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const bytes = lineOf(name, args, this.#settings);
    if ("fault" in bytes) return [{ type: "outcome", call: id, outcome: { ok: false, reason: bytes.fault } }];
    return [
      { type: "write", bytes },
      { type: "outcome", call: id, outcome: { ok: true } },
    ];
  }

  #line(bytes: Buffer, events: DriverEvent[]): void {
    const discard = (reason: DiscardReason): void =>
      void events.push({ type: "discard", bytes: bytes.length, reason });
    const text = bytes.toString().trim();
    if (hasControlCharacter(text)) return discard("noise");
    if (text === "") return;
    if (text.startsWith("#")) return void events.push({ type: "log", text: text.slice(1).trim() });
    const line = this.#read(text);
    if (typeof line === "string") return discard(line);
    const admitted = this.#catalog.admit(line);
    if (!admitted) return discard("unparsable");
    tell(admitted, events);
  }

  #read(text: string): Line {
    const { format, columns } = this.#settings;
    if (this.#isJson) return readJson(text);
    if (format === "influx") return readInflux(text);
    if (format === "auto" && text.startsWith("{")) {
      const line = readJson(text);
      this.#isJson = typeof line !== "string";
      return line;
    }
    return format === "csv" || (format === "auto" && columns.length > 0)
      ? readCsv(text, this.#csv)
      : readKeyValue(text);
  }
}

/** Words can be values only where every column is said to hold words. */
function csvOf({ columns, delimiter, metrics }: JsonLinesSettings): CsvFormat {
  const types = columns.map((column) => metrics[metricName(column) ?? ""]?.type);
  const wordsAreValues = types.length > 0 && types.every((type) => type === "text" || type === "boolean");
  return { columns, delimiter, wordsAreValues };
}

function tell({ values, discovered, refused }: Admitted, events: DriverEvent[]): void {
  if (discovered) events.push({ type: "describe", metrics: discovered });
  if (refused !== undefined)
    events.push({
      type: "log",
      text: `${refused} and more left out: ${MAX_DISCOVERED} metrics are the most that are found`,
    });
  events.push({ type: "reading", values });
}

/** Text has none but the tab; a line at the wrong baud rate is full of them. */
function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}
