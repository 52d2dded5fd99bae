import {
  asDunlinError,
  DunlinError,
  monotonicMs,
  type ClockQuality,
  type Frames,
  type Log,
} from "../base/index.ts";
import { ipcEndpoint } from "../bus/index.ts";
import {
  COMPONENT_VARIABLE,
  CoreEnd,
  ENDPOINT_VARIABLE,
  IPC_HEARTBEAT_MS,
  IPC_NEWS_MS,
  type FromComponent,
  type FromCore,
} from "../ipc/index.ts";
import { PROTOCOL_VERSION } from "../message/index.ts";
import { HangWatch, type HangLimits } from "./hang.ts";
import { isOverdue } from "./overdue.ts";
import { ComponentProcess, type Program } from "./process.ts";
import { next, type Supervision, type SupervisionAction, type SupervisionEvent } from "./supervision.ts";

/** What a component means to the core. None of these may wait. */
export interface ComponentHandlers {
  /** @throws DunlinError to refuse it */
  welcome(hello: FromComponent["hello"]): FromCore["welcome"];
  /** It has been sent its welcome: what comes now, it may act upon. */
  onLive(hello: FromComponent["hello"]): void;
  onReadings(frames: readonly Buffer[]): void;
  onMessage<V extends keyof FromComponent>(verb: V, message: FromComponent[V]): void;
  /** It is gone; what it ran is interrupted. */
  onLost(loss: Loss): void;
  onFault(error: DunlinError): void;
  clock(): ClockQuality;
}

export interface Loss {
  readonly reason: string;
  /** It was ended because it hung: what it was doing is to blame. */
  readonly hung: boolean;
}

export interface ComponentOptions {
  readonly name: string;
  /** Absent: a program that attaches by itself when it comes. */
  readonly program?: Program;
  readonly runtimeDirectory: string;
  readonly log: Log;
  /** Time to end by itself when the agent stops, ms; then SIGKILL. Default 2 000. */
  readonly stopLimitMs?: number;
  /** Absent: the usual, which is for components that never wait for a disk. */
  readonly hangLimits?: HangLimits;
}

/** A process that has not said hello by then is ended and started again, ms; a first start from a slow card takes seconds. */
const START_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 2_000;
/** Time for the last `stop` to reach a program that the agent has not started, and so does not wait for, ms. */
const STOP_LINGER_MS = 200;

/** One component: its process if the agent starts it, its PAIR, and what is known of it. */
export class Component {
  readonly name: string;
  readonly #options: ComponentOptions;
  readonly #handlers: ComponentHandlers;
  readonly #hang: HangWatch;
  #state: Supervision = { phase: "down" };
  #end: CoreEnd | undefined;
  #process: ComponentProcess | undefined;
  #watch: NodeJS.Timeout | undefined;
  #due: NodeJS.Timeout | undefined;
  #starts = 0;
  #beats = 0;
  #beatMs = -Infinity;
  #hung = false;
  #onStopped: (() => void) | undefined;

  constructor(options: ComponentOptions, handlers: ComponentHandlers) {
    this.name = options.name;
    this.#options = options;
    this.#handlers = handlers;
    this.#hang = new HangWatch(options.hangLimits);
  }

  get phase(): Supervision["phase"] {
    return this.#state.phase;
  }

