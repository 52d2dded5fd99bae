import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Standard output and error of a command, with colours only where a person looks (and not with NO_COLOR). */
export const terminal = {
  /** One line to standard output. */
  print(line: string): void {
    process.stdout.write(`${line}\n`);
  },
  /** One line to standard error: progress, warnings, errors. */
  note(line: string): void {
    process.stderr.write(`${line}\n`);
  },
  paint(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout });
  },
  paintNote(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stderr });
  },
};

/** Columns as wide as they need be, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
