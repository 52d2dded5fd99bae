/** One line of figures. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scrape brought: all series, and the types that were declared. */
export interface Scrape {
  readonly series: readonly Series[];
  readonly types: ReadonlyMap<string, string>;
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)",?/y;

/** Prometheus' text format 0.0.4, as strict as a scraper: what is not of it is thrown. */
export function parseMetrics(text: string): Scrape {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const types = new Map<string, string>();
  const series = text.split("\n").flatMap((line): Series[] => {
    const [, name = "", type = ""] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (types.has(name)) throw new Error(`declared twice: ${name}`);
    if (name !== "") types.set(name, type);
    return line === "" || line.startsWith("#") ? [] : [seriesOf(line)];
  });
  const keys = series.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
  if (new Set(keys).size < keys.length) throw new Error("a series is there twice");
  return { series, types };
}

/** The value of the one series with this name and at least these labels. */
export function valueOf(
  { series }: Scrape,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = series.filter(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} series are ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}

function seriesOf(line: string): Series {
  const [, name, inside = "", number = ""] = SERIES.exec(line) ?? [];
  const isNan = /^nan$/i.test(number);
  const value = number === "+Inf" ? Infinity : Number(number);
  if (name === undefined || (Number.isNaN(value) && !isNan)) throw new Error(`no series: ${line}`);
  return { name, labels: labelsOf(inside), value };
}

function labelsOf(inside: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (LABEL.lastIndex = 0; LABEL.lastIndex < inside.length;) {
    const [, label, value = ""] = LABEL.exec(inside) ?? [];
    if (label === undefined) throw new Error(`no labels: ${inside}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
  }
  return labels;
}
