/**
 * Layer 4, and the npm library's face: `import { connect } from "dunlin"`.
 *
 * @example
 * const dunlin = connect("tcp://127.0.0.1:5555");
 * for await (const message of dunlin.subscribe("plant7/gps")) console.log(message);
 *
 * @example Every reading once, also across restarts: keep the cursors with the data.
 * const stream = dunlin.subscribeDurable("plant7", { from: await database.loadCursors() });
 * for await (const batch of stream.batches()) await database.store(batch, stream.cursors());
 */
import { parseAddress } from "../bus/index.ts";
import { Client, type ClientOptions } from "./client.ts";

/**
 * A client of the agent at this address. Nothing is sent yet and nothing can fail but the address: connections are made
 * when they are needed and made again when they break.
 * @param address `tcp://host:port`, `host:port` or `host`; or `ipc://` and the agent's runtime directory, for its own user and root on
 * the same host, whom it asks for no key. Default `tcp://127.0.0.1:5555`
 * @param options who asks, for an agent that wants to know
 * @throws DunlinError `address-invalid`
 */
export function connect(address = "tcp://127.0.0.1", options: ClientOptions = {}): Client {
  return new Client(parseAddress(address), options);
}

export type { ClientKeys, LinkState } from "../bus/index.ts";
export { DunlinError, type ErrorCode } from "../base/index.ts";
export type * from "../message/index.ts";
export { Client, type ClientOptions, type QueryOptions } from "./client.ts";
export { DurableStream, type DurableOptions } from "./durable-stream.ts";
export type { DurableStart } from "./durable-tracks.ts";
export { enrol, type Enrolled, type Newcomer } from "./enrol.ts";
export type { PushOptions } from "./follow-command.ts";
export type { ManyOutcome, PushManyOptions } from "./many.ts";
export { cursorAfter, type LostMessage, type StreamMessage, type TelemetryMessage } from "./lost-message.ts";
export { MessageStream, type SubscribeOptions } from "./message-stream.ts";
export type { Message } from "./messages.ts";
