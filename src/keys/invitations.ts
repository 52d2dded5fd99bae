import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { asDunlinError, DunlinError } from "../base/index.ts";
import { authorize, isRole, type Role } from "./authorized-keys.ts";
import type { Certificate } from "./certificate.ts";
import { FolderWatch } from "./folder-watch.ts";
import { makeFolder, writePrivate } from "./key-files.ts";

/** What an invitation allows, once, to whoever has its secret. */
export interface Invitation {
  readonly roles: readonly Role[];
  /** ms since 1970. */
  readonly expiresMs: number;
}

interface OpenInvitation extends Invitation {
  readonly path: string;
  /** SHA-256 of the secret, which is nowhere but in the token. */
  readonly secretHash: Buffer;
}

export interface InvitationsHandlers {
  /** Whether there is one that can be taken up has changed. */
  onOpen(open: boolean): void;
  onFault(error: DunlinError): void;
}

const SECRET_BYTES = 16;
const SUFFIX = ".json";

/** The invitations that were made at an agent, in the folder `invitations/` of its keys. */
export class Invitations {
  readonly #keysDirectory: string;
  readonly #handlers: InvitationsHandlers;
  readonly #watch = new FolderWatch(() => this.#load());
  #open: readonly OpenInvitation[] = [];
  #wasOpen = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(keysDirectory: string, handlers: InvitationsHandlers) {
    this.#keysDirectory = keysDirectory;
    this.#handlers = handlers;
    this.#load();
  }

  /**
   * Lets a newcomer in, for good. The invitation's file is gone before that, so that it never serves two; that it is gone
   * is noticed a moment later, when the answer is on its way.
   * @throws DunlinError `invitation-invalid`
   */
  redeem(secret: Uint8Array, name: string, certificate: Certificate): readonly Role[] {
    const hash = hashOf(secret);
    const found = this.#open.find(
      ({ secretHash, expiresMs }) => timingSafeEqual(secretHash, hash) && Date.now() < expiresMs,
    );
    if (!found)
      throw new DunlinError("invitation-invalid", "no such invitation: it was used, or has expired");
    try {
      rmSync(found.path);
    } catch (cause) {
      throw new DunlinError("invitation-invalid", "no such invitation: it was used already", { cause });
    }
    authorize(this.#keysDirectory, name, certificate, found.roles);
    return found.roles;
  }

  close(): void {
    this.#watch.close();
    clearTimeout(this.#expiry);
  }

  #load(): void {
    const folder = invitationsFolder(this.#keysDirectory);
    const open: OpenInvitation[] = [];
    try {
      makeFolder(folder);
      this.#watch.add(folder);
      for (const file of readdirSync(folder)
        .filter((file) => file.endsWith(SUFFIX))
        .sort()) {
        const invitation = readInvitation(join(folder, file));
        if (invitation.expiresMs > Date.now()) open.push(invitation);
        else rmSync(invitation.path, { force: true });
      }
    } catch (cause) {
      this.#handlers.onFault(asDunlinError(cause));
    }
    this.#open = open;
    this.#awaitExpiry();
    if (this.#wasOpen === open.length > 0) return;
    this.#wasOpen = open.length > 0;
    this.#handlers.onOpen(this.#wasOpen);
  }

  /** Node's longest timer is 24 days; it is looked again at least every hour. */
  #awaitExpiry(): void {
    clearTimeout(this.#expiry);
    if (this.#open.length === 0) return;
    const nextMs = Math.min(...this.#open.map(({ expiresMs }) => expiresMs)) - Date.now();
    this.#expiry = setTimeout(() => this.#load(), Math.min(Math.max(nextMs, 0) + 1, 3_600_000)).unref();
  }
}

/** Makes an invitation at the agent whose keys these are. @returns its secret, which is kept nowhere */
export function invite(keysDirectory: string, { roles, expiresMs }: Invitation): Buffer {
  const secret = randomBytes(SECRET_BYTES);
  const secretHash = hashOf(secret).toString("hex");
  const path = join(invitationsFolder(keysDirectory), `${secretHash.slice(0, 16)}${SUFFIX}`);
  const expires = new Date(expiresMs).toISOString();
  writePrivate(path, `${JSON.stringify({ secretHash, roles, expires })}\n`);
  return secret;
}

/** Those that were made and not taken up, expired ones too: a running agent deletes these. @throws DunlinError `invitation-invalid` */
export function listInvitations(keysDirectory: string): Invitation[] {
  const folder = invitationsFolder(keysDirectory);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(SUFFIX));
  return files.map((file) => readInvitation(join(folder, file)));
}

function invitationsFolder(keysDirectory: string): string {
  return join(keysDirectory, "invitations");
}

/** @throws DunlinError `invitation-invalid` */
function readInvitation(path: string): OpenInvitation {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const { secretHash, roles, expires } = value;
    const expiresMs = Date.parse(String(expires));
    if (typeof secretHash !== "string" || !/^[0-9a-f]{64}$/.test(secretHash)) throw new Error("secretHash");
    if (!Array.isArray(roles) || !roles.every(isRole)) throw new Error("roles");
    if (Number.isNaN(expiresMs)) throw new Error("expires");
    return { path, secretHash: Buffer.from(secretHash, "hex"), roles, expiresMs };
  } catch (cause) {
    throw new DunlinError("invitation-invalid", `${path} is not an invitation`, { cause });
  }
}

function hashOf(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}
