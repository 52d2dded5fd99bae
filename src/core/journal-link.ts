import { DunlinError, ERROR_CODES, type Clock, type Log } from "../base/index.ts";
import { Component, type Program } from "../component/index.ts";
import type { CommandPut, FromComponent, FromCore, JournaledCommand, KeptRecord } from "../ipc/index.ts";
import { encodeError, PROTOCOL_VERSION, type Cursor, type JournalState } from "../message/index.ts";
import { Asks } from "./asks.ts";
import type { PartCondition } from "./condition.ts";
import { Keeps } from "./keeps.ts";
import { Puts, type Durable } from "./puts.ts";
import { ReadingBacklog } from "./reading-backlog.ts";

/** The journal of an agent or hub: a process of its own. */
export interface JournalProgram {
  readonly program: Program;
  /** Handed to the process as it is; of it the core goes by how often it commits, ms. */
  readonly journal: { readonly flushMs: number };
  /** Bytes of bodies that wait for it at most; the oldest that it has not got go. Default 16 MiB. */
  readonly backlogBytes?: number;
}

/** Whose journal it is. */
export interface JournalOwner {
  readonly name: string;
  readonly runtimeDirectory: string;
  readonly log: Log;
}

/** What the journal's word leads to. */
export interface JournalHandlers {
  /** A command that the agent's last run left unfinished. */
  onRecovered(command: JournaledCommand): void;
  /** At a hub: records that were kept, told at each start of the journal before anything is taken from it. */
  onRecords?(records: readonly KeptRecord[]): void;
  /** At a hub: where streams (`<agent>/<device>`) end on the disk, all of them at each start, then those that have changed. */
  onEnds?(ends: Readonly<Record<string, Cursor>>): void;
  /** The journal is there, all that it had has been told. */
  onReady?(): void;
  /** So many bytes of bodies have become durable, or were given up. */
  onSettled?(bytes: number): void;
  /** The journal's state has changed. */
  onChange(): void;
  onFault(error: DunlinError): void;
}

/** Readings gather for this long before they go to the journal, ms: a fifth of its usual flush, so that both are woken rarely. */
const GATHER_MS = 200;
const UNDER_WAY_BYTES = 4 * 1024 * 1024;
const BACKLOG_BYTES = 16 * 1024 * 1024;
/** A slow card can hold a write up for many seconds; ending the process would not end that. */
const HANG_LIMITS = { silentMs: 120_000, spinningMs: 30_000 };
/** Time for the last commit, ms. */
const STOP_LIMIT_MS = 10_000;
const NAME = "journal";

/** The core's side of the journal: sends on, never waits, and knows what is durable. */
export class JournalLink {
  #plan: JournalProgram;
  readonly #options: JournalOwner;
  readonly #epoch: number;
  readonly #clock: Clock;
  readonly #handlers: JournalHandlers;
  readonly #component: Component;
  readonly #backlog: ReadingBacklog;
  readonly #puts: Puts;
  readonly #keeps = new Keeps((record) => this.#send("keep", record));
  readonly #asks: Asks;
  readonly #durable: Record<string, number> = {};
  #state: JournalState = { state: "starting" };
  #counters: Readonly<Record<string, number>> = {};
  #ready = false;
  #batches = 0;
  #gather: NodeJS.Timeout | undefined;

  constructor(
    plan: JournalProgram,
    options: JournalOwner,
    epoch: number,
    clock: Clock,
    handlers: JournalHandlers,
  ) {
    this.#plan = plan;
    const totalBytes = plan.backlogBytes ?? BACKLOG_BYTES;
    this.#backlog = new ReadingBacklog({ underWayBytes: UNDER_WAY_BYTES, totalBytes });
    this.#options = options;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#puts = new Puts((put) => this.#send("put", put));
    this.#asks = new Asks((number, query) => this.#send("ask", { number, query }));
    this.#component = this.#makeComponent(options.log.with({ component: NAME }));
  }

  get state(): JournalState {
    return this.#state;
  }

  /** Newest durable seq of this epoch, by device. */
  get durable(): Readonly<Record<string, number>> {
    return this.#durable;
  }

  status(): Record<string, unknown> {
    return {
      ...this.#state,
      ...this.#counters,
      backlogBytes: this.#backlog.bytes,
      dropped: this.#backlog.dropped,
    };
  }

