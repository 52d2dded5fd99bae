import { Context, type Socket, type SocketOptions } from "zeromq";
import { agentsEndpoint, type Endpoints } from "./endpoints.ts";
import { KeyHolders } from "./key-holders.ts";
import { ZapHandler, type ZapRequest } from "./zap.ts";

/**
 * What a key lets its owner do here: `read` telemetry and ask queries, push a `command`, or, at a hub, come as an `agent`. It is
 * the sockets' ZAP domain.
 */
export type Domain = "read" | "command" | "agent";

/** Without it whoever reaches the sockets is let in. */
export interface ServerSecurity {
  /** CURVE's, Z85. */
  readonly secretKey: string;
  /**
   * Whether the owner of this key may connect. Must not throw.
   * @param publicKey 32 bytes
   * @param address the peer's IP address
   */
  admit(domain: Domain, publicKey: Buffer, address: string): boolean;
}

/** The sockets of a server that have a door of their own. */
export type DoorSocket = keyof Endpoints | "agents" | "enrolment";

const DOMAINS: Readonly<Record<Exclude<DoorSocket, "enrolment">, Domain>> = {
  telemetry: "read",
  commands: "command",
  queries: "read",
  agents: "agent",
};
/** The invited have no keys yet that anybody knows: what they send is what counts. */
const ENROL = "enrol";

/** On this host, in a folder: the file system says who comes in, and no key is asked for. */
const LOCAL = "local";
/**
 * Of a socket that has been bound with keys, for what it is bound to next. libzmq takes a copy of a socket's options with each bind, so
 * what was bound before stays as it is.
 */
export const WITHOUT_KEYS = { curveServer: false, zapDomain: LOCAL } as const;

/** A server's door: its context, whose ZAP handler asks who may come in, and what its sockets need for that. */
export class Door {
  /** One of its own: a context has one ZAP handler, and other agents of this process have theirs. */
  readonly context = new Context();
  readonly #security: ServerSecurity;
  readonly #holders: KeyHolders;
  #zap: ZapHandler | undefined;
  /** Whether the invited may come. */
  enrols = false;

  private constructor(security: ServerSecurity, endpoints: Endpoints) {
    this.#security = security;
    const all = { ...endpoints, agents: agentsEndpoint(endpoints) };
    const sockets = Object.entries(DOMAINS) as [keyof typeof all, Domain][];
    this.#holders = new KeyHolders(new Map(sockets.map(([name, domain]) => [portOf(all[name]), domain])));
  }

  /** To be opened before any socket is bound. */
  static async open(security: ServerSecurity, endpoints: Endpoints): Promise<Door> {
    const door = new Door(security, endpoints);
    door.#zap = await ZapHandler.open(door.context, (request) => door.#admit(request));
    return door;
  }

  /** Enforced: a socket whose handler fails to answer lets nobody in, instead of everybody. */
  optionsOf(socket: DoorSocket): SocketOptions<Socket> {
    const zapDomain = socket === "enrolment" ? ENROL : DOMAINS[socket];
    return { curveServer: true, curveSecretKey: this.#security.secretKey, zapDomain, zapEnforceDomain: true };
  }

  /** Ends the connections of a key that is no longer let in. */
  cut(domain: Domain, publicKey: Buffer): void {
    this.#holders.cut(domain, publicKey.toString("latin1"));
  }

  close(): void {
    this.#zap?.close();
  }

  #admit({ domain, publicKey, address }: ZapRequest): boolean {
    if (domain === LOCAL) return publicKey === undefined;
    if (publicKey === undefined) return false;
    if (domain === ENROL) return this.enrols;
    if (!isDomain(domain) || !this.#security.admit(domain, publicKey, address)) return false;
    this.#holders.note({ domain, address, key: publicKey.toString("latin1") });
    return true;
  }
}

function isDomain(text: string): text is Domain {
  return Object.values<string>(DOMAINS).includes(text);
}

function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}
