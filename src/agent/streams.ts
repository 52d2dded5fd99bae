import { DunlinError } from "../base/index.ts";
import { faultInReading, MAX_READING_BYTES, readingPrefix, seqOf, telemetryTopic } from "../message/index.ts";

/** All readings of one device, and the last of them as its bytes. */
interface Stream {
  readonly device: string;
  readonly topic: string;
  readonly topicFrame: Buffer;
  /** The component whose readings are taken. */
  owner: string;
  /** Newest seq, 0 before the first. */
  seq: number;
  last: Buffer | undefined;
}

/** Most readings in a row that a component can have dropped; a greater step is a broken component. */
const MAX_GAP = 1_000_000;

/** Whether a component's bodies are looked at: those of the agent's own are made by our encoder. */
export type Trust = "own" | "foreign";

/**
 * The numbered streams of this epoch. A reading is checked by its first bytes alone (is it of this epoch, is its seq the
 * next one?) and goes on as the same Buffer: to the sockets, and here as last value.
 */
export class StreamTable {
  readonly #agent: string;
  readonly #prefix: Buffer;
  readonly #publish: (frames: readonly Buffer[]) => void;
  readonly #append: (topic: Buffer, body: Buffer) => void;
  readonly #byTopic = new Map<string, Stream>();
  readonly #byDevice = new Map<string, Stream>();
  #dropped = 0;

  /**
   * @param publish to the sockets
   * @param append to the journal: each reading once, after it was published
   */
  constructor(
    agent: string,
    epoch: number,
    publish: (frames: readonly Buffer[]) => void,
    append: (topic: Buffer, body: Buffer) => void = () => {},
  ) {
    this.#agent = agent;
    this.#prefix = readingPrefix(epoch);
    this.#publish = publish;
    this.#append = append;
  }

  /** The device's stream, made if need be; it goes on where it was, also when another instance of its component takes over. */
  claim(device: string, owner: string): { topic: string; next: number } {
    const known = this.#byDevice.get(device);
    if (known) {
      known.owner = owner;
      return { topic: known.topic, next: known.seq + 1 };
    }
    const topic = telemetryTopic(this.#agent, device);
    const stream = { device, topic, topicFrame: Buffer.from(topic), owner, seq: 0, last: undefined };
    this.#byTopic.set(topic, stream);
    this.#byDevice.set(device, stream);
    return { topic, next: 1 };
  }

  /** The device is no more: nobody is told its last value. Should it come again, its numbers go on. */
  retire(device: string): void {
    const stream = this.#byDevice.get(device);
    if (stream) stream.last = undefined;
  }

  /**
   * Takes [topic, body] pairs and publishes each that is in order.
   * @param onFault told of each that is not
   */
  receive(
    frames: readonly Buffer[],
    owner: string,
    trust: Trust,
    onFault: (error: DunlinError) => void,
  ): void {
    for (let i = 0; i + 1 < frames.length; i += 2) {
      const stream = this.#byTopic.get((frames[i] as Buffer).toString("latin1"));
      const body = frames[i + 1] as Buffer;
      if (stream?.owner !== owner)
        onFault(invalid("reading of a device that this component has not declared"));
      else this.#take(stream, body, trust, onFault);
    }
  }

  /** Readings that a component had to drop before they came here: its numbering shows them as gaps, here as to every subscriber. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Newest seq of every stream, by device. */
  seqs(): Record<string, number> {
    return Object.fromEntries([...this.#byDevice.values()].map(({ device, seq }) => [device, seq]));
  }

  seq(device: string): number {
    return this.#byDevice.get(device)?.seq ?? 0;
  }

  last(device: string): Buffer | undefined {
    return this.#byDevice.get(device)?.last;
  }

  /** Publishes the last value of every stream whose topic begins with one of the prefixes; a step for each stream. */
  *repeatLast(prefixes: readonly string[]): Iterable<void> {
    for (const stream of this.#byDevice.values()) {
      if (stream.last && prefixes.some((prefix) => stream.topic.startsWith(prefix)))
        this.#publish([stream.topicFrame, stream.last]);
      yield;
    }
  }

  #take(stream: Stream, body: Buffer, trust: Trust, onFault: (error: DunlinError) => void): void {
    const seq = seqOf(body, this.#prefix);
    const fault =
      seq === undefined
        ? "reading that does not begin with this epoch and a seq"
        : this.#fault(stream, seq, body, trust);
    if (seq === undefined || fault !== undefined) return onFault(invalid(fault ?? ""));
    this.#dropped += seq - stream.seq - 1;
    stream.seq = seq;
    stream.last = body;
    this.#publish([stream.topicFrame, body]);
    this.#append(stream.topicFrame, body);
  }

  #fault({ device, seq: newest }: Stream, seq: number, body: Buffer, trust: Trust): string | undefined {
    if (body.length > MAX_READING_BYTES)
      return `reading of ${body.length} bytes; at most ${MAX_READING_BYTES}`;
    if (seq <= newest || seq > newest + MAX_GAP)
      return `reading ${seq} of ${device} where ${newest + 1} was due`;
    return trust === "foreign" ? faultInReading(body) : undefined;
  }
}

function invalid(message: string): DunlinError {
  return new DunlinError("message-invalid", message);
}
