import { Pull, Router, XPublisher, type Socket } from "zeromq";
import { DunlinError, messageOf, Outbox, receiveAll, systemCodeOf, type Frames } from "../base/index.ts";
import type { Endpoints } from "./endpoints.ts";
import {
  COMMAND_HIGH_WATER_MARK,
  LINK_OPTIONS,
  MAX_SUBSCRIPTION_BYTES,
  PUBLISH_HIGH_WATER_MARK,
} from "./options.ts";
import { watchEvents } from "./socket-events.ts";

/** What comes in on the three sockets. None of these may throw or wait. */
export interface ServerHandlers {
  /** Someone has subscribed to this prefix; every new subscription of each client, also to a prefix known already. */
  onSubscribe(prefix: string): void;
  onCommand(body: Buffer): void;
  /** @returns the reply; every request gets one. It never rejects */
  onQuery(body: Buffer): Buffer | Promise<Buffer>;
}

/** TCP connections that live now, by socket. One whose peer is silent for three of ZMTP's heartbeats lives no more. */
export type Connections = Readonly<Record<keyof Endpoints, number>>;

/** Messages kept for a socket of ours that cannot take them at once; libzmq's own queues come after. */
const OUTBOX_CAPACITY = 10_000;

/** The three sockets that an agent, and later a hub, offers: XPUB telemetry, PULL commands, ROUTER queries. */
export class Server {
  readonly endpoints: Endpoints;
  readonly #telemetry = new XPublisher({
    ...LINK_OPTIONS,
    maxMessageSize: MAX_SUBSCRIPTION_BYTES,
    sendHighWaterMark: PUBLISH_HIGH_WATER_MARK,
    verbosity: "allSubs",
    // XPUB never waits: it drops for the one subscriber that is slow. Saying so saves a system call a message.
    sendTimeout: 0,
  });
  readonly #commands = new Pull({ ...LINK_OPTIONS, receiveHighWaterMark: COMMAND_HIGH_WATER_MARK });
  readonly #queries = new Router({ ...LINK_OPTIONS, mandatory: true, handover: true });
  readonly #published = new Outbox(this.#telemetry, OUTBOX_CAPACITY);
  readonly #replies = new Outbox(this.#queries, OUTBOX_CAPACITY);

  readonly #connections = { telemetry: 0, commands: 0, queries: 0 };

  private constructor(endpoints: Endpoints) {
    this.endpoints = endpoints;
    this.#count("telemetry", this.#telemetry);
    this.#count("commands", this.#commands);
    this.#count("queries", this.#queries);
  }

  /** @throws DunlinError `address-in-use`, `address-invalid` */
  static async open(endpoints: Endpoints, handlers: ServerHandlers): Promise<Server> {
    const server = new Server(endpoints);
    try {
      await bind(server.#telemetry, endpoints.telemetry);
      await bind(server.#commands, endpoints.commands);
      await bind(server.#queries, endpoints.queries);
    } catch (cause) {
      server.close();
      throw cause;
    }
    void receiveAll(server.#telemetry, ([event]) => {
      if (event !== undefined && event[0] === 1) handlers.onSubscribe(event.toString("latin1", 1));
    });
    void receiveAll(server.#commands, (frames) => handlers.onCommand(frames.at(-1) ?? Buffer.alloc(0)));
    void receiveAll(server.#queries, (frames) => server.#reply(frames, handlers));
    return server;
  }

  /** Messages that a full queue of ours has cost subscribers; those that libzmq drops for one slow subscriber show in its gap report. */
  get dropped(): number {
    return this.#published.dropped;
  }

  get connections(): Connections {
    return { ...this.#connections };
  }

  publish(frames: Frames): void {
    this.#published.send(frames);
  }

  close(): void {
    this.#telemetry.close();
    this.#commands.close();
    this.#queries.close();
  }

  /** libzmq tells of every end of what it accepted, handshake or not; a port scan counts until its handshake times out. */
  #count(name: keyof Endpoints, socket: Socket): void {
    void watchEvents(socket, (type) => {
      if (type === "accept") this.#connections[name]++;
      if (type === "disconnect") this.#connections[name]--;
    });
  }

  /** A REQ peer's message is [id, "", body]; a DEALER may put frames of its own before the empty one and gets them back. */
  #reply(frames: Buffer[], handlers: ServerHandlers): void {
    const delimiter = frames.findIndex((frame, at) => at > 0 && frame.length === 0);
    const envelope = delimiter < 0 ? frames.slice(0, 1) : frames.slice(0, delimiter + 1);
    const reply = handlers.onQuery(frames.at(-1) ?? Buffer.alloc(0));
    if (reply instanceof Promise) void reply.then((body) => this.#replies.send([...envelope, body]));
    else this.#replies.send([...envelope, reply]);
  }
}

async function bind(socket: { bind(address: string): Promise<void> }, endpoint: string): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "EADDRINUSE")
      throw new DunlinError(
        "address-in-use",
        `${endpoint} is in use: another agent or program listens there; set listen.port to another base port`,
        { cause, context: { endpoint } },
      );
    throw new DunlinError("address-invalid", `cannot listen on ${endpoint}: ${messageOf(cause)}`, { cause });
  }
}
