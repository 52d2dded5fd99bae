import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DunlinError, messageOf } from "../base/index.ts";
import { publicPart, type Certificate, type SecretCertificate } from "./certificate.ts";
import { formatCertificate, parseCertificate } from "./certificate-text.ts";

/** As pyzmq names them: zmq.auth.load_certificates() reads a folder of these. */
export const PUBLIC_SUFFIX = ".key";
export const SECRET_SUFFIX = ".key_secret";
/** An agent's own key among the files of its folder. */
export const AGENT_KEY_NAME = "agent";
/** That of its hub beside it. */
export const HUB_KEY_NAME = "hub";
const AGENT_KEY = `${AGENT_KEY_NAME}${SECRET_SUFFIX}`;

/** @throws DunlinError `key-missing`, `key-invalid` */
export function readCertificate(path: string): Certificate {
  return publicPart(parseCertificate(read(path), path));
}

/**
 * @throws DunlinError `key-missing`, `key-invalid`, or `key-exposed` if others may read it: where it was copied to or
 * unpacked is no place for a secret, and whoever read it keeps it
 */
export function readSecretCertificate(path: string): SecretCertificate {
  const text = read(path);
  checkMode(path);
  const certificate = parseCertificate(text, path);
  const { secretKey } = certificate;
  if (secretKey === undefined)
    throw new DunlinError("key-invalid", `${path}: a public certificate; the secret one is needed here`);
  return { ...certificate, secretKey };
}

/**
 * Writes both files, `<name>.key` and `<name>.key_secret`, the secret one for its owner alone.
 * @throws DunlinError `key-exists`: a key that is written over is gone for ever
 */
export function writeCertificates(folder: string, name: string, certificate: SecretCertificate): string {
  makeFolder(folder);
  const secretPath = join(folder, `${name}${SECRET_SUFFIX}`);
  const publicPath = join(folder, `${name}${PUBLIC_SUFFIX}`);
  if (!existsSync(secretPath) && existsSync(publicPath))
    throw new DunlinError(
      "key-exists",
      `${publicPath} is there, and its secret key is elsewhere, perhaps a credential: to begin anew remove it first`,
    );
  try {
    writeFileSync(secretPath, formatCertificate(certificate), { mode: 0o600, flag: "wx" });
    ownAsFolder(secretPath);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(secretPath, cause);
    throw new DunlinError("key-exists", `${secretPath} is there already: take another name, or remove it`, {
      cause,
    });
  }
  writePublicCertificate(folder, name, certificate);
  return secretPath;
}

/** The agent's own secret key: what systemd hands over (LoadCredential=agent.key_secret:…), else the file in its folder of keys. */
export function agentKeyPath(keysDirectory: string): string {
  const { CREDENTIALS_DIRECTORY } = process.env;
  const handed = join(CREDENTIALS_DIRECTORY ?? "", AGENT_KEY);
  return CREDENTIALS_DIRECTORY !== undefined && existsSync(handed) ? handed : join(keysDirectory, AGENT_KEY);
}

/** Of the agent's own key only the public half is in its folder: the secret one is where systemd finds it. */
export function isSecretElsewhere(keysDirectory: string): boolean {
  return !existsSync(agentKeyPath(keysDirectory)) && existsSync(publicAgentKeyPath(keysDirectory));
}

/**
 * What others are told of the agent's own key.
 * @throws DunlinError `key-missing`, `key-invalid`, `key-exposed`
 */
export function readAgentCertificate(keysDirectory: string): Certificate {
  const isElsewhere = isSecretElsewhere(keysDirectory);
  return isElsewhere
    ? readCertificate(publicAgentKeyPath(keysDirectory))
    : publicPart(readSecretCertificate(agentKeyPath(keysDirectory)));
}

function publicAgentKeyPath(keysDirectory: string): string {
  return join(keysDirectory, `${AGENT_KEY_NAME}${PUBLIC_SUFFIX}`);
}

/** The public key, among the agent's, of the hub that an agent belongs to, as `dunlin join` puts it there. */
export function hubKeyPath(keysDirectory: string): string {
  return join(keysDirectory, `${HUB_KEY_NAME}${PUBLIC_SUFFIX}`);
}

/** Whole or not at all: whoever watches the folder never sees half of it. @returns its path */
export function writePublicCertificate(folder: string, name: string, certificate: Certificate): string {
  const path = join(folder, `${name}${PUBLIC_SUFFIX}`);
  write(path, formatCertificate(publicPart(certificate)), 0o644);
  return path;
}

/** A file for its owner alone, whole or not at all. @throws DunlinError `state-unwritable` */
export function writePrivate(path: string, text: string): void {
  write(path, text, 0o600);
}

/** Only for its owner, who is that of the folder above it. @throws DunlinError `state-unwritable` */
export function makeFolder(folder: string): void {
  try {
    if (existsSync(folder)) return;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o700);
    ownAsFolder(folder);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function write(path: string, text: string, mode: number): void {
  makeFolder(dirname(path));
  try {
    writeFileSync(`${path}.new`, text, { mode });
    ownAsFolder(`${path}.new`);
    renameSync(`${path}.new`, path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** What root makes in a service's folder has to be the service's. */
function ownAsFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(path));
  chownSync(path, uid, gid);
}

/** systemd shows credentials with the group's bits, which are the mask of an access list (systemd.exec(5), LoadCredential=). */
function checkMode(path: string): void {
  if (dirname(path) === process.env["CREDENTIALS_DIRECTORY"]) return;
  const { mode, uid } = statSync(path);
  const own = process.getuid?.();
  if ((mode & 0o077) !== 0)
    throw new DunlinError(
      "key-exposed",
      `${path} has mode ${(mode & 0o777).toString(8).padStart(4, "0")}: others can read a secret key; run chmod 600 ${path}`,
    );
  if (uid !== own && own !== 0)
    throw new DunlinError("key-exposed", `${path} is another user's: run chown ${own} ${path}`);
}

function read(path: string): string {
  try {
    if (!statSync(path).isFile()) throw new Error("not a file");
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new DunlinError("key-missing", `cannot read the key ${path}: ${messageOf(cause)}`, { cause });
  }
}

function unwritable(path: string, cause: unknown): DunlinError {
  return new DunlinError("state-unwritable", `cannot write ${path}: ${messageOf(cause)}`, { cause });
}
