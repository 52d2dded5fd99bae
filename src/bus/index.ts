/** Layer 2: ZeroMQ between hosts. The sockets that an agent or hub offers, and those with which clients and agents meet them. */
export type { AgentRouter } from "./agent-router.ts";
export { Dialer, type DialerHandlers } from "./dialer.ts";
export * from "./endpoints.ts";
export type { ClientKeys } from "./options.ts";
export type { Domain, ServerSecurity } from "./door.ts";
export { canCut } from "./key-holders.ts";
export { Pusher } from "./pusher.ts";
export * from "./requester.ts";
export { Server, type Connections, type ServerHandlers } from "./serve.ts";
export { Subscription, type LinkState, type SubscriptionHandlers } from "./subscriber.ts";
