import { chmodSync } from "node:fs";
import { join } from "node:path";
import {
  context as globalContext,
  Pull,
  XPublisher,
  type Context,
  type Socket,
  type SocketOptions,
} from "zeromq";
import { Outbox, receiveAll, withoutWarnings, type Frames } from "../base/index.ts";
import { AgentRouter } from "./agent-router.ts";
import { bind } from "./bind.ts";
import { Door, WITHOUT_KEYS, type Domain, type DoorSocket, type ServerSecurity } from "./door.ts";
import { agentsEndpoint, enrolmentEndpoint, localEndpointsOf, type Endpoints } from "./endpoints.ts";
import {
  addressOptions,
  COMMAND_HIGH_WATER_MARK,
  LINK_OPTIONS,
  MAX_SUBSCRIPTION_BYTES,
  PUBLISH_HIGH_WATER_MARK,
} from "./options.ts";
import { Replier, type OnRequest } from "./replier.ts";
import { watchEvents } from "./socket-events.ts";

/** What comes in on the three sockets. None of these may throw or wait. */
export interface ServerHandlers {
  /** Someone has subscribed to this prefix; every new subscription of each client, also to a prefix known already. */
  onSubscribe(prefix: string): void;
  onCommand(body: Buffer): void;
  onQuery: OnRequest;
}

export interface ServerOptions {
  /** Not given: whoever reaches the sockets is let in. */
  readonly security?: ServerSecurity | undefined;
  /** Where the sockets are bound too, without keys: who may go into it, the file system says. Nobody else may write there. */
  readonly folder?: string;
}

/** Connections that live now, by socket. One whose peer is silent for three of ZMTP's heartbeats lives no more. */
export type Connections = Readonly<Record<keyof Endpoints, number>>;

/** Messages kept for a socket of ours that cannot take them at once; libzmq's own queues come after. */
const OUTBOX_CAPACITY = 10_000;
/** Mode of a socket in a folder: the folder's own says whether its group comes that far. */
const FOR_GROUP = 0o660;

/** The three sockets that an agent, and later a hub, offers: XPUB telemetry, PULL commands, ROUTER queries. */
export class Server {
  readonly endpoints: Endpoints;
  readonly #door: Door | undefined;
  readonly #telemetry: XPublisher;
  readonly #commands: Pull;
  readonly #queries: Replier;
  readonly #published: Outbox;
  readonly #connections = { telemetry: 0, commands: 0, queries: 0 };
  #enrolment: Replier | undefined;
  #agents: AgentRouter | undefined;

  private constructor(endpoints: Endpoints, door: Door | undefined) {
    this.endpoints = endpoints;
    this.#door = door;
    this.#telemetry = new XPublisher({
      ...this.#optionsOf("telemetry"),
      maxMessageSize: MAX_SUBSCRIPTION_BYTES,
      sendHighWaterMark: PUBLISH_HIGH_WATER_MARK,
      verbosity: "allSubs",
      // XPUB never waits: it drops for the one subscriber that is slow. Saying so saves a system call a message.
      sendTimeout: 0,
    });
    this.#commands = new Pull({
      ...this.#optionsOf("commands"),
      receiveHighWaterMark: COMMAND_HIGH_WATER_MARK,
    });
    this.#queries = new Replier(this.#optionsOf("queries"));
    this.#published = new Outbox(this.#telemetry, OUTBOX_CAPACITY);
    this.#count("telemetry", this.#telemetry);
    this.#count("commands", this.#commands);
    this.#count("queries", this.#queries.socket);
  }

  /** @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable` */
  static async open(
    endpoints: Endpoints,
    handlers: ServerHandlers,
    { security, folder }: ServerOptions = {},
  ): Promise<Server> {
    const server = new Server(endpoints, security && (await Door.open(security, endpoints)));
    try {
      // All of it before anything is received: a socket that is being bound gives nothing.
      await server.#bind();
      if (folder !== undefined) await server.#bindLocally(folder);
    } catch (cause) {
      server.close();
      throw cause;
    }
    void receiveAll(server.#telemetry, ([event]) => {
      if (event !== undefined && event[0] === 1) handlers.onSubscribe(event.toString("latin1", 1));
    });
    void receiveAll(server.#commands, (frames) => handlers.onCommand(frames.at(-1) ?? Buffer.alloc(0)));
    server.#queries.answer((body) => handlers.onQuery(body));
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

  /** Ends the connections of a key that is no longer let in. */
  cut(domain: Domain, publicKey: Buffer): void {
    this.#door?.cut(domain, publicKey);
  }

  /**
   * Opens a fourth socket, for those who are invited and whose keys nobody knows; only a server with keys has one.
   * @throws DunlinError `address-in-use`
   */
  async openEnrolment(onRequest: OnRequest): Promise<void> {
    if (!this.#door || this.#enrolment) return;
    const enrolment = new Replier(this.#optionsOf("enrolment"));
    this.#enrolment = enrolment;
    this.#door.enrols = true;
    try {
      await enrolment.bind(enrolmentEndpoint(this.endpoints));
    } catch (cause) {
      this.closeEnrolment();
      throw cause;
    }
    enrolment.answer(onRequest);
  }

  closeEnrolment(): void {
    if (this.#door) this.#door.enrols = false;
    this.#enrolment?.close();
    this.#enrolment = undefined;
  }

  /**
   * Opens a socket for agents: that makes a hub of it. Only keys of the role `agent` come in, if the server has keys.
   * @throws DunlinError `address-in-use`
   */
  async openAgents(onMessage: (connection: string, frames: readonly Buffer[]) => void): Promise<AgentRouter> {
    const agents = new AgentRouter(this.#optionsOf("agents"));
    this.#agents = agents;
    await agents.bind(agentsEndpoint(this.endpoints));
    // What agents send is published: it is read as fast as that goes, so that no subscriber loses by it.
    agents.receive(onMessage, () => this.#published.room());
    return agents;
  }

  close(): void {
    this.closeEnrolment();
    this.#agents?.close();
    this.#door?.close();
    this.#telemetry.close();
    this.#commands.close();
    this.#queries.close();
  }

  async #bind(): Promise<void> {
    await bind(this.#telemetry, this.endpoints.telemetry);
    await bind(this.#commands, this.endpoints.commands);
    await this.#queries.bind(this.endpoints.queries);
  }

  async #bindLocally(folder: string): Promise<void> {
    const local = localEndpointsOf(folder);
    const sockets = { telemetry: this.#telemetry, commands: this.#commands, queries: this.#queries.socket };
    for (const name of ["telemetry", "commands", "queries"] as const) {
      // That it holds for the next bind only is what is wanted.
      if (this.#door) withoutWarnings(() => Object.assign(sockets[name], WITHOUT_KEYS));
      await bind(sockets[name], local[name]);
      chmodSync(join(folder, name), FOR_GROUP);
    }
  }

  #optionsOf(socket: DoorSocket): SocketOptions<Socket> & { readonly context: Context } {
    return {
      ...LINK_OPTIONS,
      ...addressOptions(this.endpoints.telemetry),
      ...this.#door?.optionsOf(socket),
      context: this.#door?.context ?? globalContext,
    };
  }

  /** libzmq tells of every end of what it accepted, handshake or not; a port scan counts until its handshake times out. */
  #count(name: keyof Endpoints, socket: Socket): void {
    void watchEvents(socket, (type) => {
      if (type === "accept") this.#connections[name]++;
      if (type === "disconnect") this.#connections[name]--;
    });
  }
}
