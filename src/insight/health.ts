import { entriesOf, fieldsOf, textOf, type Fields } from "../message/index.ts";
import { isHub } from "./status-to-metrics.ts";

/** One thing that is not as it should be, or worth knowing. */
export interface Finding {
  readonly part: "process" | "component" | "device" | "journal" | "hub" | "clock";
  /** Which component or device. */
  readonly name?: string;
  readonly state: string;
  /** Why, for people. */
  readonly reason?: string;
}

/** What `/healthz` answers. */
export interface Health {
  readonly status: "ok" | "failing";
  /** Why it is `failing`. */
  readonly reasons: readonly Finding[];
  /** What is not as usual and no failure. */
  readonly notes: readonly Finding[];
}

/** Nothing has come up yet. */
export const STARTING: Health = {
  status: "failing",
  reasons: [{ part: "process", state: "starting" }],
  notes: [],
};

/**
 * Whether it does what it is configured to do: devices that are unplugged or failed, a journal that cannot write, a hub that
 * is not reached, and a process that nobody hears of are failures. What sorts itself out or cannot be told from a quiet device is a note.
 */
export function healthOf(status: unknown): Health {
  const fields = fieldsOf(status);
  const found = [
    ...entriesOf(fields["components"]).flatMap(componentFindings),
    ...journalFindings(fieldsOf(fields["journal"])),
    ...(isHub(fields) ? [] : linkFindings(fieldsOf(fields["hub"]))),
    ...entriesOf(fields["devices"]).flatMap(deviceFindings),
    ...clockFindings(fields),
  ];
  const reasons = found.filter(({ fails }) => fails).map(({ finding }) => finding);
  const notes = found.filter(({ fails }) => !fails).map(({ finding }) => finding);
  return { status: reasons.length > 0 ? "failing" : "ok", reasons, notes };
}

interface Found {
  readonly finding: Finding;
  readonly fails: boolean;
}

const failing = (finding: Finding): Found => ({ finding, fails: true });
const noted = (finding: Finding): Found => ({ finding, fails: false });

/** One that is started again, or that has not attached yet, is seen to: its devices tell what that costs. */
function componentFindings([name, { phase, overdue }]: readonly [string, Fields]): Found[] {
  if (overdue === true) return [failing({ part: "component", name, state: "overdue" })];
  return phase === "live" ? [] : [noted({ part: "component", name, state: textOf(phase) ?? "unknown" })];
}

function journalFindings({ state, reason, diskLow }: Fields): Found[] {
  const low = diskLow === 1 ? [noted({ part: "journal", state: "disk-low" })] : [];
  if (state === "failing") return [failing({ part: "journal", state, ...because(reason) }), ...low];
  if (state === "starting") return [noted({ part: "journal", state, ...because(reason) }), ...low];
  return low;
}

function linkFindings({ state, reason }: Fields): Found[] {
  if (state === undefined || state === "live") return [];
  return [failing({ part: "hub", state: "lost", ...because(reason) })];
}

const BROKEN: readonly unknown[] = ["unplugged", "failed"];

function deviceFindings([name, { state, reason }]: readonly [string, Fields]): Found[] {
  if (state === "online") return [];
  const finding: Finding = { part: "device", name, state: textOf(state) ?? "unknown", ...because(reason) };
  return [BROKEN.includes(state) ? failing(finding) : noted(finding)];
}

/** A host that is off the network keeps measuring, and its messages say that their times are not sure. */
function clockFindings({ clock }: Fields): Found[] {
  return clock === "unsynced" ? [noted({ part: "clock", state: "unsynced" })] : [];
}

function because(reason: unknown): { readonly reason?: string } {
  return typeof reason === "string" ? { reason } : {};
}
