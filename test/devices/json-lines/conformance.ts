import { jsonLines } from "../../../devices/json-lines/driver.ts";
import { metricName } from "../../../devices/json-lines/metric-name.ts";
import type { Value, Values } from "../../../src/message/index.ts";
import type { Capture } from "../captures.ts";
import { settingsOf } from "../settings.ts";

/** The readings of the recording, and what they must be: under our names, which the device's own are made into. */
export function readings({ bytes, expected }: Capture): {
  readonly found: readonly Values[];
  readonly wanted: readonly Values[];
} {
  const columns = (expected["columns"] ?? []) as readonly string[];
  const session = jsonLines.open(settingsOf(jsonLines, { columns }));
  const found = session.push(bytes).flatMap((event) => (event.type === "reading" ? [event.values] : []));
  const accepted = expected["accepted"] as readonly (Values | readonly Value[])[];
  const wanted = accepted.map((line) =>
    Array.isArray(line)
      ? named(columns.map((column, index) => [column, line[index] as Value]))
      : named(Object.entries(line)),
  );
  return { found, wanted };
}

function named(entries: readonly (readonly [string, Value])[]): Values {
  return Object.fromEntries(entries.map(([name, value]) => [metricName(name), value]));
}
