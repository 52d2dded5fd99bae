import { randomBytes } from "node:crypto";
import { asDunlinError, DunlinError, monotonicMs } from "../base/index.ts";
import { isSameProof, linkProof } from "../keys/index.ts";
import {
  decodeFromAgent,
  encodeFromHub,
  isName,
  PROTOCOL_VERSION,
  PUBLISH,
  READINGS,
  UPLINK_HEARTBEAT_MS,
  unpackReadings,
  UPLINK_SILENCE_MS,
  type FromAgent,
  type UplinkMessage,
} from "../message/index.ts";
import { AgentLink } from "./agent-link.ts";

/** Who agents are known by. */
export interface ReceptionKeys {
  /** The hub's own, Z85. */
  readonly secretKey: string;
  /** The public key of the agent of this name, Z85. */
  keyOf(agent: string): string | undefined;
}

/** What agents do; none of these may throw. */
export interface ReceptionHandlers {
  /** An agent has come, and has proved who it is. */
  onUp(link: AgentLink): void;
  onDown(link: AgentLink, why: string): void;
  onReadings(link: AgentLink, pairs: readonly Buffer[]): void;
  onPublish(link: AgentLink, pairs: readonly Buffer[]): void;
  onFault(error: DunlinError): void;
}

export interface ReceptionOptions {
  readonly hub: string;
  /** Absent at a hub without keys: agents are who they say they are. */
  readonly keys?: ReceptionKeys;
  send(connection: string, frames: readonly Buffer[]): void;
  /** Bytes of bodies that a newcomer may have on the way, by how many agents there are. */
  creditOf(agents: number): number;
}

/** Connections that have said hello and not proved anything. */
const MAX_GREETED = 20_000;
const GREETED_LIMIT_MS = 10_000;

interface Greeted {
  readonly hello: FromAgent["hello"];
  readonly nonce: Buffer;
  readonly atMs: number;
}