  /** Starts of its process, or hellos of a program that attaches. */
  get starts(): number {
    return this.#starts;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The agent starts it, and it has not come yet. */
  get awaited(): boolean {
    return this.#options.program !== undefined && this.#starts <= 1 && this.#state.phase === "starting";
  }

  /** It is neither heard of nor being seen to: its supervision has failed. */
  get overdue(): boolean {
    const patience = { startMs: START_LIMIT_MS, silentMs: this.#hang.limitMs(this.#beats) };
    return isOverdue(this.#state, this.#end?.silentMs ?? 0, monotonicMs(), patience);
  }

  /** As the query `status` tells it. */
  status(): Record<string, unknown> {
    const { phase, starts, pid, overdue } = this;
    return { phase, starts, ...(pid ? { pid } : {}), ...(overdue ? { overdue } : {}) };
  }

  async start(): Promise<void> {
    if (!this.#options.program) await this.#open(this.name);
    this.#watch = setInterval(() => this.#tick(), IPC_HEARTBEAT_MS);
    this.#happen({ type: "start" });
  }

  send<V extends keyof FromCore>(verb: V, message: FromCore[V]): void {
    if (this.#state.phase === "live") this.#end?.send(verb, message);
  }

  /** [topic, body] pairs. */
  sendReadings(frames: Frames): void {
    if (this.#state.phase === "live") this.#end?.sendReadings(frames);
  }

  /** Ends the process so that it is started anew. */
  restart(reason: string): void {
    this.#happen({ type: "silent", reason });
  }

  /** Asks it to end, waits, then ends it. */
  async stop(): Promise<void> {
    this.send("stop", {});
    this.#happen({ type: "stop" });
    clearInterval(this.#watch);
    clearTimeout(this.#due);
    if (this.#process?.running) await this.#ended(this.#options.stopLimitMs ?? STOP_LIMIT_MS);
    this.#process?.kill("SIGKILL");
    this.#end?.close(STOP_LINGER_MS);
  }

  #ended(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#onStopped = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #happen(event: SupervisionEvent): void {
    const step = next(this.#state, event, monotonicMs(), this.#options.program !== undefined);
    this.#state = step.state;
    for (const action of step.actions) this.#act(action);
  }

  #act(action: SupervisionAction): void {
    switch (action.type) {
      case "spawn":
        void this.#spawn();
        break;
      case "kill":
        this.#process?.kill("SIGKILL");
        break;
      case "reopen":
        this.#end?.reopen().catch((cause: unknown) => this.#handlers.onFault(asDunlinError(cause)));
        break;
      case "lost":
        this.#handlers.onLost({ reason: action.reason, hung: this.#hung });
        this.#hung = false;
        break;
      case "wait":
        this.#due = setTimeout(() => this.#happen({ type: "due" }), action.delayMs);
        break;
    }
  }

  /** Each start has an endpoint of its own: a PAIR that has not yet noticed its dead peer ignores the new one for good. */
  async #spawn(): Promise<void> {
    const program = this.#options.program;
    if (!program) return;
    this.#starts++;
    try {
      const end = await this.#open(`${this.name}-${this.#starts}`);
      const environment = {
        ...program.environment,
        [ENDPOINT_VARIABLE]: end.endpoint,
        [COMPONENT_VARIABLE]: this.name,
      };
      this.#process = new ComponentProcess({ ...program, environment }, this.#options.log, (how) =>
        this.#onEnd(how),
      );
    } catch (cause) {
      this.#handlers.onFault(asDunlinError(cause));
      this.#happen({ type: "ended", reason: asDunlinError(cause).message });
    }
  }

  #onEnd(how: string): void {
    this.#end?.close();
    this.#onStopped?.();
    this.#happen({ type: "ended", reason: `its process ended: ${how}` });
  }

  async #open(file: string): Promise<CoreEnd> {
    this.#end?.close();
    this.#end = await CoreEnd.open(ipcEndpoint(this.#options.runtimeDirectory, `${file}.sock`), {
      onReadings: (frames) => this.#readings(frames),
      onMessage: (verb, message) => this.#receive(verb, message),
      onFault: (error) => this.#handlers.onFault(error),
    });
    return this.#end;
  }

  #receive<V extends keyof FromComponent>(verb: V, message: FromComponent[V]): void {
    if (verb === "heartbeat") this.#beats++;
    if (verb === "hello") this.#hello(message as FromComponent["hello"]);
    else if (this.#state.phase === "live") this.#handlers.onMessage(verb, message);
  }

  /** One that was presumed lost says hello before anything else: its devices are silent until then, and do not publish. */
  #readings(frames: readonly Buffer[]): void {
    if (this.#state.phase === "live") this.#handlers.onReadings(frames);
    else
      this.#handlers.onFault(new DunlinError("message-invalid", `${this.name}: readings before the hello`));
  }

  #hello(hello: FromComponent["hello"]): void {
    try {
      if (hello.protocol !== PROTOCOL_VERSION)
        throw new DunlinError(
          "version-unsupported",
          `protocol ${hello.protocol}: this agent speaks ${PROTOCOL_VERSION}`,
        );
      if (!this.#options.program) this.#starts++;
      this.#beats = 0;
      this.#happen({ type: "hello" });
      this.#end?.forget();
      this.#end?.send("welcome", this.#handlers.welcome(hello));
      this.#handlers.onLive(hello);
    } catch (cause) {
      const { code, message } = asDunlinError(cause);
      this.#end?.send("refused", { code, message });
      this.#happen({ type: "refused", reason: message });
      this.#handlers.onFault(new DunlinError("component-refused", `${this.name}: ${message}`, { cause }));
    }
  }

  #tick(): void {
    const nowMs = monotonicMs();
    if (this.#state.phase === "starting" && nowMs - this.#state.sinceMs > START_LIMIT_MS)
      this.#happen({ type: "silent", reason: `no hello within ${START_LIMIT_MS / 1_000} s of its start` });
    if (this.#state.phase !== "live" || !this.#end) return;
    const verdict = this.#hang.verdict({
      pid: this.#process?.pid,
      silentMs: this.#end.silentMs,
      beats: this.#beats,
      nowMs,
    });
    if (verdict !== undefined) {
      this.#hung = true;
      this.#happen({ type: "silent", reason: verdict });
    } else this.#beat(nowMs);
  }

  #beat(nowMs: number): void {
    if (nowMs - this.#beatMs < IPC_NEWS_MS) return;
    this.#beatMs = nowMs;
    this.#end?.send("heartbeat", { clock: this.#handlers.clock() });
  }
}
