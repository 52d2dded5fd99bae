import type { Call, DriverEvent, Outcome, Session } from "../../src/device/index.ts";
import type { Values } from "../../src/message/index.ts";
import { exceptionText, frameOf, type Request, type Transport } from "./frames.ts";
import { planPolls, type Group } from "./poll-plan.ts";
import type { Profile } from "./profile.ts";
import { ReplyScanner } from "./reply-scanner.ts";
import { writingOf, type Writing } from "./writing.ts";

export interface SessionSettings {
  readonly unit: number;
  readonly transport: Transport;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** Silence after each exchange, ms. */
  readonly gapMs: number;
}

/** What the line is asked, and what becomes of the answer. */
interface Task {
  readonly request: Request;
  readonly urgent: boolean;
  readonly onReply: (pdu: Buffer, events: DriverEvent[]) => void;
  /** @param reason why there is no reply */
  readonly onFailure: (reason: string, events: DriverEvent[]) => void;
  tries: number;
}

/** A device that has not answered for so many polls is asked more and more rarely: others wait for it each time. */
const PATIENCE = 2;
const MAX_POLL_MS = 60_000;

/** One slave: polls its groups of registers, and writes in between. Asks one thing at a time. */
export class ModbusSession implements Session {
  readonly #profile: Profile;
  readonly #settings: SessionSettings;
  readonly #groups: readonly Group[];
  readonly #scanner: ReplyScanner;
  readonly #writes: { readonly call: string; readonly writing: Writing }[] = [];
  #left: Group[] = [];
  #values: Record<string, unknown> = {};
  #task: Task | undefined;
  #transaction = 0;
  #polls = 0;
  #deaf = 0;
  #answered = false;
  #told = new Set<string>();

  constructor(profile: Profile, settings: SessionSettings) {
    this.#profile = profile;
    this.#settings = settings;
    this.#groups = planPolls(profile);
    this.#scanner = new ReplyScanner(settings.transport);
  }

  start(): readonly DriverEvent[] {
    return this.wake();
  }

  /** The next poll is due. One that is not through yet goes on, and takes this one's place. */
  wake(): readonly DriverEvent[] {
    const events: DriverEvent[] = [{ type: "wake", afterMs: this.#nextPollMs() }];
    if (this.#left.length > 0 || (this.#task && !this.#task.urgent)) return events;
    this.#left = this.#groups.filter(({ every }) => this.#polls % every === 0);
    this.#polls++;
    this.#values = {};
    this.#answered = false;
    this.#go(events);
    return events;
  }

  push(chunk: Uint8Array): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    for (const item of this.#scanner.push(chunk)) {
      if (item.type === "discard") {
        events.push(item);
        continue;
      }
      const task = this.#task;
      this.#task = undefined;
      events.push({ type: "release" });
      this.#deaf = 0;
      if (item.type === "reply") task?.onReply(item.pdu, events);
      else task?.onFailure(exceptionText(item.code), events);
      this.#go(events);
    }
    return events;
  }

  /** No reply: once more at once, since a bus has its glitches, unless it is long deaf. */
  expired(): readonly DriverEvent[] {
    const events: DriverEvent[] = [];
    const task = this.#task;
    this.#task = undefined;
    const stale = this.#scanner.expect(undefined);
    if (stale > 0) events.push({ type: "discard", bytes: stale, reason: "truncated" });
    if (!task) return events;
    if (task.tries < this.#settings.retries && this.#deaf < PATIENCE) {
      this.#ask({ ...task, tries: task.tries + 1 }, events);
      return events;
    }
    task.onFailure(
      `no answer from unit ${this.#settings.unit} within ${this.#settings.timeoutMs} ms`,
      events,
    );
    this.#go(events);
    return events;
  }

  run({ id, name, args }: Call): readonly DriverEvent[] {
    const writing = writingOf(this.#profile, name, args);
    if (typeof writing === "string")
      return [{ type: "outcome", call: id, outcome: { ok: false, reason: writing } }];
    const events: DriverEvent[] = [];
    this.#writes.push({ call: id, writing });
    this.#go(events);
    return events;
  }

  #nextPollMs(): number {
    const times = 2 ** Math.max(0, this.#deaf - PATIENCE);
    return Math.min(this.#settings.pollMs * times, Math.max(this.#settings.pollMs, MAX_POLL_MS));
  }

  /** The next thing to ask, if nothing is asked now. */
  #go(events: DriverEvent[]): void {
    if (this.#task) return;
    const write = this.#writes.shift();
    if (write) return this.#write(write.call, write.writing, events);
    const group = this.#left.shift();
    if (group) this.#poll(group, events);
  }

  #poll(group: Group, events: DriverEvent[]): void {
    const end = (values: Values, events: DriverEvent[]): void => {
      Object.assign(this.#values, values);
      if (this.#left.length > 0 || !this.#answered) return;
      events.push({ type: "reading", values: this.#values as Values });
    };
    const none = Object.fromEntries(group.names.map((name) => [name, null]));
    this.#ask(
      {
        request: group.request,
        urgent: false,
        tries: 0,
        onReply: (pdu, events) => {
          this.#answered = true;
          end(group.valuesIn(pdu), events);
        },
        onFailure: (reason, events) => {
          this.#tell(`${group.names.join(", ")}: ${reason}`, events);
          if (reason.startsWith("no answer")) {
            // Whoever does not answer one does not answer the others either, and each costs the bus its time.
            this.#left = [];
            this.#deaf++;
          }
          end(none, events);
        },
      },
      events,
    );
  }

  #write(call: string, { request, check, readBack }: Writing, events: DriverEvent[]): void {
    const end = (outcome: Outcome, events: DriverEvent[]): void =>
      void events.push({ type: "outcome", call, outcome });
    const onFailure = (reason: string, events: DriverEvent[]): void => end({ ok: false, reason }, events);
    const reread = (events: DriverEvent[]): void => {
      if (!readBack) return end({ ok: true }, events);
      const onReply = (pdu: Buffer, events: DriverEvent[]): void => {
        end(outcomeOf(readBack.check(pdu)), events);
      };
      this.#ask({ request: readBack.request, urgent: true, tries: 0, onReply, onFailure }, events);
    };
    // A write is not tried again by itself: the device may have done it.
    const tries = this.#settings.retries;
    const onReply = (pdu: Buffer, events: DriverEvent[]): void => {
      const found = check?.(pdu);
      if (found === undefined) reread(events);
      else end(outcomeOf(found), events);
    };
    this.#ask({ request, urgent: true, tries, onReply, onFailure }, events);
  }

  #ask(task: Task, events: DriverEvent[]): void {
    const { unit, transport, timeoutMs, gapMs } = this.#settings;
    this.#task = task;
    this.#transaction = (this.#transaction + 1) & 0xffff;
    this.#scanner.expect({ unit, request: task.request, transaction: this.#transaction });
    events.push({
      type: "exchange",
      bytes: frameOf(transport, unit, task.request.pdu, this.#transaction),
      limitMs: timeoutMs,
      gapMs,
      urgent: task.urgent,
    });
  }

  /** Once for each thing that is wrong, not with every poll. */
  #tell(text: string, events: DriverEvent[]): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    events.push({ type: "log", text });
  }
}

/** @param found a command's result, or why it has failed */
function outcomeOf(found: Values | string): Outcome {
  if (typeof found === "string") return { ok: false, reason: found };
  return Object.keys(found).length > 0 ? { ok: true, result: found } : { ok: true };
}
