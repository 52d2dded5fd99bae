import type { Component } from "../component/index.ts";

/** How a running agent or hub is, for whoever watches over its process. */
export interface Condition {
  /** Parts that were started and have not come for the first time yet. */
  readonly awaited: readonly string[];
  /** Parts that are neither heard of nor being seen to: the process is not well. */
  readonly overdue: readonly string[];
  /** In a line, for people. */
  readonly text: string;
}

/** What of a part counts. */
export type PartCondition = Pick<Component, "name" | "awaited" | "overdue">;

export function conditionOf(parts: readonly PartCondition[], text: string): Condition {
  return {
    awaited: parts.filter(({ awaited }) => awaited).map(({ name }) => name),
    overdue: parts.filter(({ overdue }) => overdue).map(({ name }) => name),
    text,
  };
}
