import type { DriverEvent } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { errorOf, NOT_ALLOWED, reasonOf } from "./protocol.ts";
import type { Answer } from "./shdlc.ts";

/** One request to the sensor. */
export interface Request {
  readonly command: number;
  readonly bytes: Uint8Array;
  /** That it is not allowed now means that it is done already. */
  readonly maybeDone?: boolean;
  /** What the answer tells. */
  result?(answer: Answer): Values | undefined;
}

/** Requests one after the other, and who wants them: a call, or the driver itself. */
export interface Job {
  readonly call?: string;
  readonly requests: readonly Request[];
  /** A poll is tried once: the next one comes soon. */
  readonly tries: number;
  done?(): void;
}

/** The sensor answers within 20 ms, but the adapter and the system take their time as well. */
const ANSWER_WITHIN_MS = 500;

/**
 * Whose turn it is on the line: the sensor does one thing at a time.
 *
 *   (job) ──► asked ──answer──► next request, or end of the job ──► next job, or idle
 *               └──time──► asked again ──time──► end of the job
 */
export class Turns {
  readonly #jobs: Job[] = [];
  #current: Job | undefined;
  #call: string | undefined;
  #at = 0;
  #tries = 0;
  #result: Values = {};

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#current === undefined;
  }

  add(job: Job): DriverEvent[] {
    this.#jobs.push(job);
    return this.isIdle ? this.#next() : [];
  }

  /** What is under way goes on without anybody who waits for it. */
  cancel(call: string): void {
    const at = this.#jobs.findIndex((job) => job.call === call);
    if (at >= 0) this.#jobs.splice(at, 1);
    if (this.#call === call) this.#call = undefined;
  }

  answer(answer: Answer): DriverEvent[] {
    const request = this.#current?.requests[this.#at];
    if (request?.command !== answer.command) return [];
    const error = errorOf(answer);
    if (error !== 0 && !(error === NOT_ALLOWED && request.maybeDone))
      return this.#end({ ok: false, reason: `the sensor refused: ${reasonOf(error)}` });
    this.#result = { ...this.#result, ...request.result?.(answer) };
    this.#at++;
    this.#tries = 0;
    if (this.#at < (this.#current?.requests.length ?? 0)) return this.#ask();
    this.#current?.done?.();
    const hasResult = Object.keys(this.#result).length > 0;
    return this.#end(hasResult ? { ok: true, result: this.#result } : { ok: true });
  }

  /** The time for an answer is over. */
  time(): DriverEvent[] {
    if (!this.#current) return [];
    if (this.#tries < this.#current.tries) return this.#ask();
    return this.#end({
      ok: false,
      reason: "the sensor does not answer: is it asleep, or its RX not connected?",
    });
  }

  #next(): DriverEvent[] {
    this.#current = this.#jobs.shift();
    this.#call = this.#current?.call;
    this.#at = this.#tries = 0;
    this.#result = {};
    return this.#current ? this.#ask() : [];
  }

  #ask(): DriverEvent[] {
    const request = this.#current?.requests[this.#at];
    if (!request) return [];
    this.#tries++;
    return [
      { type: "wake", afterMs: ANSWER_WITHIN_MS },
      { type: "write", bytes: request.bytes },
    ];
  }

  #end(outcome: Extract<DriverEvent, { type: "outcome" }>["outcome"]): DriverEvent[] {
    const call = this.#call;
    const next = this.#next();
    return call === undefined ? next : [{ type: "outcome", call, outcome }, ...next];
  }
}
