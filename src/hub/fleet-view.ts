import { DunlinError } from "../base/index.ts";
import {
  encode,
  isName,
  MAX_MESSAGE_BYTES,
  type CommandProgress,
  type FleetMember,
  type Page,
  type Query,
} from "../message/index.ts";
import { chosenBy } from "./choice.ts";
import { progressOf } from "./command-news.ts";
import type { FleetCommand } from "./fleet-command.ts";
import type { AgentLink } from "./agent-link.ts";
import type { Member, Registry } from "./registry.ts";

/** Entries in one answer, if the asker sets no limit, and at most. */
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 500;
/** A reply is one message. */
const MAX_PAGE_BYTES = MAX_MESSAGE_BYTES - 16 * 1024;

/**
 * `{select?, after?, limit?}`: members in the order of their names.
 * @throws DunlinError `arguments-invalid`
 */
export function fleetView(
  query: Query,
  registry: Registry,
  linkOf: (agent: string) => AgentLink | undefined,
): Page<FleetMember> {
  const { select } = query;
  if (select !== undefined && typeof select !== "string") throw invalid("select must be a selector");
  const members = select === undefined ? [...registry.all()] : chosenBy(select, false, registry);
  const view = (member: Member): FleetMember => memberView(member, registry, linkOf(member.name));
  return pageOf(
    members.map((member) => [member.name, () => view(member)]),
    query,
  );
}

/** `{id, runs?, after?, limit?}`: where a command stands; with `runs`, a page of what each agent says of it. @throws DunlinError `not-found` */
export function commandView(query: Query, get: (id: string) => FleetCommand | undefined): unknown {
  const { id, runs } = query;
  const one = typeof id === "string" ? get(id) : undefined;
  if (!one?.isNoted)
    throw new DunlinError(
      "not-found",
      `no command ${String(JSON.stringify(id)).slice(0, 64)}: it never came, or has been forgotten`,
    );
  const progress = progressAtHub(one);
  if (runs !== true) return progress;
  const all = [...one.runs.values()].map((run) => [run.agent, () => run] as const);
  return { ...progress, runs: pageOf(all, query) };
}

/** `{limit?, state?}`: the newest first. */
export function commandsView({ limit = 100, state }: Query, all: readonly FleetCommand[]): CommandProgress[] {
  if (!Number.isSafeInteger(limit) || (limit as number) < 1)
    throw invalid("limit must be a whole number above 0");
  const found = all
    .filter(({ isNoted }) => isNoted)
    .map(progressAtHub)
    .filter((progress) => state === undefined || progress.state === state);
  return asManyAsFit(found.slice(0, Math.min(limit as number, MAX_LIMIT)));
}

function progressAtHub(one: FleetCommand): CommandProgress {
  const [run] = one.isMany ? [] : one.runs.values();
  return run ? progressOf(one, run) : one.summary();
}

function memberView(member: Member, registry: Registry, link: AgentLink | undefined): FleetMember {
  const { name, online, version, epoch, firstSeen, lastSeen } = member;
  const devices = Object.entries(registry.birthOf(member)?.devices ?? {}).map(
    ([device, { state }]) => [device, state] as const,
  );
  return {
    agent: name,
    online,
    version,
    labels: registry.labelsOf(member),
    epoch,
    firstSeen,
    lastSeen,
    devices: Object.fromEntries(devices),
    withheld: link?.withheld ?? 0,
  };
}

function pageOf<T>(
  all: readonly (readonly [string, () => T])[],
  { after = "", limit = DEFAULT_LIMIT }: Query,
): Page<T> {
  if (typeof after !== "string") throw invalid("after must be the last name of the page before");
  if (!Number.isSafeInteger(limit) || (limit as number) < 1)
    throw invalid("limit must be a whole number above 0");
  const sorted = all.filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = asManyAsFit(
    sorted.slice(0, Math.min(limit as number, MAX_LIMIT)).map(([, view]) => view()),
  );
  return { total: all.length, entries, more: sorted.length > entries.length };
}

/** The first of them, as far as they go into one message: at least one. */
function asManyAsFit<T>(all: readonly T[]): T[] {
  let bytes = 0;
  const end = all.findIndex((one) => (bytes += encode(one).length) > MAX_PAGE_BYTES);
  return all.slice(0, end < 0 ? all.length : Math.max(1, end));
}

/** Labels as `label-agent` takes them: `site=north,rack=` ; an empty value takes one away. @throws DunlinError `arguments-invalid` */
export function parseLabels(text: string): Record<string, string> {
  const labels = text.split(",").map((one) => one.split("="));
  if (labels.some((parts) => parts.length !== 2 || !isName(parts[0] ?? "")))
    throw invalid(`labels must be name=value,…: ${JSON.stringify(text).slice(0, 64)}`);
  return Object.fromEntries(labels as [string, string][]);
}

function invalid(what: string): DunlinError {
  return new DunlinError("arguments-invalid", what);
}
