import {
  entriesOf,
  fieldsOf,
  numberOf,
  textOf,
  type CommandProgress,
  type Fields,
} from "../message/index.ts";
import { fitted, safe, type Line, type Span, type Style } from "./line.ts";
import { bytesText, durationText } from "./text.ts";
import type { Linked } from "./watch.ts";

/** How a state looks. What is not known here is shown as it is. */
const STYLES: Readonly<Record<string, Style>> = {
  online: "good",
  ok: "good",
  live: "good",
  succeeded: "good",
  starting: "warn",
  silent: "warn",
  connecting: "warn",
  away: "warn",
  expired: "warn",
  cancelled: "warn",
  unplugged: "bad",
  failed: "bad",
  failing: "bad",
  lost: "bad",
  rejected: "bad",
};

export function stateSpan(state: string, width?: number): Span {
  const text = safe(state);
  const style = STYLES[state];
  return { text: width === undefined ? text : fitted(text, width), ...(style ? { style } : {}) };
}

/** `label value`. */
export function told(label: string, value: string | undefined, style?: Style): Line {
  if (value === undefined) return [];
  return [
    { text: `${label} `, style: "dim" },
    { text: safe(value), ...(style ? { style } : {}) },
  ];
}

/** Parts of a line, three spaces apart; those that are empty are left out. */
export function joined(parts: readonly Line[]): Line {
  return parts
    .filter(({ length }) => length > 0)
    .flatMap((part, at) => (at === 0 ? part : [{ text: "   " }, ...part]));
}

/** Nothing is heard of it: that comes first, and until when the rest is from. */
export function linkLines({ state, sinceMs }: Linked, stopped: boolean, nowMs: number): Line[] {
  if (state === "live") return [];
  const since = durationText(nowMs - sinceMs);
  const text =
    state === "connecting"
      ? `no answer yet, for ${since}`
      : `${stopped ? "it was stopped" : "the link is lost"}, for ${since}: this is what was known before. Trying again`;
  return [[{ text: ` ${text} `, style: state === "connecting" ? "warn" : "bad" }]];
}

export function counted(name: string, value: unknown): Line {
  const count = numberOf(value) ?? 0;
  return told(name, String(count), count > 0 ? "warn" : undefined);
}

export function journalPart(status: Fields): Line {
  const journal = fieldsOf(status["journal"]);
  const state = textOf(journal["state"]);
  if (state === undefined) return [];
  const [size, most, free] = ["bytes", "maxBytes", "freeBytes"].map((key) => numberOf(journal[key]));
  const room = size === undefined || most === undefined ? "" : ` ${bytesText(size)} of ${bytesText(most)}`;
  const backlog = numberOf(journal["backlogBytes"]) ?? 0;
  const dropped = numberOf(journal["dropped"]) ?? 0;
  return joined([
    [{ text: "journal ", style: "dim" }, stateSpan(state), { text: room }],
    told(
      "disk free",
      free === undefined ? undefined : bytesText(free),
      journal["diskLow"] ? "bad" : undefined,
    ),
    backlog > 100_000 ? told("backlog", bytesText(backlog), "warn") : [],
    dropped > 0 ? told("dropped", String(dropped), "bad") : [],
  ]);
}

export function componentsPart(status: Fields): Line {
  return joined(
    entriesOf(status["components"]).map(([name, { phase, starts, overdue }]) => {
      const restarts = (numberOf(starts) ?? 1) - 1;
      return [
        { text: `${safe(name)} `, style: "dim" as const },
        stateSpan(overdue === true ? "lost" : (textOf(phase) ?? "?")),
        ...(restarts > 0 ? [{ text: ` ${restarts} restarts`, style: "warn" as const }] : []),
      ];
    }),
  );
}

/** The newest first. */
export function commandLines(commands: readonly CommandProgress[], room: number): Line[] {
  if (commands.length === 0 || room < 1) return [];
  return commands
    .slice(0, room)
    .map(({ time, target, name, state, reason }) => [
      { text: ` ${new Date(time / 1_000).toISOString().slice(11, 19)}  `, style: "dim" },
      stateSpan(state, 10),
      { text: ` ${safe(String(target))} ${safe(String(name))}` },
      ...(reason === undefined ? [] : [{ text: `  ${safe(reason)}`, style: "dim" as const }]),
    ]);
}
