/** Layer 2: ZeroMQ between hosts. The three sockets that an agent offers, and the three with which a client meets them. */
export * from "./endpoints.ts";
export { Pusher } from "./pusher.ts";
export * from "./requester.ts";
export { Server, type Connections, type ServerHandlers } from "./serve.ts";
export { Subscription, type LinkState, type SubscriptionHandlers } from "./subscriber.ts";
