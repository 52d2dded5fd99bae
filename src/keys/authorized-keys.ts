import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { asDunlinError, systemCodeOf, type DunlinError } from "../base/index.ts";
import { keyIdOf, type Certificate } from "./certificate.ts";
import { FolderWatch } from "./folder-watch.ts";
import { makeFolder, PUBLIC_SUFFIX, readCertificate, writePublicCertificate } from "./key-files.ts";
import { decodeKey } from "./z85.ts";

/**
 * What a key may do: `read` telemetry and ask queries; push a `command`; `sign` commands, whoever brings them. One folder
 * each, so that `ls` shows who may do what.
 */
export const ROLES = ["read", "command", "sign"] as const;
/** At a hub a key may also come as the `agent` that its file is named for. */
export const HUB_ROLES = [...ROLES, "agent"] as const;
export type Role = (typeof HUB_ROLES)[number];

export function isRole(value: unknown): value is Role {
  return HUB_ROLES.some((role) => role === value);
}

/** A key that is let in, under the name of its file. */
export interface AuthorizedKey extends Certificate {
  readonly role: Role;
}

export interface AuthorizedKeysHandlers {
  /** From now on these may. */
  onAuthorized(keys: readonly AuthorizedKey[]): void;
  /** These may no longer do what they did. */
  onRevoked(keys: readonly AuthorizedKey[]): void;
  /** A file that is no certificate, or cannot be read: it lets nobody in. */
  onFault(error: DunlinError): void;
}

/** The folders `authorized/<role>/` of an agent or hub, read anew when they change. What is not in them is not let in. */
export class AuthorizedKeys {
  readonly #folder: string;
  readonly #handlers: AuthorizedKeysHandlers;
  readonly #keys = new Map<Role, ReadonlyMap<string, AuthorizedKey>>();
  readonly #roles: readonly Role[];
  readonly #watch = new FolderWatch(() => this.#load());

  /** @throws DunlinError `state-unwritable` through what makes the folders */
  constructor(keysFolder: string, handlers: AuthorizedKeysHandlers, roles: readonly Role[] = ROLES) {
    this.#folder = authorizedFolder(keysFolder);
    this.#handlers = handlers;
    this.#roles = roles;
    this.#load();
  }

  /** @param publicKey CURVE's, 32 bytes, as ZAP has it */
  find(role: Role, publicKey: Uint8Array): AuthorizedKey | undefined {
    return this.#keys.get(role)?.get(Buffer.from(publicKey).toString("latin1"));
  }

  /** The key in `sign` that signatures with this id are of. */
  signer(keyId: Buffer): AuthorizedKey | undefined {
    return this.of("sign").find(
      ({ verifyKey }) => verifyKey !== undefined && keyIdOf(verifyKey).equals(keyId),
    );
  }

  /** All of a role. */
  of(role: Role): AuthorizedKey[] {
    return [...(this.#keys.get(role)?.values() ?? [])];
  }

  close(): void {
    this.#watch.close();
  }

  #load(): void {
    const revoked: AuthorizedKey[] = [];
    const authorized: AuthorizedKey[] = [];
    for (const role of this.#roles) {
      const before = this.#keys.get(role);
      const now = this.#read(role);
      for (const [id, key] of before ?? []) if (!isSame(now.get(id), key)) revoked.push(key);
      for (const [id, key] of now) if (!isSame(before?.get(id), key)) authorized.push(key);
      this.#keys.set(role, now);
    }
    if (authorized.length > 0) this.#handlers.onAuthorized(authorized);
    if (revoked.length > 0) this.#handlers.onRevoked(revoked);
  }

  #read(role: Role): Map<string, AuthorizedKey> {
    const folder = join(this.#folder, role);
    const keys = new Map<string, AuthorizedKey>();
    try {
      makeFolder(folder);
      this.#watch.add(folder);
      for (const file of readdirSync(folder).sort()) {
        if (!file.endsWith(PUBLIC_SUFFIX)) continue;
        const key = this.#readKey(join(folder, file), role);
        if (key) keys.set(decodeKey(key.publicKey).toString("latin1"), key);
      }
    } catch (cause) {
      this.#handlers.onFault(asDunlinError(cause));
    }
    return keys;
  }

  #readKey(path: string, role: Role): AuthorizedKey | undefined {
    try {
      return { ...readCertificate(path), name: basename(path, PUBLIC_SUFFIX), role };
    } catch (cause) {
      this.#handlers.onFault(asDunlinError(cause));
      return undefined;
    }
  }
}

/** Lets a certificate in, from now on, at the agent whose keys these are. @returns the files */
export function authorize(
  keysFolder: string,
  name: string,
  certificate: Certificate,
  roles: readonly Role[],
): string[] {
  return roles.map((role) =>
    writePublicCertificate(join(authorizedFolder(keysFolder), role), name, certificate),
  );
}

/** Who is let in, as the files say. Files that say nothing are passed over. */
export function listAuthorized(keysFolder: string): AuthorizedKey[] {
  return HUB_ROLES.flatMap((role) => {
    const folder = join(authorizedFolder(keysFolder), role);
    return filesIn(folder).flatMap((file) => {
      try {
        return [{ ...readCertificate(join(folder, file)), name: basename(file, PUBLIC_SUFFIX), role }];
      } catch {
        return [];
      }
    });
  });
}

export function authorizedFolder(keysFolder: string): string {
  return join(keysFolder, "authorized");
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(PUBLIC_SUFFIX))
      .sort();
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw cause;
  }
}

function isSame(one: AuthorizedKey | undefined, other: AuthorizedKey): boolean {
  return one !== undefined && one.verifyKey === other.verifyKey;
}
