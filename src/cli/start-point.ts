import { DunlinError } from "../base/index.ts";
import type { DurableStart } from "../client/index.ts";
import { parseTopic, subscriptionPrefix } from "../message/index.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ISO 8601 as people write it. Date.parse alone takes almost anything: to it `3/1/2` is a day in 2002. */
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * What `--from` means: `start`, a time (ISO 8601, or `30m`, `1h`, `2d` before now), or `<epoch>/<seq>` of the one device
 * that is subscribed to. A time without a zone is local.
 * @throws DunlinError `usage`
 */
export function parseStart(from: string, topics: readonly string[], nowMs = Date.now()): DurableStart {
  if (from === "start") return "start";
  const cursor = /^(\d+)\/(\d+)$/.exec(from);
  if (cursor) return new Map([[onlyDevice(topics), { epoch: Number(cursor[1]), seq: Number(cursor[2]) }]]);
  const span = /^(\d+(?:\.\d+)?)([smhd])$/.exec(from);
  const ms = span ? nowMs - Number(span[1]) * (UNIT_MS[span[2] ?? ""] ?? 0) : timeOf(from);
  if (Number.isFinite(ms) && ms >= 0) return { timeUs: Math.round(ms * 1_000) };
  throw new DunlinError(
    "usage",
    `--from ${from}: write start, a time such as 2026-01-31T12:00:00Z, a span before now such as 30m, 1h or 2d, or <epoch>/<seq>`,
  );
}

/** @returns ms since 1970, NaN for what is no time */
function timeOf(text: string): number {
  if (DATE.test(text)) return Date.parse(`${text}T00:00`);
  return TIME.test(text) ? Date.parse(text) : NaN;
}

function onlyDevice(topics: readonly string[]): string {
  const topic = topics.length === 1 ? parseTopic(subscriptionPrefix(topics[0] ?? "")) : undefined;
  if (topic?.kind === "telemetry") return `${topic.agent}/${topic.device}`;
  throw new DunlinError("usage", "--from <epoch>/<seq> is a place in one stream: name one <agent>/<device>");
}
