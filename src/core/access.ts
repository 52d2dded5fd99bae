import { RateLimit, type DunlinError, type Log } from "../base/index.ts";
import { canCut, type Domain, type ServerSecurity } from "../bus/index.ts";
import {
  AuthorizedKeys,
  decodeKey,
  fingerprintOf,
  HUB_ROLES,
  ROLES,
  type AuthorizedKey,
  type AuthorizedKeysHandlers,
  type Role,
} from "../keys/index.ts";
import type { GatePlan } from "./command-gate.ts";

export interface SecurityPlan extends GatePlan {
  /** Has the folders of the keys that are let in. */
  readonly keysDirectory: string;
  /** The agent's or hub's own CURVE key, Z85; absent: the sockets take whoever reaches them, as loopback ones may. */
  readonly secretKey?: string;
}

export interface AccessHandlers {
  /** The owner of this key may no longer be connected there. */
  onRevoked(domain: Domain, publicKey: Buffer): void;
  onFault(error: DunlinError): void;
}

/** The same stranger is logged at most this often, ms; it tries again every second. */
const REFUSAL_LOG_MS = 60_000;

/** Who is let in, as the folders of keys say, now and while the agent runs. */
export class Access {
  readonly #keys: AuthorizedKeys;
  readonly #log: Log;
  readonly #plan: SecurityPlan;
  readonly #limit = new RateLimit(REFUSAL_LOG_MS);
  readonly #roles: readonly Role[];
  #refused = 0;

  /** @param kind a hub lets in agents too */
  constructor(plan: SecurityPlan, log: Log, handlers: AccessHandlers, kind: "agent" | "hub" = "agent") {
    this.#plan = plan;
    this.#log = log;
    this.#roles = kind === "hub" ? HUB_ROLES : ROLES;
    const told: AuthorizedKeysHandlers = {
      onAuthorized: (keys) => {
        for (const { name, role } of keys) log.info(`the key of ${name} is let in`, { role });
      },
      onRevoked: (keys) => this.#revoked(keys, handlers),
      onFault: (error) => handlers.onFault(error),
    };
    this.#keys = new AuthorizedKeys(plan.keysDirectory, told, this.#roles);
    if (plan.secretKey !== undefined && !canCut)
      log.warn(
        "this Node cannot end the connection of a key that is revoked: it lasts until it ends by itself",
      );
  }

  /** Handshakes that ended with no. */
  get refused(): number {
    return this.#refused;
  }

  /** How the sockets are protected; undefined if they are not. */
  get server(): ServerSecurity | undefined {
    const { secretKey } = this.#plan;
    if (secretKey === undefined) return undefined;
    return { secretKey, admit: (domain, publicKey, address) => this.#admit(domain, publicKey, address) };
  }

  /** Whose signatures have this id. */
  signer(keyId: Buffer): AuthorizedKey | undefined {
    return this.#keys.signer(keyId);
  }

  /** The public key that this name has in a role, Z85. */
  keyOf(role: Role, name: string): string | undefined {
    return this.#keys.of(role).find((key) => key.name === name)?.publicKey;
  }

  status(): Record<string, unknown> {
    const names = (role: Role): string[] => this.#keys.of(role).map(({ name }) => name);
    return {
      encrypted: this.#plan.secretKey !== undefined,
      refused: this.#refused,
      authorized: Object.fromEntries(this.#roles.map((role) => [role, names(role)])),
    };
  }

  close(): void {
    this.#keys.close();
  }

  #admit(domain: Domain, publicKey: Buffer, address: string): boolean {
    const key = this.#keys.find(domain, publicKey);
    if (key) {
      this.#log.debug(`${key.name} connects`, { role: domain, address });
      return true;
    }
    this.#refused++;
    const print = fingerprintOf(publicKey);
    if (this.#limit.admit(`${domain} ${print}`) !== undefined)
      this.#log.warn(`a key that is not authorized to ${domain} was refused`, { key: print, address });
    return false;
  }

  #revoked(keys: readonly AuthorizedKey[], handlers: AccessHandlers): void {
    for (const { name, role, publicKey } of keys) {
      this.#log.info(`the key of ${name} is revoked`, { role });
      if (role !== "sign") handlers.onRevoked(role, decodeKey(publicKey));
    }
  }
}