/**
 * Lets agents in at the hub and tells their connections apart: who a connection is of is proved once, and holds for it.
 *
 *   hello ──► challenge ──► proof ──► welcome ──► readings, publish, heartbeat, answer
 *     └─ another's name, a wrong proof, another version: refused
 */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #handlers: ReceptionHandlers;
  readonly #greeted = new Map<string, Greeted>();
  readonly #byConnection = new Map<string, AgentLink>();
  readonly #byAgent = new Map<string, AgentLink>();
  readonly #beat: NodeJS.Timeout;
  #lookedMs = monotonicMs();

  constructor(options: ReceptionOptions, handlers: ReceptionHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#beat = setInterval(() => this.#look(), UPLINK_HEARTBEAT_MS);
  }

  get size(): number {
    return this.#byAgent.size;
  }

  linkOf(agent: string): AgentLink | undefined {
    return this.#byAgent.get(agent);
  }

  links(): IterableIterator<AgentLink> {
    return this.#byAgent.values();
  }

  /** A message of a connection, of which nothing is trusted. */
  receive(connection: string, frames: readonly Buffer[]): void {
    const link = this.#byConnection.get(connection);
    try {
      if (link) this.#hear(link, frames);
      else this.#meet(connection, frames);
    } catch (cause) {
      const error = asDunlinError(cause);
      this.#handlers.onFault(
        link ? new DunlinError(error.code, `agent ${link.agent}: ${error.message}`, { cause }) : error,
      );
    }
  }

  /** Its key is no longer let in. */
  expel(agent: string, why: string): void {
    const link = this.#byAgent.get(agent);
    if (!link) return;
    this.#refuse(link.connection, new DunlinError("key-invalid", why));
    this.#drop(link, why);
  }

  close(): void {
    clearInterval(this.#beat);
    for (const link of this.#byAgent.values()) link.close();
  }

  #hear(link: AgentLink, frames: readonly Buffer[]): void {
    link.heardMs = monotonicMs();
    const verb = frames[0]?.toString("latin1") ?? "";
    if (verb === READINGS)
      return this.#handlers.onReadings(link, unpackReadings(frames[1] ?? Buffer.alloc(0)));
    if (verb === PUBLISH) return this.#handlers.onPublish(link, frames.slice(1));
    const message = decodeFromAgent(verb, frames[1]);
    if (message.verb === "heartbeat") link.withheld = message.withheld;
    else if (message.verb === "answer") link.answered(message.number, Buffer.from(message.body));
    // A connection is one agent's, once and for all.
    else throw new DunlinError("message-invalid", `hub link: ${message.verb} after the welcome`);
  }

  #meet(connection: string, frames: readonly Buffer[]): void {
    const verb = frames[0]?.toString("latin1") ?? "";
    // What an agent that this hub has forgotten, or has just started after, goes on to send.
    if (verb === READINGS || verb === PUBLISH || verb === "heartbeat")
      return this.#refuse(connection, new DunlinError("not-found", "say hello first"));
    const message = decodeFromAgent(verb, frames[1]);
    try {
      this.#admit(connection, message);
    } catch (cause) {
      this.#refuse(connection, asDunlinError(cause));
      throw cause;
    }
  }

  #admit(connection: string, message: UplinkMessage<FromAgent>): void {
    if (message.verb === "hello") return this.#greet(connection, message);
    const greeted = this.#greeted.get(connection);
    this.#greeted.delete(connection);
    if (message.verb !== "proof" || !greeted)
      throw new DunlinError("message-invalid", `hub link: ${message.verb} before a hello`);
    const { keys } = this.#options;
    const { hello, nonce } = greeted;
    const key = keys?.keyOf(hello.agent);
    if (!keys || key === undefined) throw stranger(hello.agent);
    if (!isSameProof(message.mac, linkProof(keys.secretKey, key, nonce, hello.agent)))
      throw new DunlinError("key-invalid", `agent ${hello.agent}: it has not the key of this name`);
    this.#welcome(connection, hello);
  }

  #greet(connection: string, hello: FromAgent["hello"]): void {
    const { agent, protocol } = hello;
    if (!isName(agent)) throw new DunlinError("message-invalid", "hub link: hello without a name");
    // Its topics would be the hub's own.
    if (agent === this.#options.hub)
      throw new DunlinError("message-invalid", `agent ${agent} has the hub's name: give it another`);
    if (protocol !== PROTOCOL_VERSION)
      throw new DunlinError(
        "version-unsupported",
        `agent ${agent} speaks version ${protocol} of the protocol, this hub ${PROTOCOL_VERSION}`,
      );
    const { keys } = this.#options;
    if (!keys) return this.#welcome(connection, hello);
    if (keys.keyOf(agent) === undefined) throw stranger(agent);
    if (this.#greeted.size >= MAX_GREETED)
      throw new DunlinError("overloaded", "too many agents come at once: try again");
    const nonce = randomBytes(32);
    this.#greeted.set(connection, { hello, nonce, atMs: monotonicMs() });
    this.#options.send(connection, encodeFromHub("challenge", { nonce }));
  }

  /** A second connection of an agent takes the place of the first: the agent has given that up, known here or not. */
  #welcome(connection: string, hello: FromAgent["hello"]): void {
    const before = this.#byAgent.get(hello.agent);
    if (before) this.#drop(before, "it has come again");
    const send = (frames: readonly Buffer[]): void => this.#options.send(connection, frames);
    const credit = this.#options.creditOf(this.#byAgent.size + 1);
    const link = new AgentLink(hello, connection, monotonicMs(), credit, send);
    this.#byConnection.set(connection, link);
    this.#byAgent.set(link.agent, link);
    link.welcome(this.#options.hub);
    this.#handlers.onUp(link);
  }

  #refuse(connection: string, { code, message }: DunlinError): void {
    this.#options.send(connection, encodeFromHub("refused", { code, message: message.slice(0, 500) }));
  }

  #drop(link: AgentLink, why: string): void {
    this.#byConnection.delete(link.connection);
    this.#byAgent.delete(link.agent);
    link.close();
    this.#handlers.onDown(link, why);
  }

  #look(): void {
    const nowMs = monotonicMs();
    // A look that is late finds messages that nobody has read, and not silent agents.
    const lateMs = Math.max(0, nowMs - this.#lookedMs - UPLINK_HEARTBEAT_MS);
    this.#lookedMs = nowMs;
    for (const link of this.#byAgent.values()) link.heardMs += lateMs;
    for (const [connection, { atMs }] of this.#greeted)
      if (nowMs - atMs > GREETED_LIMIT_MS) this.#greeted.delete(connection);
    for (const link of this.#byAgent.values()) {
      if (nowMs - link.heardMs > UPLINK_SILENCE_MS) this.#drop(link, "nothing was heard of it for 3 s");
      else link.beat();
    }
  }
}

function stranger(agent: string): DunlinError {
  return new DunlinError("key-missing", `agent ${agent} is not one of this hub's: it has no key for it`);
}
