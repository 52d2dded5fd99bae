import stringWidth from "string-width";

/** What a piece of a line means. How it looks is decided where it is painted. */
export type Style = "title" | "good" | "warn" | "bad" | "dim" | "graph" | "bar";

export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** A line of the screen, from left to right. */
export type Line = readonly Span[];

/** Control characters, what turns the direction of writing or is not seen, and halves of characters: never to a terminal. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text from a wire, so that it cannot do more to a terminal than be read. */
export function safe(text: string): string {
  return text.replaceAll(UNSAFE, "·");
}

/** Exactly so wide: cut, or filled up with spaces. */
export function fitted(text: string, width: number, side: "left" | "right" = "left"): string {
  const cut = stringWidth(text) <= width ? text : `${head(text, width - 1)}…`;
  const space = " ".repeat(Math.max(0, width - stringWidth(cut)));
  return width <= 0 ? "" : side === "left" ? cut + space : space + cut;
}

/** As much of a line as the screen is wide. */
export function cut(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const span of line) {
    const wide = stringWidth(span.text);
    if (wide > left) {
      if (left > 0) spans.push({ ...span, text: fitted(span.text, left) });
      return spans;
    }
    spans.push(span);
    left -= wide;
  }
  return spans;
}

export function plain(line: Line): string {
  return line
    .map(({ text }) => text)
    .join("")
    .trimEnd();
}

/** @param painter makes a text look like a style */
export function paint(line: Line, painter: (style: Style, text: string) => string): string {
  return line.map(({ text, style }) => (style === undefined ? text : painter(style, text))).join("");
}

/** Its first characters, whole ones, up to this width. */
function head(text: string, width: number): string {
  let taken = "";
  let left = width;
  for (const character of text) {
    left -= stringWidth(character);
    if (left < 0) break;
    taken += character;
  }
  return taken;
}
