import { backoffMs, DunlinError, messageOf, monotonicMs, PEER_BACKOFF } from "../base/index.ts";
import type { CommandDescriptions, Metrics, Values } from "../message/index.ts";
import { CallTable, type CallEnd } from "./call-table.ts";
import { next, type DeviceCondition, type DeviceEvent } from "./device-state.ts";
import type { Call, DiscardReason, DriverEvent, Session } from "./driver.ts";
import type { Line, LineHandlers } from "./line.ts";

export interface DeviceOptions {
  readonly name: string;
  readonly silenceMs: number;
  /** For the message when nothing makes sense. */
  readonly baudRate: number;
  openSession(): Session;
  openLine(handlers: LineHandlers): Line;
}

/** What a device tells. None of these may wait. */
export interface DeviceHandlers {
  /** The driver is about to run: if it never returns, this device is to blame. */
  onEnter(): void;
  onReading(values: Values): void;
  onCondition(condition: DeviceCondition): void;
  /** @param replaces whether that is all of the description */
  onDescribe(metrics: Metrics, commands: CommandDescriptions, replaces: boolean): void;
  onEnd(call: string, end: CallEnd): void;
  onLog(text: string): void;
  /** What whoever looks for a fault wants to see: made into words only if somebody does. */
  onTrace(text: () => string): void;
}

/** What a device has met since its bridge started. */
export type DeviceCounters = Readonly<
  Record<"bytes" | "readings" | "discardedBytes" | "driverFailures", number> &
    Partial<Record<`discarded-${DiscardReason}`, number>>
>;

/** Bytes without a reading for this long are called gibberish, ms. */
const GIBBERISH_MS = 10_000;
/** A driver that has run this long without failing starts again with the shortest wait, ms. */
const SETTLED_MS = 60_000;

