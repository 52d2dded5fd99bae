import t from "tap";
import { orderOf } from "../../../devices/rflink/commands.ts";
import { rflink } from "../../../devices/rflink/driver.ts";
import type { DriverEvent } from "../../../src/device/index.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import { capturesOf, type Expected } from "../captures.ts";
import { settingsOf } from "../settings.ts";

/** A line as it was recorded, and what it means: of a sender, or to the gateway. */
interface Recorded {
  readonly line: string;
  readonly seq?: string;
  readonly protocol?: string;
  readonly fields?: Readonly<Record<string, Value>>;
  readonly parts?: readonly string[];
}

const push = (bytes: Uint8Array): readonly DriverEvent[] => rflink.open(settingsOf(rflink)).push(bytes);
const readings = (events: readonly DriverEvent[]): Values[] =>
  events.flatMap((event) => (event.type === "reading" ? [event.values] : []));

function linesOf({ lines }: Expected): readonly Recorded[] {
  return lines as readonly Recorded[];
}

/** As `transmit` or `send` writes it. */
function written(parts: readonly string[]): string {
  const [protocol = "", sender, unit, command] = parts;
  const order =
    parts.length === 4
      ? orderOf("transmit", { protocol, sender: sender ?? "", switch: unit ?? "", command: command ?? "" })
      : orderOf("send", { line: parts.join(";") });
  return "bytes" in order ? order.bytes.toString("latin1") : order.fault;
}

const KMH = 3.6;
const tenth = (value: Value | undefined): number => Math.round(Number(value) * 10) / 10;

/** Their labels, and what our reading has to be to have the same value. */
const MEANINGS: Readonly<Record<string, (values: Values) => Value | undefined>> = {
  ID: ({ sender }) => sender,
  TEMP: ({ temperature }) => temperature,
  HUM: ({ humidity }) => humidity,
  BARO: ({ pressure }) => pressure,
  RAIN: ({ rain_total: total }) => total,
  RAINTOT: ({ rain_day: day }) => day,
  WINSP: ({ wind_speed: speed }) => tenth(Number(speed) * KMH),
  AWINSP: ({ wind_speed_average: speed }) => tenth(Number(speed) * KMH),
  WINGS: ({ wind_gust: gust }) => tenth(Number(gust) * KMH),
  WINCHL: ({ wind_chill: chill }) => chill,
  WINTMP: ({ wind_temperature: temperature }) => temperature,
  WINDIR: ({ wind_direction: direction }) =>
    direction === null ? "5A" : String(Number(direction) / 22.5).padStart(4, "0"),
  UV: ({ uv }) => uv,
  BAT: ({ battery_low: isLow }) => (isLow === true ? "LOW" : "OK"),
  SWITCH: ({ switch: unit }) => unit,
  CMD: ({ command, level }) => (level === undefined ? command : `${String(command)}=${String(level)}`),
  CHIME: ({ chime }) => chime,
  PIR: ({ motion }) => (motion === true ? "ON" : "OFF"),
  SMOKEALERT: ({ smoke }) => (smoke === true ? "ON" : "OFF"),
  RGBW: ({ color }) => color,
  // Older firmware's; degrees or not, nobody says.
  WDIR: ({ payload }) => /WDIR=(\w+)/.exec(String(payload))?.[1],
};

function compared(values: Values, { protocol, seq, fields = {}, line }: Recorded): [object, object, string] {
  const found = Object.fromEntries(Object.keys(fields).map((label) => [label, MEANINGS[label]?.(values)]));
  return [
    { protocol: values["protocol"], sequence: values["sequence"], ...found },
    { protocol, sequence: Number.parseInt(seq ?? "", 16), ...fields },
    line,
  ];
}

for (const { name, bytes, expected } of capturesOf("rflink"))
  t.test(`rflink ${name}`, async (t) => {
    const lines = linesOf(expected);
    const ofSenders = lines.filter(({ fields }) => fields);
    t.not(ofSenders.length, 0);
    const found = readings(push(bytes));
    t.equal(found.length, ofSenders.length, "readings of the whole recording");
    for (const [index, line] of ofSenders.entries()) t.strictSame(...compared(found[index] ?? {}, line));
    for (const { line, fields } of lines)
      t.equal(readings(push(Buffer.from(`${line}\r\n`))).length, fields ? 1 : 0, line);
    const refused = (expected["rejected"] as readonly string[] | undefined) ?? [];
    const discards = push(bytes).filter((event) => event.type === "discard" && event.reason === "unparsable");
    t.equal(discards.length, refused.length, "lines that are refused");
    for (const { parts } of lines)
      if (parts?.[0] === "10") t.same(written(parts.slice(1)), `${parts.join(";")};\r\n`);
  });
