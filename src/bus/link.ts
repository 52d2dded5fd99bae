import { backoffMs, type BackoffLimits } from "../base/index.ts";
import { HEARTBEAT_MS, HEARTBEATS_MISSED } from "../message/index.ts";

/**
 * What a subscriber knows of its peer, as a pure state machine; Subscription is its shell.
 *
 *                 heard          silent: rebuild
 *   connecting ──────────► live ─────────────────► lost
 *     │    ▲                ▲        heard         │  ▲
 *     └────┘                └──────────────────────┤  │
 *   out of patience: rebuild                       └──┘ out of patience: rebuild
 *
 * libzmq alone would take minutes to notice a link that drops every packet, and never notices a peer that hangs. It is
 * also slow to come back: its retries back off, and so do those of the TCP connection under way. A new socket begins anew.
 */
export type Link =
  /** `connecting`: nothing was ever heard. `lost`: something was, and then no more. */
  | {
      readonly kind: "connecting" | "lost";
      /** When the present socket was made. */
      readonly sinceMs: number;
      /** Sockets before it, since the start or since the loss. */
      readonly attempt: number;
      /** How long this socket may hear nothing before there is another. */
      readonly patienceMs: number;
    }
  | { readonly kind: "live"; readonly heardMs: number };

export type LinkEvent =
  /** A message of whatever topic. */
  | { readonly type: "heard" }
  /** The socket has its TCP connection, or ZMTP's handshake is done. */
  | { readonly type: "made" }
  | { readonly type: "tick" }
  /** Nobody looked for so long, ms: this process hung or was stopped. What came meanwhile is still unread. */
  | { readonly type: "overslept"; readonly ms: number };

export interface LinkStep {
  readonly link: Link;
  /** Close the socket and make another. */
  readonly rebuild: boolean;
}

/** Agents say something every second: who misses so many has lost its peer. */
export const SILENCE_MS = HEARTBEAT_MS * HEARTBEATS_MISSED;

/** The first attempts are short, so that a link that returns carries data again within 2 s, heartbeat included. */
export const EAGER_ATTEMPTS = 15;
export const EAGER_PATIENCE_MS = 1_000;

/** Later ones spare a mobile link that is gone for hours. */
export const LATER_PATIENCE: BackoffLimits = { firstMs: 2_000, maxMs: 32_000 };

/** With a TCP connection there is hope: handshake, subscription and first answer are round trips, of a second each on a slow mobile link. */
export const MADE_PATIENCE_MS = 5_000;

/** ± this share: a fleet that lost the same peer must not return in step. */
export const JITTER = 0.25;

/** @param random uniform in [0, 1) */
export function firstLink(nowMs: number, random: () => number): Link {
  return { kind: "connecting", sinceMs: nowMs, attempt: 0, patienceMs: patienceMs(0, random) };
}

/** @returns the same link for an event that changes nothing */
export function next(link: Link, event: LinkEvent, nowMs: number, random: () => number): LinkStep {
  switch (event.type) {
    case "heard":
      return { link: { kind: "live", heardMs: nowMs }, rebuild: false };
    case "made":
      return { link: hopeful(link, random), rebuild: false };
    case "overslept":
      return { link: later(link, event.ms), rebuild: false };
    case "tick":
      return tick(link, nowMs, random);
  }
}

function tick(link: Link, nowMs: number, random: () => number): LinkStep {
  if (link.kind === "live") {
    if (nowMs - link.heardMs < SILENCE_MS) return { link, rebuild: false };
    return rebuilt("lost", 0, nowMs, random);
  }
  if (nowMs - link.sinceMs < link.patienceMs) return { link, rebuild: false };
  return rebuilt(link.kind, link.attempt + 1, nowMs, random);
}

function rebuilt(
  kind: "connecting" | "lost",
  attempt: number,
  nowMs: number,
  random: () => number,
): LinkStep {
  return { link: { kind, sinceMs: nowMs, attempt, patienceMs: patienceMs(attempt, random) }, rebuild: true };
}

function patienceMs(attempt: number, random: () => number): number {
  if (attempt >= EAGER_ATTEMPTS) return backoffMs(attempt - EAGER_ATTEMPTS, LATER_PATIENCE, random);
  return EAGER_PATIENCE_MS * (1 - JITTER + 2 * JITTER * random());
}

function hopeful(link: Link, random: () => number): Link {
  if (link.kind === "live" || link.patienceMs >= MADE_PATIENCE_MS) return link;
  return { ...link, patienceMs: MADE_PATIENCE_MS * (1 + JITTER * random()) };
}

function later(link: Link, ms: number): Link {
  if (link.kind === "live") return { ...link, heardMs: link.heardMs + ms };
  return { ...link, sinceMs: link.sinceMs + ms };
}
