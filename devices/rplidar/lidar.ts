import type { DriverEvent, Outcome } from "../../src/device/index.ts";
import { COMMANDS, expressRequest, healthOf, infoOf, writeRequest, type AnswerKind } from "./protocol.ts";

export type JobName = "start" | "stop" | "info" | "health" | "reset";

export interface Job {
  readonly name: JobName;
  /** Absent: of the driver's own accord, or of a call that was cancelled. */
  call?: string;
}

export interface LidarSettings {
  readonly scan: "express" | "standard";
  readonly workingMode: number;
  readonly motorPwm: number;
}

/** A lidar may not be given an order for 10 ms after STOP; what it was sending by then is on its way. STOP. */
const STOP_MS = 50;
const ANSWER_MS = 1_000;
/** The motor has to turn before the first points come. */
const FIRST_POINTS_MS = 4_000;
/** From RESET until it hears again, longest of all models. RESET. */
const RESTART_MS = 3_000;
/** Without an answer for so long the scan has ended: the lidar was switched off in between. */
const WATCH_MS = 3_000;
const TRY_AGAIN_MS = 5_000;
const TRIES = 3;
/** Lidars whose firmware is too old for express scans do not answer them. */
const EXPRESS_TRIES = 2;

type Phase = "idle" | "stopping" | "restarting" | "asked" | "scanning" | "waiting";

/**
 * One job at a time, each begun by STOP: a lidar that scans takes no other order.
 *
 *   job ──► STOP ──50 ms──► its request ──answer──► done ──► next job, or scan on
 *            ▲                  └──nothing──┐
 *            └──────── three times ◄────────┘──► failed
 */
export class Lidar {
  readonly #settings: LidarSettings;
  readonly #jobs: Job[] = [];
  #current: Job | undefined;
  #phase: Phase = "idle";
  #tries = 0;
  /** Points are wanted when there is nothing else to do. */
  #isWanted = true;
  #hasAnswered = false;

  constructor(settings: LidarSettings) {
    this.#settings = settings;
  }

  /** Whether what comes now is something else than what came before. */
  get isStopping(): boolean {
    return this.#phase === "stopping" || this.#phase === "restarting";
  }

  add(job: Job, events: DriverEvent[]): void {
    this.#jobs.push(job);
    if (!this.#current) this.#next(events);
  }

  cancel(call: string): void {
    const index = this.#jobs.findIndex((job) => job.call === call);
    if (index >= 0) this.#jobs.splice(index, 1);
    if (this.#current?.call === call) delete this.#current.call;
  }

  /** @returns false if nobody waits for it, or if it makes no sense */
  answer(kind: AnswerKind, bytes: Buffer, events: DriverEvent[]): boolean {
    const isPoints = kind === "nodes" || kind === "capsules" || kind === "dense";
    if (isPoints) this.#hasAnswered = true;
    if (this.#phase !== "asked") return isPoints;
    const name = this.#current?.name;
    if (name === "start" && isPoints) {
      this.#end({ ok: true }, events);
      return true;
    }
    const result = resultOf(name, kind, bytes);
    if (result) this.#end({ ok: true, result: { ...result } }, events);
    return isPoints || result !== undefined;
  }

  wake(events: DriverEvent[]): void {
    switch (this.#phase) {
      case "stopping":
        return this.#ask(events);
      case "restarting":
        return this.#write(writeRequest(COMMANDS.health), "asked", ANSWER_MS, events);
      case "asked":
        return this.#unanswered(events);
      case "scanning":
        return this.#watch(events);
      case "waiting":
        return this.#next(events);
      default:
    }
  }

  #next(events: DriverEvent[]): void {
    this.#current = this.#jobs.shift() ?? (this.#isWanted ? { name: "start" } : undefined);
    this.#tries = 0;
    if (this.#current) this.#begin(events);
    else this.#phase = "idle";
  }

  #begin(events: DriverEvent[]): void {
    this.#tries++;
    this.#write(writeRequest(COMMANDS.stop), "stopping", STOP_MS, events);
  }

  #ask(events: DriverEvent[]): void {
    switch (this.#current?.name) {
      case "start":
        this.#isWanted = true;
        return this.#write(this.#scanRequest(), "asked", FIRST_POINTS_MS, events);
      case "info":
        return this.#write(writeRequest(COMMANDS.info), "asked", ANSWER_MS, events);
      case "health":
        return this.#write(writeRequest(COMMANDS.health), "asked", ANSWER_MS, events);
      case "reset":
        return this.#write(writeRequest(COMMANDS.reset), "restarting", RESTART_MS, events);
      default:
        // STOP is not answered.
        this.#isWanted = false;
        if (this.#settings.motorPwm > 0) events.push({ type: "write", bytes: motor(0) });
        this.#end({ ok: true }, events);
    }
  }

  #scanRequest(): Buffer {
    const { scan, workingMode, motorPwm } = this.#settings;
    const isExpress = scan === "express" && this.#tries <= EXPRESS_TRIES;
    const request = isExpress ? expressRequest(workingMode) : writeRequest(COMMANDS.scan);
    return motorPwm > 0 ? Buffer.concat([motor(motorPwm), request]) : request;
  }

  #write(bytes: Buffer, phase: Phase, afterMs: number, events: DriverEvent[]): void {
    this.#phase = phase;
    events.push({ type: "write", bytes }, { type: "wake", afterMs });
  }

  #unanswered(events: DriverEvent[]): void {
    if (this.#tries < TRIES) return this.#begin(events);
    this.#end({ ok: false, reason: "the lidar does not answer" }, events);
  }

  #watch(events: DriverEvent[]): void {
    if (!this.#hasAnswered) return this.#next(events);
    this.#hasAnswered = false;
    events.push({ type: "wake", afterMs: WATCH_MS });
  }

  #end(outcome: Outcome, events: DriverEvent[]): void {
    const ended = this.#current;
    this.#current = undefined;
    if (ended?.call !== undefined) events.push({ type: "outcome", call: ended.call, outcome });
    if (ended?.name !== "start" || this.#jobs.length > 0) return this.#next(events);
    this.#phase = outcome.ok ? "scanning" : "waiting";
    events.push({ type: "wake", afterMs: outcome.ok ? WATCH_MS : TRY_AGAIN_MS });
  }
}

function resultOf(name: JobName | undefined, kind: AnswerKind, bytes: Buffer): object | undefined {
  if (kind === "info") return name === "info" ? infoOf(bytes) : undefined;
  // A lidar that has started anew is asked how it is.
  if (kind === "health" && (name === "health" || name === "reset")) return healthOf(bytes);
  return undefined;
}

/** Of the motor at an A2's or A3's adapter. */
function motor(pwm: number): Buffer {
  return writeRequest(COMMANDS.motorPwm, [pwm & 0xff, pwm >> 8]);
}
