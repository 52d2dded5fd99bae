import { asDunlinError, Clock, DunlinError, type Log } from "../base/index.ts";
import { ComponentEnd, type CommandPut, type FromCore, type KeptRecord } from "../ipc/index.ts";
import { diskFault, Journal, KeptRecords, type CommitResult } from "../journal/index.ts";
import {
  encodeError,
  headOf,
  isFinal,
  PROTOCOL_VERSION,
  type Cursor,
  type JournalState,
} from "../message/index.ts";
import { answer } from "./answers.ts";
import { inParts } from "./in-parts.ts";
import type { JournalPlan } from "./plan.ts";

export interface JournalingOptions {
  readonly endpoint: string;
  readonly name: string;
  /** Resolves when the agent is gone. */
  readonly orphaned: Promise<void>;
}

/** Commands wait for their commit: those that come together share it, ms. */
const COMMAND_FLUSH_MS = 2;
/** What waits is committed early beyond this, so that what is in memory stays small, bytes of bodies. */
const EARLY_FLUSH_BYTES = 1024 * 1024;
/** A journal that cannot be opened is tried again this often, ms. */
const REOPEN_MS = 5_000;
/** Unfinished commands told in one message; each may be as long as a message. */
const RECOVERED_AT_ONCE = 1;
/** Of a hub: records, and ends of streams, told in one message. One record may be as long as a message. */
const RECORD_BYTES_AT_ONCE = 128 * 1024;
const ENDS_AT_ONCE = 1_000;
/** What a record has beside its key and its value, bytes, generously. */
const RECORD_OVERHEAD = 64;

/** Keeps the journal for the core, until the core says stop or is gone. */
export async function runJournal(options: JournalingOptions): Promise<void> {
  const journaling = new Journaling(options);
  await Promise.race([journaling.stopped, options.orphaned]);
  journaling.close();
}

class Journaling {
  readonly stopped: Promise<void>;
  readonly #stop: () => void;
  readonly #core: ComponentEnd;
  readonly #clock = new Clock();
  readonly #streams = new Map<string, string>();
  #plan: JournalPlan | undefined;
  #journal: Journal | undefined;
  #fault: DunlinError | undefined;
  #records: KeptRecords | undefined;
  #epoch = 0;
  #batches = 0;
  #puts = 0;
  #keeps = 0;
  #waitingBytes = 0;
  #invalid = 0;
  #flush: NodeJS.Timeout | undefined;
  #flushInMs = Infinity;
  #beat: NodeJS.Timeout | undefined;
  #reopen: NodeJS.Timeout | undefined;

