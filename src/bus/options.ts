import type { SocketOptions, Socket } from "zeromq";
import { HEARTBEATS_MISSED, HEARTBEAT_MS, MAX_MESSAGE_BYTES } from "../message/index.ts";

/**
 * Options that every TCP socket of Dunlin has before it binds or connects. libzmq's defaults suit a rack, not a mobile
 * link: no limit on a message, no heartbeat, thirty seconds for a handshake, linger for ever.
 */
export const LINK_OPTIONS = {
  /** ZMQ_LINGER: what is not sent within this many ms of close is dropped; 0 would cut off a last `stopped`. */
  linger: 500,
  /** ZMQ_MAXMSGSIZE: a peer that sends more is disconnected before its message is held in memory. */
  maxMessageSize: MAX_MESSAGE_BYTES,
  /** ZMQ_HEARTBEAT_*: find a dead TCP connection in 3 s. The application's own heartbeats find a peer that hangs. */
  heartbeatInterval: HEARTBEAT_MS,
  heartbeatTimeout: HEARTBEAT_MS * HEARTBEATS_MISSED,
  heartbeatTimeToLive: HEARTBEAT_MS * HEARTBEATS_MISSED,
  /** ZMQ_TCP_MAXRT: what was sent and is not acknowledged for this long ends the connection, ms; Linux alone takes a quarter of an hour. */
  tcpMaxRetransmitTimeout: 10_000,
  /** ZMQ_HANDSHAKE_IVL: half-open connections go after 5 s. */
  handshakeInterval: 5_000,
} as const;

/**
 * Of the link between agent and hub, at both ends: there each says something every second, which finds a dead connection as well as
 * a peer that hangs. ZMTP's own heartbeats would double the packets of a fleet.
 */
export const NO_HEARTBEATS = { heartbeatInterval: 0 } as const;

/** Further options of sockets that connect. Without a maximum ZMQ_RECONNECT_IVL does not back off. */
export const CONNECT_OPTIONS = {
  reconnectInterval: 1_000,
  reconnectMaxInterval: 32_000,
  connectTimeout: 5_000,
} as const;

/** How long a connection that is no good may take to show it, ms: connecting and shaking hands on a slow mobile link. */
export const CONNECT_PATIENCE_MS = 10_000;

/** ZMQ_SNDHWM of the telemetry socket: messages held for one slow subscriber before newer ones are dropped for it. */
export const PUBLISH_HIGH_WATER_MARK = 10_000;

/**
 * ZMQ_MAXMSGSIZE of the telemetry socket, which receives subscriptions only. No topic is longer than 140 bytes, libzmq
 * keeps a prefix as a tree with a node a byte, and CURVE's handshake fits as well.
 */
export const MAX_SUBSCRIPTION_BYTES = 1_024;

/** ZMQ_RCVHWM of the command socket: a flood waits at the senders. */
export const COMMAND_HIGH_WATER_MARK = 1_000;

export type LinkOptions = SocketOptions<Socket>;

/** Who a client is, and whom it expects: Z85 keys. */
export interface ClientKeys {
  /** The agent's public key: nobody else can answer in its place. */
  readonly serverKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Options of a socket that connects to this endpoint. */
export function connectOptions(endpoint: string, keys: ClientKeys | undefined): SocketOptions<Socket> {
  return {
    ...LINK_OPTIONS,
    ...CONNECT_OPTIONS,
    ...addressOptions(endpoint),
    ...(keys && curveOptions(keys)),
  };
}

/** libzmq knows IPv6 only when it is told to. */
export function addressOptions(endpoint: string): { readonly ipv6?: true } {
  return endpoint.includes("[") ? { ipv6: true } : {};
}

function curveOptions({ serverKey, publicKey, secretKey }: ClientKeys): SocketOptions<Socket> {
  return { curveServerKey: serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
}
