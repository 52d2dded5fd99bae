/** One configuration text and where its lines begin, so that every value can be traced back to where it was written. */
export interface Source {
  /** As people know it: the path that was given, or a word for a text that is in no file. */
  readonly file: string;
  readonly text: string;
  /** 0 for the main file, then 1, 2, … in the order in which files are merged. */
  readonly order: number;
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[];
}

/** A stretch of a source, in UTF-16 units, as editors count columns. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export function sourceOf(file: string, text: string, order = 0): Source {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return { file, text, order, lineStarts };
}

export function placeOf(source: Source, offset: number): Place {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

/** The text of a line, without its end. */
export function lineOf(source: Source, line: number): string {
  const start = source.lineStarts[line - 1] ?? 0;
  const end = source.lineStarts[line];
  return source.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, "");
}

/** `agent.yaml:9:3` */
export function placeText({ source, start }: Span): string {
  const { line, column } = placeOf(source, start);
  return `${source.file}:${line}:${column}`;
}
