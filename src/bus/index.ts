/** Layer 2: ZeroMQ between hosts. The three sockets that an agent offers, and the three with which a client meets them. */
export * from "./endpoints.ts";
export type { ClientKeys } from "./options.ts";
export type { Domain, ServerSecurity } from "./door.ts";
export { canCut } from "./key-holders.ts";
export { Pusher } from "./pusher.ts";
export * from "./requester.ts";
export { Server, type Connections, type ServerHandlers } from "./serve.ts";
export { Subscription, type LinkState, type SubscriptionHandlers } from "./subscriber.ts";
