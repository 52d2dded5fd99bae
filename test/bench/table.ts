import type { Row } from "./rows.ts";

const HEAD = [
  "lines/s",
  "system",
  "p50 µs",
  "p99 µs",
  "CPU µs/line",
  "PSS MB",
  "p50 ×",
  "p99 ×",
  "CPU ×",
  "PSS ×",
];
/** The only column of words. */
const NAME_COLUMN = 1;

export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const padded = lines.map((cells) =>
    cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join("  "),
  );
  return [...padded, "×: the ratio to the ten lines, the median over the rounds"].join("\n");
}

function cellsOf({ linesPerSecond, system, p50Us, p99Us, cpuUs, pssMb, ratio }: Row): string[] {
  return [
    String(linesPerSecond),
    system,
    ...[p50Us, p99Us, cpuUs, pssMb].map((value) => value.toFixed(0)),
    ...[ratio.p50Us, ratio.p99Us, ratio.cpuUs, ratio.pssMb].map((value) => value.toFixed(2)),
  ];
}

function pad(cell: string, column: number, width: number): string {
  return column === NAME_COLUMN ? cell.padEnd(width) : cell.padStart(width);
}
