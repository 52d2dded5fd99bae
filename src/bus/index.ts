/** Layer 2: ZeroMQ between hosts. The three sockets that an agent offers, and the three with which a client meets them. */
export * from "./endpoints.ts";
export * from "./requester.ts";
export { Server, type ServerHandlers } from "./serve.ts";
export { Subscription } from "./subscriber.ts";
