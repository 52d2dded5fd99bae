import { fieldsOf, numberOf, textOf, type FleetMember } from "../message/index.ts";
import type { ViewOptions } from "./agent-view.ts";
import type { View } from "./frame.ts";
import type { HubWatch } from "./hub-watch.ts";
import { fitted, safe, type Line } from "./line.ts";
import {
  commandLines,
  componentsPart,
  counted,
  joined,
  journalPart,
  linkLines,
  stateSpan,
  told,
} from "./parts.ts";
import { durationText, rounded } from "./text.ts";

const NAME = 24;
const STATE = 9;
const NUMBER = 9;
const VERSION = 12;

/** A hub and its agents: those that are away first. */
export function hubLines(watch: HubWatch, { columns, rows, nowMs, filter }: ViewOptions): View {
  const shown = watch.members
    .filter(({ agent }) => agent.includes(filter))
    .toSorted((a, b) => Number(a.online) - Number(b.online));
  const commands = commandLines(watch.commands.all, rows < 30 ? 2 : 6);
  return {
    head: [
      titleOf(watch, nowMs),
      ...statusLines(watch),
      ...linkLines(watch.linked, false, nowMs),
      heading(columns),
    ],
    body: shown.map((member) => memberLine(member, watch, nowMs)),
    foot: commands.length === 0 ? [] : [[{ text: fitted("COMMANDS", columns), style: "bar" }], ...commands],
  };
}

function titleOf({ now, readings }: HubWatch, nowMs: number): Line {
  const uptimeMs = numberOf(now["uptimeMs"]);
  const { known, online } = fieldsOf(now["agents"]);
  const all = numberOf(known) ?? 0;
  const here = numberOf(online) ?? 0;
  return joined([
    [
      { text: `hub ${safe(textOf(now["hub"]) ?? "…")}`, style: "title" },
      { text: ` ${safe(textOf(now["version"]) ?? "")}`, style: "dim" },
    ],
    told("up", uptimeMs === undefined ? undefined : durationText(uptimeMs)),
    told("agents online", `${here} of ${all}`, here < all ? "warn" : "good"),
    told("readings/s", rounded(readings.perSecond(nowMs))),
  ]);
}

function statusLines({ now }: HubWatch): Line[] {
  if (Object.keys(now).length === 0) return [];
  const { streams: behind, lost } = fieldsOf(now["backfill"]);
  return [
    joined([
      componentsPart(now),
      told("streams", numberOf(now["streams"])?.toString()),
      counted("behind", behind),
      counted("lost", lost),
      counted("refused", now["refused"]),
      counted("dropped", now["dropped"]),
    ]),
    journalPart(now),
  ].filter(({ length }) => length > 0);
}

function heading(columns: number): Line {
  const text = [
    fitted("AGENT", NAME),
    fitted("STATE", STATE),
    fitted("READ/S", NUMBER, "right"),
    fitted("DEVICES", NUMBER, "right"),
    "  ",
    fitted("VERSION", VERSION),
    "LABELS, WHAT IS WRONG",
  ].join("");
  return [{ text: fitted(text, columns), style: "bar" }];
}

function memberLine(
  { agent, online, version, labels, devices, lastSeen }: FleetMember,
  watch: HubWatch,
  nowMs: number,
): Line {
  const states = Object.entries(devices);
  const off = states.filter(([, state]) => state !== "online").map(([name, state]) => `${name} ${state}`);
  const told = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const seen = online ? [] : [`last seen ${new Date(lastSeen / 1_000).toISOString().slice(0, 19)}Z`];
  return [
    { text: fitted(safe(agent), NAME), style: online ? "title" : "dim" },
    stateSpan(online ? "online" : "away", STATE),
    { text: fitted(rounded(watch.rateOf(agent, nowMs)), NUMBER, "right") },
    { text: fitted(`${states.length - off.length}/${states.length}`, NUMBER, "right") },
    { text: `  ${fitted(safe(version), VERSION)}` },
    { text: safe([...seen, ...(online ? off : [])].join(", ")), style: "warn" },
    { text: `${seen.length + off.length > 0 ? "  " : ""}${safe(told.join(" "))}`, style: "dim" },
  ];
}
