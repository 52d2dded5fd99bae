import { DunlinError, messageOf } from "../../src/base/index.ts";
import { Broken, type Target } from "./target.ts";

/** Longest that any one input may take, ms: a message that takes longer holds up all others. */
const MAX_MS = 50;
/** How often what took too long is tried again: a machine that is busy, or the collector of garbage, is no finding. */
const RETRIES = 3;

/** What came of one input. */
export interface Trial {
  readonly accepted: boolean;
  readonly ms: number;
  /** What it did, without what is in the input: two of the same word are two of the same kind. */
  readonly way: string;
  /** What is wrong, if something is. */
  readonly fault?: string;
}

/** @param remarkableMs what took longer is measured again, and the least of it counts */
export function tryInput(target: Target, input: Buffer, remarkableMs = MAX_MS): Trial {
  const { maxMs = MAX_MS } = target;
  const trial = tryOnce(target, input);
  let { ms } = trial;
  for (let i = 0; i < RETRIES && ms > remarkableMs; i++) ms = Math.min(ms, cpuMs(target, input));
  if (trial.fault !== undefined || ms <= maxMs) return { ...trial, ms };
  return { ...trial, ms, fault: `takes ${ms.toFixed(0)} ms, more than ${maxMs}` };
}

/** What others on the machine take does not count. */
function cpuMs(target: Target, input: Buffer): number {
  const from = process.threadCpuUsage();
  tryOnce(target, input);
  const { user, system } = process.threadCpuUsage(from);
  return (user + system) / 1_000;
}

function tryOnce(target: Target, input: Buffer): Trial {
  const from = performance.now();
  try {
    const accepted = target.decode(input);
    return { accepted, ms: performance.now() - from, way: accepted ? "taken" : "not taken" };
  } catch (thrown) {
    const ms = performance.now() - from;
    return isRefusal(target, thrown)
      ? { accepted: false, ms, way: wayOf(thrown) }
      : { accepted: false, ms, way: wayOf(thrown), fault: faultOf(thrown) };
  }
}

/** `internal` is what a defect is called on its way out. */
function isRefusal({ documented }: Target, thrown: unknown): boolean {
  if (thrown instanceof DunlinError) return thrown.code !== "internal";
  return !(thrown instanceof Broken) && documented?.(thrown) === true;
}

function faultOf(thrown: unknown): string {
  if (thrown instanceof Broken) return thrown.message;
  return `throws ${thrown instanceof Error ? thrown.name : typeof thrown}: ${messageOf(thrown)}`.slice(
    0,
    300,
  );
}

function wayOf(thrown: unknown): string {
  return messageOf(thrown)
    .slice(0, 60)
    .replaceAll(/"[^"]*"?|\d+/g, "");
}

/** The same fault with fewer bytes, as far as leaving pieces out leads. */
export function shrink(target: Target, input: Buffer): Buffer {
  const { way } = tryOnce(target, input);
  const same = (bytes: Buffer): boolean => {
    const trial = tryOnce(target, bytes);
    return trial.fault !== undefined && trial.way === way;
  };
  if (!same(input)) return input;
  let least = input;
  for (let size = least.length >> 1, tries = 0; size > 0; size >>= 1)
    for (let at = 0; at < least.length && tries < 2_000; tries++) {
      const less = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      if (same(less)) least = less;
      else at += size;
    }
  return least;
}
