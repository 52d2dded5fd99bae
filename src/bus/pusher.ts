import { Push } from "zeromq";
import { Connection } from "./connection.ts";
import { COMMAND_HIGH_WATER_MARK, CONNECT_OPTIONS, LINK_OPTIONS } from "./options.ts";

/** Commands to an agent. A PUSH is fire-and-forget: who wants to know follows the command's topic. */
export class Pusher {
  readonly #connection: Connection<Push>;

  private constructor(endpoint: string) {
    this.#connection = new Connection(() => connecting(endpoint));
  }

  static open(endpoint: string): Pusher {
    return new Pusher(endpoint);
  }

  push(body: Buffer): void {
    this.#connection.send(body);
  }

  /** Another socket, since nothing that was pushed has had an effect; at most one in 3 s. Push again what matters. */
  renew(): void {
    this.#connection.renew();
  }

  close(): void {
    this.#connection.close();
  }
}

function connecting(endpoint: string): Push {
  const socket = new Push({
    ...LINK_OPTIONS,
    ...CONNECT_OPTIONS,
    // Without `immediate` messages queue for a peer that was never there.
    immediate: true,
    sendHighWaterMark: COMMAND_HIGH_WATER_MARK,
  });
  socket.connect(endpoint);
  return socket;
}