  constructor({ endpoint, name }: JournalingOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stopped = promise;
    this.#stop = resolve;
    this.#core = new ComponentEnd(
      endpoint,
      { protocol: PROTOCOL_VERSION, component: name, pid: process.pid },
      {
        onMessage: (verb, message) => this.#receive(verb, message),
        onReadings: (frames) => this.#append(frames),
        onLost: () => {},
        heartbeat: () => ({ counters: { journal: this.#counters() } }),
      },
    );
  }

  close(): void {
    clearTimeout(this.#flush);
    clearInterval(this.#beat);
    clearTimeout(this.#reopen);
    this.#journal?.close();
    this.#records?.close();
    this.#core.close();
  }

  #receive<V extends keyof FromCore>(verb: V, message: FromCore[V]): void {
    const handlers: { [P in keyof FromCore]?: (message: FromCore[P]) => void } = {
      welcome: (welcome) => this.#welcome(welcome),
      refused: () => this.#stop(),
      heartbeat: ({ clock }) => this.#clock.setQuality(clock),
      put: (command) => this.#put(command),
      keep: (record) => this.#keep(record),
      ask: ({ number, query }) => this.#answer(number, query),
      stop: () => this.#stop(),
    };
    handlers[verb]?.(message);
  }

  /** Each welcome begins the counts anew; what the core does not know to be durable it sends again. */
  #welcome({ epoch, clock, config }: FromCore["welcome"]): void {
    this.#clock.setQuality(clock);
    this.#plan = config as JournalPlan;
    this.#epoch = epoch;
    this.#batches = this.#puts = this.#keeps = 0;
    this.#beat ??= setInterval(() => this.#commit(), Math.max(this.#plan.flushMs, 1_000));
    this.#open();
  }

  #open(): void {
    clearTimeout(this.#reopen);
    const { flushMs: _, of, ...plan } = this.#plan as JournalPlan;
    try {
      // The wall clock itself, not the one of readings: the journal sees by it that the clock was set.
      this.#journal ??= Journal.open({ ...plan, now: () => Date.now() * 1_000, log: this.#log() }).journal;
      if (of === "hub") this.#openRecords(plan.path);
      this.#recover(this.#journal);
      this.#fault = undefined;
      const { quarantined } = this.#journal.status();
      if (quarantined) this.#log().error("the journal was damaged: a new one was begun", { ...quarantined });
    } catch (cause) {
      this.#fault = asDunlinError(cause);
      if (this.#fault.code === "internal") throw cause;
      this.#log().error(this.#fault.message, { code: this.#fault.code });
      this.#reopen = setTimeout(() => this.#open(), REOPEN_MS);
    }
    this.#tell(new Map());
  }

  #recover(journal: Journal): void {
    const open = journal.openCommands();
    for (let at = 0; at < open.length; at += RECOVERED_AT_ONCE) {
      const commands = open
        .slice(at, at + RECOVERED_AT_ONCE)
        .map(({ envelope, progress }) => ({ envelope, progress }));
      this.#core.send("recovered", { commands, last: false });
    }
    const ends = new Map(journal.streams().map(({ stream, last }) => [stream, last]));
    if (this.#plan?.of === "hub") this.#tellEnds(ends);
    this.#core.send("recovered", { commands: [], last: true });
    this.#tell(this.#plan?.of === "hub" ? new Map() : ends);
  }

  /** Before anything else of a hub: what there was. */
  #tellEnds(ends: ReadonlyMap<string, Cursor>): void {
    const records: Iterable<KeptRecord> = this.#records?.all() ?? [];
    const sizeOf = ({ key, value }: KeptRecord): number =>
      key.length + (value?.length ?? 0) + RECORD_OVERHEAD;
    for (const some of inParts(records, RECORD_BYTES_AT_ONCE, sizeOf))
      this.#core.send("records", { records: some });
    this.#sendEnds(ends);
  }

  #sendEnds(ends: ReadonlyMap<string, Cursor>): void {
    const nothing = { batches: 0, puts: 0, durable: {}, journal: this.#state() };
    for (const some of inParts(ends, ENDS_AT_ONCE))
      this.#core.send("committed", { ...nothing, ends: Object.fromEntries(some) });
  }

  #openRecords(path: string): void {
    if (this.#records) return;
    const { records, movedTo } = KeptRecords.open(path);
    this.#records = records;
    if (movedTo !== undefined)
      this.#log().error(
        "the records were damaged: what agents and commands there were is not known any more",
        {
          movedTo,
        },
      );
  }

  /** [topic, body] pairs that the core has checked and published. */
  #append(frames: readonly Buffer[]): void {
    this.#batches++;
    for (let i = 0; i + 1 < frames.length; i += 2) {
      const body = frames[i + 1] as Buffer;
      this.#take(this.#streamOf(frames[i] as Buffer), body);
      this.#waitingBytes += body.length;
    }
    if (this.#waitingBytes > EARLY_FLUSH_BYTES) this.#commit();
    else this.#commitWithin(this.#plan?.flushMs ?? 0);
  }

  /** A program of the user's may give a reading a time that nobody can keep; its number is then missing, and said to be lost. */
  #take(stream: string, body: Buffer): void {
    const place = headOf(body);
    try {
      if (!place) throw new DunlinError("message-invalid", "no reading");
      this.#journal?.append(stream, place.epoch, place.seq, place.time, body);
    } catch (cause) {
      if (asDunlinError(cause).code !== "message-invalid") throw cause;
      this.#invalid++;
    }
  }

  #streamOf(topic: Buffer): string {
    const key = topic.toString("latin1");
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const [, agent, device = ""] = key.split("/");
      stream = this.#plan?.of === "hub" ? `${agent}/${device}` : device;
      this.#streams.set(key, stream);
    }
    return stream;
  }

  #put({ id, state, time, envelope, progress, isNew }: CommandPut): void {
    const known = this.#journal?.getCommand(id);
    if (isNew && known) this.#core.send("known", { id, progress: known.progress });
    // A command that has ended never changes again, whoever says so.
    else if (!known || !isFinal(known.state))
      this.#journal?.putCommand(Buffer.from(envelope), Buffer.from(progress), id, state, time);
    this.#puts++;
    this.#commitWithin(COMMAND_FLUSH_MS);
  }

  #keep(record: KeptRecord): void {
    this.#records?.put(record);
    this.#keeps++;
    this.#commitWithin(COMMAND_FLUSH_MS);
  }

  #commitWithin(limitMs: number): void {
    if (limitMs >= this.#flushInMs) return;
    clearTimeout(this.#flush);
    this.#flushInMs = limitMs;
    this.#flush = setTimeout(() => this.#commit(), limitMs);
  }

  #commit(): void {
    clearTimeout(this.#flush);
    this.#flushInMs = Infinity;
    this.#waitingBytes = 0;
    if (!this.#journal) return;
    const { durable, fault }: CommitResult = this.#journal.commit();
    this.#fault = fault ?? this.#commitRecords();
    this.#tell(durable);
  }

  #commitRecords(): DunlinError | undefined {
    try {
      this.#records?.commit();
      return undefined;
    } catch (cause) {
      return diskFault(cause, this.#plan?.path ?? "");
    }
  }

  #tell(durable: CommitResult["durable"]): void {
    const ofEpoch = [...durable].filter(([, { epoch }]) => epoch === this.#epoch);
    // What a fault kept from being written counts once it is.
    const done = this.#journal && !this.#fault;
    const isHub = this.#plan?.of === "hub";
    if (isHub) this.#sendEnds(durable);
    this.#core.send("committed", {
      batches: done ? this.#batches : 0,
      puts: done ? this.#puts : 0,
      ...(isHub ? { keeps: done ? this.#keeps : 0 } : {}),
      durable: isHub ? {} : Object.fromEntries(ofEpoch.map(([stream, { seq }]) => [stream, seq])),
      journal: this.#state(),
    });
  }

  #state(): JournalState {
    if (this.#fault)
      return { state: "failing", code: this.#fault.code, reason: this.#fault.message.slice(0, 500) };
    return { state: this.#journal ? "ok" : "starting" };
  }

  #answer(number: number, query: Readonly<Record<string, unknown>>): void {
    const unready = this.#fault ?? new DunlinError("overloaded", "the journal is starting");
    const body = this.#journal ? answer(query, this.#journal) : encodeError(unready);
    this.#core.send("answer", { number, body });
  }

  #counters(): Record<string, number> {
    if (!this.#journal) return {};
    const { fault: _, quarantined: __, diskLow, ...counts } = this.#journal.status();
    return { ...counts, diskLow: diskLow ? 1 : 0, invalidReadings: this.#invalid };
  }

  #log(): Log {
    const write =
      (level: "error" | "warn" | "info" | "debug"): Log["info"] =>
      (message, fields) =>
        this.#core.send("log", { level, message, ...(fields ? { fields } : {}) });
    return {
      error: write("error"),
      warn: write("warn"),
      info: write("info"),
      debug: write("debug"),
      with: () => this.#log(),
    };
  }
}
