import { rmSync } from "node:fs";
import { Pair } from "zeromq";
import { asDunlinError, DunlinError, monotonicMs, Outbox, receiveAll, type Frames } from "../base/index.ts";
import { decodeMap, encode } from "../message/index.ts";
import type { FromComponent, FromCore } from "./messages.ts";
import { isTelemetry, PAIR_OPTIONS } from "./options.ts";

/** What a component's messages lead to. None of these may throw or wait. */
export interface CoreEndHandlers {
  /** [topic, body] pairs, as received. */
  onReadings(frames: readonly Buffer[]): void;
  onMessage<V extends keyof FromComponent>(verb: V, message: FromComponent[V]): void;
  /** What could not be read; the component goes on. */
  onFault(error: DunlinError): void;
}

const VERBS: ReadonlySet<string> = new Set<keyof FromComponent>([
  "hello",
  "declare",
  "heartbeat",
  "device",
  "progress",
  "log",
  "committed",
  "recovered",
  "records",
  "known",
  "answer",
]);

/** Longer than every verb: so much of one is looked at. */
const MAX_VERB_CHARS = 32;

/** Messages kept for a component that does not read; beyond, the oldest is dropped. More than the journal can be owed, which must lose none. */
const OUTBOX_CAPACITY = 25_000;

/** The core's end of one component's PAIR: it binds. */
export class CoreEnd {
  readonly endpoint: string;
  readonly #handlers: CoreEndHandlers;
  #socket = new Pair(PAIR_OPTIONS);
  #outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  #heardMs = monotonicMs();

  private constructor(endpoint: string, handlers: CoreEndHandlers) {
    this.endpoint = endpoint;
    this.#handlers = handlers;
  }

  static async open(endpoint: string, handlers: CoreEndHandlers): Promise<CoreEnd> {
    const end = new CoreEnd(endpoint, handlers);
    await end.#bind();
    return end;
  }

  /** How long the component has said nothing, ms. */
  get silentMs(): number {
    return monotonicMs() - this.#heardMs;
  }

  send<V extends keyof FromCore>(verb: V, message: FromCore[V]): void {
    this.#outbox.send([Buffer.from(verb), encode(message)]);
  }

  /** [topic, body] pairs, as received. */
  sendReadings(frames: Frames): void {
    this.#outbox.send(frames);
  }

  /** Drops what could not be sent yet: a new instance of the component must not get what was meant for the last. */
  forget(): void {
    this.#outbox.clear();
  }

  /**
   * Makes the socket anew. A bound PAIR that has lost its peer in a race ignores every later one for good, without an
   * error; a new socket does not.
   */
  async reopen(): Promise<void> {
    this.close();
    this.#socket = new Pair(PAIR_OPTIONS);
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
    await this.#bind();
  }

  /** @param lingerMs how long what has been sent may still take to get there */
  close(lingerMs = 0): void {
    if (this.#socket.closed) return;
    this.#socket.linger = lingerMs;
    this.#socket.close();
    rmSync(this.endpoint.replace(/^ipc:\/\//, ""), { force: true });
  }

  async #bind(): Promise<void> {
    await this.#socket.bind(this.endpoint);
    this.#heardMs = monotonicMs();
    void receiveAll(this.#socket, (frames) => this.#receive(frames));
  }

  #receive(frames: readonly Buffer[]): void {
    this.#heardMs = monotonicMs();
    if (isReadings(frames)) return this.#handlers.onReadings(frames);
    try {
      const { verb, message } = readFromComponent(frames);
      this.#handlers.onMessage(verb, message);
    } catch (cause) {
      this.#handlers.onFault(asDunlinError(cause));
    }
  }
}

/** Whether a message is of [topic, body] pairs; of which topics and bodies is for others to see. */
export function isReadings(frames: readonly Buffer[]): boolean {
  return frames[0] !== undefined && frames.length % 2 === 0 && isTelemetry(frames[0]);
}

/** A verb and what belongs to it, of which nothing has been looked at but that it is a map. */
export interface Said {
  readonly verb: keyof FromComponent;
  readonly message: FromComponent[keyof FromComponent];
}

/**
 * What a component's message is if it is not of readings; nothing of it is trusted.
 * @throws DunlinError `message-invalid`, `message-too-large`
 */
export function readFromComponent(frames: readonly Buffer[]): Said {
  const first = frames[0];
  if (first === undefined || frames.length % 2 !== 0) throw invalid("message of an odd number of frames");
  const verb = first.toString("latin1", 0, MAX_VERB_CHARS);
  if (!VERBS.has(verb)) throw invalid(`unknown verb ${JSON.stringify(verb)}`);
  const message = decodeMap(frames[1] ?? Buffer.alloc(0));
  return { verb: verb as keyof FromComponent, message: message as FromComponent[keyof FromComponent] };
}

function invalid(what: string): DunlinError {
  return new DunlinError("message-invalid", what);
}
