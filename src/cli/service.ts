import { monotonicMs } from "../base/index.ts";
import type { Condition } from "../core/index.ts";
import { Notifier, watchdogIntervalMs } from "../systemd/index.ts";

/** What runs under a service manager: an agent or a hub. */
export interface Served {
  readonly condition: Condition;
}

/** How often it is looked at, ms, if the watchdog does not want to hear more often; and until it is ready. */
const LOOK_MS = 1_000;
const STARTING_LOOK_MS = 50;
/** The parts of the agent have this long to come before it is called ready without them, ms: one that cannot start is held back, and the rest serves. */
const READY_LIMIT_MS = 10_000;

/**
 * Tells the service manager how the agent is, if there is one: READY, STATUS, and WATCHDOG while the core turns and each of its
 * parts is heard or being seen to.
 *
 *   starting ──parts are there──► ready ──reloading()──► reloading ──reloaded()──► ready
 *                                   └──────────────────stopping()────────────────► stopping
 */
export class Service {
  readonly #notifier: Notifier | undefined;
  readonly #intervalMs: number | undefined;
  readonly #startedMs = monotonicMs();
  #timer: NodeJS.Timeout | undefined;
  #ready = false;
  #aliveMs = -Infinity;

  /** Takes what the service manager has put into the environment out of it. */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#intervalMs = watchdogIntervalMs(environment, process.pid);
    this.#notifier = Notifier.open(environment);
  }

  /** Its sockets are bound. */
  watch(served: Served): void {
    if (!this.#notifier) return;
    this.#look(served.condition);
    const lookMs = this.#ready ? Math.min(LOOK_MS, this.#intervalMs ?? LOOK_MS) : STARTING_LOOK_MS;
    this.#timer = setTimeout(() => this.watch(served), lookMs);
  }

  reloading(): void {
    this.#notifier?.reloading();
  }

  /** Whether the new configuration was taken or refused. */
  reloaded(): void {
    this.#notifier?.tell({ READY: "1" });
  }

  stopping(): void {
    clearTimeout(this.#timer);
    this.#notifier?.tell({ STOPPING: "1", STATUS: "stopping" });
  }

  #look({ awaited, overdue, text }: Condition): void {
    const nowMs = monotonicMs();
    if (!this.#ready && (awaited.length === 0 || nowMs - this.#startedMs > READY_LIMIT_MS)) {
      this.#ready = true;
      this.#notifier?.tell({ READY: "1" });
    }
    this.#notifier?.status(overdue.length === 0 ? text : `${text}; no word from ${overdue.join(", ")}`);
    if (this.#intervalMs === undefined || overdue.length > 0) return;
    if (nowMs - this.#aliveMs < this.#intervalMs - LOOK_MS / 2) return;
    this.#aliveMs = nowMs;
    this.#notifier?.tell({ WATCHDOG: "1" });
  }
}
