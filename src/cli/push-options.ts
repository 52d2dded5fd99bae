import { DunlinError } from "../base/index.ts";
import { parseDuration } from "../config/index.ts";
import type { ClientOptions } from "./client-options.ts";

/** What `push` is told, of one agent or of many. */
export interface PushCommandOptions extends ClientOptions {
  readonly wait: boolean;
  readonly expires?: string;
  readonly id?: string;
  readonly json?: boolean;
}

/** @throws DunlinError `usage` */
export function expiresMsOf(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new DunlinError("usage", "--expires takes seconds above 0, or a duration: 10m, 2h");
}