/** Runs one device: its line, its driver's session, its condition, its calls. A driver that throws fails this device only. */
export class DeviceRunner {
  readonly #options: DeviceOptions;
  readonly #handlers: DeviceHandlers;
  readonly #calls: CallTable;
  readonly #counters: { -readonly [P in keyof DeviceCounters]: DeviceCounters[P] } = {
    bytes: 0,
    readings: 0,
    discardedBytes: 0,
    driverFailures: 0,
  };
  #condition: DeviceCondition = { state: "starting" };
  #session: Session | undefined;
  #line: Line | undefined;
  #wake: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #startedMs = 0;
  #lastBytesMs = 0;
  #lastReadingMs = 0;
  #closed = false;

  constructor(options: DeviceOptions, handlers: DeviceHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#calls = new CallTable((id, end) => handlers.onEnd(id, end));
  }

  get counters(): DeviceCounters {
    return this.#counters;
  }

  /** @param hold the device hung its bridge: it waits before it is started */
  start(hold?: { readonly delayMs: number; readonly reason: string }): void {
    if (!hold) return this.#start();
    this.#happen({ type: "driver-failed", reason: hold.reason });
    this.#retry = setTimeout(() => this.#start(), hold.delayMs);
  }

  /** To be called a few times a second: notices silence and gibberish, without a timer per chunk. */
  tick(nowMs: number): void {
    if (!this.#session) return;
    const { silenceMs, baudRate } = this.#options;
    if (nowMs - this.#lastBytesMs > silenceMs) this.#happen({ type: "silence", silenceMs });
    else if (nowMs - this.#lastReadingMs > Math.max(GIBBERISH_MS, silenceMs))
      this.#happen({ type: "gibberish", baudRate });
  }

  /** Runs a command that has been checked against the description; its end is told by `onEnd`. */
  run(call: Call, timeoutMs: number): void {
    if (this.#calls.has(call.id)) return;
    this.#calls.open(call.id, timeoutMs);
    const session = this.#session;
    if (session?.run) this.#drive(() => session.run?.(call) ?? []);
    else
      this.#calls.settle(call.id, {
        ok: false,
        code: "driver-failed",
        reason: this.#condition.reason ?? "the device is not running",
      });
  }

  /** Stops a call that is under way, if its driver can: its end is then told by `onEnd`. */
  cancel(id: string): void {
    const session = this.#session;
    if (!session?.cancel || !this.#calls.has(id)) return;
    this.#drive(() => session.cancel?.(id) ?? []);
    this.#calls.settle(id, { ok: false, cancelled: true });
  }

  /** @param reason for the calls that are under way */
  async close(reason = "the agent is stopping"): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#end({ ok: false, code: "interrupted", reason });
  }

  #start(): void {
    if (this.#closed) return;
    this.#line = this.#options.openLine({
      onChunk: (chunk) => this.#push(chunk),
      onOpen: () => this.#opened(),
      onDown: (error) => this.#down(error),
    });
  }

  /** Every opening has a session of its own: what was half received before must not be joined to what comes now. */
  #opened(): void {
    if (!this.#line) return;
    this.#startedMs = this.#lastBytesMs = this.#lastReadingMs = monotonicMs();
    this.#happen({ type: "port-open" });
    this.#drive(() => {
      this.#session = this.#options.openSession();
      return this.#session.start?.() ?? [];
    });
  }

  #down(error: DunlinError): void {
    if (!this.#line) return;
    this.#dropSession({ ok: false, code: error.code, reason: error.message });
    this.#happen({ type: "port-down", error });
  }

  #push(chunk: Uint8Array): void {
    const session = this.#session;
    if (!session) return;
    this.#handlers.onTrace(() => `received ${hexOf(chunk)}`);
    this.#lastBytesMs = monotonicMs();
    this.#counters.bytes += chunk.length;
    if (this.#condition.state !== "online") this.#happen({ type: "bytes" });
    this.#drive(() => session.push(chunk));
  }

  /** The one place where a driver's code runs. */
  #drive(step: () => readonly DriverEvent[]): void {
    this.#handlers.onEnter();
    let events: readonly DriverEvent[];
    try {
      events = step();
    } catch (cause) {
      return this.#driverFailed(cause);
    }
    let written: Promise<void> | undefined;
    for (const event of events) written = this.#act(event, written);
  }

  /** @returns the writes so far, which an outcome waits for */
  #act(event: DriverEvent, written: Promise<void> | undefined): Promise<void> | undefined {
    switch (event.type) {
      case "reading":
        this.#reading(event.values);
        break;
      case "discard":
        this.#add("discardedBytes", event.bytes);
        this.#add(`discarded-${event.reason}`, 1);
        this.#handlers.onTrace(() => `discarded ${event.bytes} bytes: ${event.reason}`);
        break;
      case "write":
        return this.#write(event.bytes);
      case "exchange":
        this.#exchange(event);
        break;
      case "release":
        this.#line?.release?.();
        break;
      case "outcome":
        this.#outcome(event.call, event.outcome, written);
        break;
      case "describe":
        this.#handlers.onDescribe(event.metrics ?? {}, event.commands ?? {}, event.replaces === true);
        break;
      case "sense":
        this.#sense();
        break;
      case "wake":
        this.#wakeAfter(event.afterMs);
        break;
      case "log":
        this.#handlers.onLog(event.text);
        break;
    }
    return written;
  }

  #reading(values: Values): void {
    this.#sense();
    this.#add("readings", 1);
    this.#handlers.onReading(values);
  }

  #sense(): void {
    this.#lastReadingMs = this.#lastBytesMs;
    if (this.#condition.reason !== undefined) this.#happen({ type: "sense" });
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#handlers.onTrace(() => `sent ${hexOf(bytes)}`);
    const written =
      this.#line?.write(bytes) ?? Promise.reject(new DunlinError("port-missing", "the port is not open"));
    written.catch((cause: unknown) => {
      const code = cause instanceof DunlinError ? cause.code : "port-failed";
      this.#calls.settleAll({ ok: false, code, reason: `cannot write to the device: ${messageOf(cause)}` });
    });
    return written;
  }

  #exchange({ bytes, limitMs, gapMs, urgent = false }: Extract<DriverEvent, { type: "exchange" }>): void {
    const session = this.#session;
    if (!session) return;
    if (!this.#line?.exchange) return this.#driverFailed(new Error("its line has no turns"));
    this.#handlers.onTrace(() => `asks ${hexOf(bytes)}`);
    const onEnd = (): void => {
      if (this.#session === session) this.#drive(() => session.expired?.() ?? []);
    };
    this.#line.exchange({ bytes, limitMs, gapMs, urgent, onEnd });
  }

  #outcome(call: string, outcome: CallEnd, written: Promise<void> | undefined): void {
    if (!written) return this.#calls.settle(call, outcome);
    written.then(
      () => this.#calls.settle(call, outcome),
      () => {},
    );
  }

  #wakeAfter(afterMs: number): void {
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => {
      const session = this.#session;
      if (session) this.#drive(() => session.wake?.() ?? []);
    }, afterMs);
  }

  #driverFailed(cause: unknown): void {
    const nowMs = monotonicMs();
    const reason = `its driver failed: ${messageOf(cause)}`;
    this.#failures = nowMs - this.#startedMs > SETTLED_MS ? 0 : this.#failures + 1;
    this.#add("driverFailures", 1);
    this.#happen({ type: "driver-failed", reason });
    const delayMs = backoffMs(Math.max(0, this.#failures - 1), PEER_BACKOFF);
    void this.#end({ ok: false, code: "driver-failed", reason }).finally(() => {
      this.#retry = setTimeout(() => this.#start(), delayMs);
    });
  }

  async #end(end: CallEnd): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#dropSession(end);
    await line?.close();
  }

  #dropSession(end: CallEnd): void {
    this.#session = undefined;
    clearTimeout(this.#wake);
    this.#calls.settleAll(end);
  }

  #happen(event: DeviceEvent): void {
    const condition = next(this.#condition, event);
    if (condition.state === this.#condition.state && condition.reason === this.#condition.reason) return;
    this.#condition = condition;
    this.#handlers.onCondition(condition);
  }

  #add(counter: keyof DeviceCounters, by: number): void {
    this.#counters[counter] = (this.#counters[counter] ?? 0) + by;
  }
}

/** So many bytes of a chunk are shown. */
const MAX_TRACED = 64;

function hexOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_TRACED)).toString("hex");
  const shown = hex.replaceAll(/(..)(?!$)/g, "$1 ");
  return `${bytes.length} bytes: ${shown}${bytes.length > MAX_TRACED ? " …" : ""}`;
}