  componentStatus(): Record<string, unknown> {
    return { [NAME]: this.#component.status() };
  }

  get condition(): PartCondition {
    return this.#component;
  }

  async start(): Promise<void> {
    await this.#component.start();
  }

  /** Sends what is left, and lets the journal commit it. */
  async stop(): Promise<void> {
    clearTimeout(this.#gather);
    this.#flush();
    this.#puts.close();
    this.#asks.close();
    await this.#component.stop();
  }

  restart(reason: string): void {
    this.#component.restart(reason);
  }

  /** Its process begins anew by another plan; what it has not confirmed is sent again. */
  replan(plan: JournalProgram): void {
    this.#plan = plan;
    this.restart("its configuration has changed");
  }

  /** A reading that has been published. */
  append(topic: Buffer, body: Buffer): void {
    if (this.#backlog.add(topic, body)) this.#flush();
    else this.#gather ??= setTimeout(() => this.#flush(), Math.min(GATHER_MS, this.#plan.journal.flushMs));
  }

  /** A command's newest state. @param done told once, when it is durable or cannot be made so */
  put(put: CommandPut, done: (durable: Durable) => void): void {
    this.#puts.add(put, done, this.#ready);
  }

  /** Bytes of bodies that are not durable yet. */
  get waitingBytes(): number {
    return this.#backlog.bytes;
  }

  /** A record's newest value; without one it is deleted. @param done told when that is durable */
  keep(record: KeptRecord, done: () => void = () => {}): void {
    this.#keeps.add(record, done, this.#ready);
  }

  /** A query that only the journal can answer. @returns the reply, whatever it is */
  ask(query: Readonly<Record<string, unknown>>): Promise<Buffer> {
    if (this.#ready) return this.#asks.ask(query);
    const { code, reason } = this.#state;
    const why = reason ?? "the journal is starting: try again";
    return Promise.resolve(
      encodeError(new DunlinError(ERROR_CODES.find((one) => one === code) ?? "overloaded", why)),
    );
  }

  #makeComponent(log: Log): Component {
    const { program } = this.#plan;
    return new Component(
      {
        name: NAME,
        program,
        runtimeDirectory: this.#options.runtimeDirectory,
        log,
        hangLimits: HANG_LIMITS,
        stopLimitMs: STOP_LIMIT_MS,
      },
      {
        welcome: () => this.#welcome(),
        onLive: () => {},
        onReadings: () => this.#handlers.onFault(new DunlinError("internal", "readings from the journal")),
        onMessage: (verb, message) => this.#receive(verb, message),
        onLost: ({ reason }) => this.#lost(reason),
        onFault: (error) => this.#handlers.onFault(error),
        clock: () => this.#clock.quality,
      },
    );
  }

  #welcome(): FromCore["welcome"] {
    return {
      protocol: PROTOCOL_VERSION,
      agent: this.#options.name,
      epoch: this.#epoch,
      clock: this.#clock.quality,
      heartbeatMs: 1_000,
      streams: {},
      config: this.#plan.journal,
    };
  }

  #receive<V extends keyof FromComponent>(verb: V, message: FromComponent[V]): void {
    const handlers: { [P in keyof FromComponent]?: (message: FromComponent[P]) => void } = {
      heartbeat: ({ counters }) => void (this.#counters = counters?.[NAME] ?? this.#counters),
      log: ({ level, message: line, fields }) =>
        this.#options.log[level](line, { ...fields, component: NAME }),
      recovered: ({ commands, last }) => this.#recovered(commands, last),
      records: ({ records }) => this.#handlers.onRecords?.(records),
      committed: (committed) => this.#committed(committed),
      known: ({ id, progress }) => this.#puts.known(id, Buffer.from(progress)),
      answer: ({ number, body }) => this.#asks.answer(number, Buffer.from(body)),
    };
    handlers[verb]?.(message);
  }

  /** From now on it takes readings and commands: first those that the last one did not confirm. */
  #recovered(commands: readonly JournaledCommand[], last: boolean): void {
    for (const command of commands) this.#handlers.onRecovered(command);
    if (!last) return;
    this.#ready = true;
    this.#batches = 0;
    this.#backlog.restart();
    this.#puts.restart();
    this.#keeps.restart();
    this.#handlers.onReady?.();
    this.#flush();
  }

  #committed({ batches, puts, keeps = 0, durable, ends, journal }: FromComponent["committed"]): void {
    Object.assign(this.#durable, durable);
    if (ends) this.#handlers.onEnds?.(ends);
    if (batches > this.#batches) {
      const before = this.#backlog.bytes;
      this.#backlog.confirm(batches - this.#batches);
      this.#handlers.onSettled?.(before - this.#backlog.bytes);
      this.#batches = batches;
      this.#flush();
    }
    this.#puts.confirm(puts);
    this.#keeps.confirm(keeps);
    this.#setState(journal);
  }

  #lost(reason: string): void {
    this.#ready = false;
    this.#asks.failAll("the journal was lost: try again");
    this.#options.log.warn("the journal is lost", { reason });
    this.#setState({ state: "starting", reason: `its process was lost: ${reason}` });
  }

  #setState(state: JournalState): void {
    const changed = state.state !== this.#state.state || state.code !== this.#state.code;
    this.#state = state;
    if (changed) this.#handlers.onChange();
  }

  #flush(): void {
    clearTimeout(this.#gather);
    this.#gather = undefined;
    if (!this.#ready) return;
    for (let batch = this.#backlog.next(); batch; batch = this.#backlog.next())
      this.#component.sendReadings(batch.frames);
  }

  #send<V extends keyof FromCore>(verb: V, message: FromCore[V]): void {
    if (this.#ready) this.#component.send(verb, message);
  }
}
