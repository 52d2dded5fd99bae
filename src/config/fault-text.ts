import type { ConfigFault } from "./fault.ts";

/** Longer lines are cut to this many characters around the fault, so that the caret stays on the screen. */
const SHOWN = 100;

const BOLD = "\u001b[1m";
const RED = "\u001b[31m";
const DIM = "\u001b[2m";
const RESET = "\u001b[0m";

/**
 * A fault for a person: `file:line:column: message`, the line with a caret under the fault, and the hint.
 * @param options.colour with ANSI colours, for a terminal
 * @returns one to four lines without a newline at the end; never a control character of the file's
 */
export function formatFault(fault: ConfigFault, options: { readonly colour?: boolean } = {}): string {
  const paint = (code: string, text: string): string =>
    options.colour === true ? `${code}${text}${RESET}` : text;
  const place = fault.line === 0 ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  const head = `${paint(BOLD, printable(`${place}:`))} ${paint(RED, printable(fault.message))}`;
  const hint = fault.hint === undefined ? [] : [`  ${paint(DIM, "hint:")} ${printable(fault.hint)}`];
  return [head, ...excerpt(fault, paint), ...hint].join("\n");
}

function excerpt(fault: ConfigFault, paint: (code: string, text: string) => string): string[] {
  if (fault.source === undefined || fault.source.trim() === "") return [];
  const number = String(fault.line);
  const from = fault.source.length > SHOWN ? Math.max(0, fault.column - 1 - SHOWN / 2) : 0;
  const shown = fault.source.slice(from, from + SHOWN);
  const before = shown.slice(0, fault.column - 1 - from).replace(/[^\t]/g, " ");
  const carets = "^".repeat(Math.max(1, Math.min(fault.width ?? 1, SHOWN - before.length)));
  return [
    `  ${paint(DIM, `${number} |`)} ${printable(shown)}`,
    `  ${paint(DIM, `${" ".repeat(number.length)} |`)} ${before}${paint(RED, carets)}`,
  ];
}

/** A file may hold escape sequences that would move the cursor or set colours; a terminal shall not see them. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\t]/gu, "\ufffd");
}
