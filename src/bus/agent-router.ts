import { Router, type Context, type Socket, type SocketOptions } from "zeromq";
import { Outbox, receiveAll, type Frames } from "../base/index.ts";
import { bind } from "./bind.ts";
import { NO_HEARTBEATS } from "./options.ts";

/** ZMQ_BACKLOG: connections that wait to be accepted. After an outage a whole fleet comes at once; at libzmq's 100 most would try again later and later. */
const BACKLOG = 4_096;
/** Messages to agents that the socket has not taken yet. */
const OUTBOX_CAPACITY = 50_000;

/** Where agents come to a hub: a ROUTER whose peers are told apart by ids that they cannot choose. */
export class AgentRouter {
  readonly #socket: Router;
  readonly #outbox: Outbox;
  #refused = 0;

  /**
   * Mandatory: what cannot be delivered is counted. No handover: who comes with the id of another does not get its messages.
   * A peer that reads nothing is not waited for.
   */
  constructor(options: SocketOptions<Socket> & { readonly context: Context }) {
    this.#socket = new Router({
      ...options,
      ...NO_HEARTBEATS,
      mandatory: true,
      handover: false,
      sendTimeout: 0,
      backlog: BACKLOG,
    });
    this.#outbox = new Outbox(this.#socket, OUTBOX_CAPACITY);
  }

  /** Messages whose sender had chosen its own id: they are not read. */
  get refused(): number {
    return this.#refused;
  }

  /** Messages that no agent was there for, or that found its queue full. */
  get dropped(): number {
    return this.#outbox.dropped;
  }

  /** @throws DunlinError `address-in-use`, `address-invalid` */
  bind(endpoint: string): Promise<void> {
    return bind(this.#socket, endpoint);
  }

  /**
   * @param onMessage of a connection, which has one id for as long as it lasts; must not throw
   * @param room what has to resolve before more is read
   */
  receive(
    onMessage: (connection: string, frames: readonly Buffer[]) => void,
    room: () => Promise<void> | undefined,
  ): void {
    void receiveAll(this.#socket, ([id, ...frames]) => {
      // libzmq's own ids begin with a zero byte, which it lets no peer choose.
      if (id?.[0] === 0 && id.length === 5) onMessage(id.toString("latin1"), frames);
      else this.#refused++;
      return room();
    });
  }

  send(connection: string, frames: readonly Buffer[]): void {
    this.#outbox.send([Buffer.from(connection, "latin1"), ...frames] satisfies Frames);
  }

  close(): void {
    this.#socket.close();
  }
}
