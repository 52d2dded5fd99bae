import { Push } from "zeromq";
import { Connection } from "./connection.ts";
import { COMMAND_HIGH_WATER_MARK, connectOptions, type ClientKeys } from "./options.ts";

/** Commands to an agent. A PUSH is fire-and-forget: who wants to know follows the command's topic. */
export class Pusher {
  readonly #connection: Connection<Push>;

  private constructor(endpoint: string, keys: ClientKeys | undefined) {
    this.#connection = new Connection(endpoint, () => open(endpoint, keys));
  }

  /** @param keys not given for an agent without keys */
  static open(endpoint: string, keys?: ClientKeys): Pusher {
    return new Pusher(endpoint, keys);
  }

  push(body: Buffer): void {
    this.#connection.send(body);
  }

  /** Whether the newest attempt to connect ended in the handshake. */
  get refused(): boolean {
    return this.#connection.refused;
  }

  /** Another socket, since nothing that was pushed has had an effect; at most one in 3 s. Push again what matters. */
  renew(): void {
    this.#connection.renew();
  }

  close(): void {
    this.#connection.close();
  }
}

function open(endpoint: string, keys: ClientKeys | undefined): Push {
  return new Push({
    ...connectOptions(endpoint, keys),
    // Without `immediate` messages queue for a peer that was never there.
    immediate: true,
    sendHighWaterMark: COMMAND_HIGH_WATER_MARK,
  });
}
