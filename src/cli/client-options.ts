import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";
import { IPC, localAccess } from "../bus/index.ts";
import { connect, type Client } from "../client/index.ts";
import {
  decodeKey,
  readCertificate,
  readSecretCertificate,
  SECRET_SUFFIX,
  type SecretCertificate,
} from "../keys/index.ts";
import { isName } from "../message/index.ts";
import { DEFAULT_ADDRESS, SERVICE_SOCKETS } from "./config-paths.ts";

/** How every command that talks to an agent is told which, and who asks. */
export interface ClientOptions {
  /** `tcp://host:port`, `@name` for a profile, or `ipc://` and a runtime directory. Default: {@link defaultAddress}. */
  readonly address?: string;
  /** The agent's public key, or a file that has it. */
  readonly serverKey?: string;
  /** The file of the secret key of whoever asks. */
  readonly key?: string;
  /** Whether commands are signed, if the key can. Default true. */
  readonly sign?: boolean;
}

/** What is known of an agent: `~/.config/dunlin/profiles/<name>.yaml`. */
export interface Profile {
  readonly address: string;
  readonly serverKey?: string;
  readonly key?: string;
}

/** The user's own folder (XDG Base Directory). */
export function configFolder(): string {
  return join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "dunlin");
}

export function clientKeysFolder(): string {
  return join(configFolder(), "keys");
}

/** Whose key it is that is used when none is named. */
export function defaultKeyName(): string {
  return userInfo()
    .username.toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, "-");
}

export function defaultKeyPath(): string {
  return join(clientKeysFolder(), `${defaultKeyName()}${SECRET_SUFFIX}`);
}

export function profilePath(name: string): string {
  return join(configFolder(), "profiles", `${name}.yaml`);
}

/**
 * A client as the options, or the profile that they name, say.
 * @param service whose sockets on this host are taken if no address is given
 * @throws DunlinError `profile-unknown`, `address-invalid`, `key-missing`, `key-invalid`, `key-exposed`
 */
export function openClient(options: ClientOptions, service: keyof typeof SERVICE_SOCKETS = "any"): Client {
  const given = options.address ?? defaultAddress(service);
  const { address, serverKey, key } = resolve({ ...options, address: given });
  const certificate = secretOf(key, serverKey !== undefined);
  const signingKey = options.sign === false ? undefined : certificate?.signingKey;
  const signing = signingKey === undefined ? {} : { signingKey };
  if (serverKey === undefined) return connect(address, signing);
  const { publicKey, secretKey } = certificate as SecretCertificate;
  return connect(address, {
    keys: { serverKey: publicKeyFrom(serverKey), publicKey, secretKey },
    ...signing,
  });
}

/** The sockets of this host's service, for whoever may use them: that needs no keys. Else the default port. */
function defaultAddress(service: keyof typeof SERVICE_SOCKETS): string {
  const folder = SERVICE_SOCKETS[service].find((one) => localAccess(one) === "open");
  return folder === undefined ? DEFAULT_ADDRESS : `${IPC}${folder}`;
}

/** The profile's text. */
export function formatProfile(profile: Profile): string {
  return stringify(profile);
}

function resolve({ address, ...given }: ClientOptions & Pick<Profile, "address">): Profile {
  const profile = address.startsWith("@")
    ? { ...readProfile(address.slice(1)), ...given }
    : { address, ...given };
  return profile.address.startsWith(IPC) ? checkLocal(profile) : profile;
}

/** In a folder the file system decides who comes in: a key is for signing only. */
function checkLocal({ address, key }: Profile): Profile {
  const folder = address.slice(IPC.length);
  if (localAccess(folder) === "denied")
    throw new DunlinError(
      "address-invalid",
      `${folder} is not open to you, but to the agent's own user and root: sudo, or ask over TCP with a key (docs/security.md)`,
    );
  return key === undefined ? { address } : { address, key };
}

function readProfile(name: string): Profile {
  if (!isName(name)) throw new DunlinError("usage", `@${name}: not a name`);
  const path = profilePath(name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const hint = systemCodeOf(cause) === "ENOENT" ? "make it with dunlin join" : messageOf(cause);
    throw new DunlinError("profile-unknown", `there is no profile ${path}: ${hint}`, { cause });
  }
  try {
    return checkProfile(parse(text));
  } catch (cause) {
    throw new DunlinError("config-invalid", `${path}: ${messageOf(cause)}`, { cause });
  }
}

function checkProfile(value: unknown): Profile {
  const profile = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const unknown = Object.keys(profile).filter((name) => !["address", "serverKey", "key"].includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(", ")}: a profile has address, serverKey and key`);
  for (const [name, one] of Object.entries(profile))
    if (typeof one !== "string") throw new Error(`${name} must be text`);
  if (profile["address"] === undefined) throw new Error("address is missing");
  return profile as unknown as Profile;
}

/** Without a key of one's own commands are not signed; and an agent with keys lets nobody in. */
function secretOf(path: string | undefined, isNeeded: boolean): SecretCertificate | undefined {
  if (path !== undefined) return readSecretCertificate(path);
  const own = defaultKeyPath();
  if (existsSync(own)) return readSecretCertificate(own);
  if (!isNeeded) return undefined;
  throw new DunlinError(
    "key-missing",
    `there is no key ${own}: make one with dunlin keys new, or name another with --key`,
  );
}

/** @param given the key itself, or a file */
function publicKeyFrom(given: string): string {
  if (existsSync(given)) return readCertificate(given).publicKey;
  decodeKey(given);
  return given;
}
