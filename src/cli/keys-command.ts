import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { DunlinError } from "../base/index.ts";
import {
  AGENT_KEY_NAME,
  authorize,
  authorizedFolder,
  fingerprint,
  formatCertificate,
  HUB_ROLES,
  listAuthorized,
  newCertificate,
  publicPart,
  PUBLIC_SUFFIX,
  readAgentCertificate,
  readCertificate,
  SECRET_SUFFIX,
  writeCertificates,
  type Certificate,
  type Role,
} from "../keys/index.ts";
import { checkName } from "../message/index.ts";
import { clientKeysFolder, defaultKeyName } from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { agentSettings } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";

/** Whose keys: the agent's on this host, or the user's own. */
interface WhoseOptions {
  readonly agent?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

/** Makes a pair of keys for CURVE and one for signing, in two files. */
export async function newKeysCommand(
  name: string | undefined,
  options: WhoseOptions & { readonly output?: string },
): Promise<ExitCode> {
  if (options.agent && name !== undefined)
    throw new DunlinError("usage", "an agent has one key, without a name: leave out the name or --agent");
  const keyName = options.agent ? AGENT_KEY_NAME : checkName(name ?? defaultKeyName(), "the key's name");
  const folder = options.output ?? (await keysFolder(options));
  const certificate = newCertificate(keyName);
  const path = writeCertificates(folder, keyName, certificate);
  const print = fingerprint(certificate.publicKey);
  if (options.json)
    terminal.print(JSON.stringify({ ...publicPart(certificate), fingerprint: print, secretFile: path }));
  else {
    terminal.print(`${print} ${keyName}`);
    terminal.note(`secret: ${path}\npublic: ${path.replace(SECRET_SUFFIX, PUBLIC_SUFFIX)}`);
  }
  return EXIT.ok;
}

/** Prints the public certificate, to be given to others. */
export async function showKeysCommand(file: string | undefined, options: WhoseOptions): Promise<ExitCode> {
  const certificate = file === undefined ? await ownCertificate(options) : readCertificate(file);
  terminal.print(
    options.json
      ? JSON.stringify({ ...certificate, fingerprint: fingerprint(certificate.publicKey) })
      : formatCertificate(certificate).trimEnd(),
  );
  return EXIT.ok;
}

export async function fingerprintCommand(files: string[], options: WhoseOptions): Promise<ExitCode> {
  if (files.length === 0) sayFingerprint(await ownCertificate(options));
  for (const file of files) sayFingerprint(readCertificate(file), basename(file));
  return EXIT.ok;
}

function sayFingerprint({ name, publicKey }: Certificate, file = ""): void {
  terminal.print(`${fingerprint(publicKey)} ${name || file}`);
}

/** Lets the owner of a certificate in at the agent of this host. */
export async function importKeysCommand(
  file: string,
  options: { readonly role?: Role[]; readonly name?: string; readonly config?: string },
): Promise<ExitCode> {
  const certificate = readCertificate(file);
  const roles = options.role ?? ["read"];
  if (roles.includes("sign") && certificate.verifyKey === undefined)
    throw new DunlinError(
      "key-invalid",
      `${file} has no verify-key: who is to sign needs a key made by dunlin keys new`,
    );
  const name = checkName(
    options.name ?? (certificate.name || basename(file, PUBLIC_SUFFIX)),
    "the key's name: give another with --name",
  );
  const { keysDirectory } = await agentSettings(options.config);
  authorize(keysDirectory, name, certificate, roles);
  terminal.print(`${fingerprint(certificate.publicKey)} ${name}: ${roles.join(", ")}`);
  return EXIT.ok;
}

/** Who is let in at the agent of this host. */
export async function listKeysCommand(options: WhoseOptions): Promise<ExitCode> {
  const { keysDirectory } = await agentSettings(options.config);
  const byOwner = Map.groupBy(listAuthorized(keysDirectory), ({ name, publicKey }) => `${name} ${publicKey}`);
  for (const keys of byOwner.values()) {
    const { name = "", publicKey = "" } = keys[0] ?? {};
    const roles = keys.map(({ role }) => role);
    const print = fingerprint(publicKey);
    terminal.print(
      options.json
        ? JSON.stringify({ name, roles, fingerprint: print })
        : `${print} ${name}: ${roles.join(", ")}`,
    );
  }
  return EXIT.ok;
}

/** Lets an owner in no longer; whoever is connected with the key is cut off. */
export async function revokeKeysCommand(
  name: string,
  options: { readonly role?: Role[]; readonly config?: string },
): Promise<ExitCode> {
  checkName(name, "the key's name");
  const { keysDirectory } = await agentSettings(options.config);
  const files = (options.role ?? HUB_ROLES)
    .map((role) => join(authorizedFolder(keysDirectory), role, `${name}${PUBLIC_SUFFIX}`))
    .filter((path) => existsSync(path));
  if (files.length === 0)
    throw new DunlinError("not-found", `no key of ${name} is let in: dunlin keys list shows which are`);
  for (const path of files) rmSync(path);
  terminal.print(`revoked: ${name}`);
  return EXIT.ok;
}

async function keysFolder({ agent, config }: WhoseOptions): Promise<string> {
  return agent ? (await agentSettings(config)).keysDirectory : clientKeysFolder();
}

/** One's own, or the agent's. */
async function ownCertificate(options: WhoseOptions): Promise<Certificate> {
  if (options.agent) return readAgentCertificate(await keysFolder(options));
  const path = join(clientKeysFolder(), `${defaultKeyName()}${PUBLIC_SUFFIX}`);
  if (existsSync(path)) return readCertificate(path);
  const others = existsSync(clientKeysFolder())
    ? readdirSync(clientKeysFolder()).filter((file) => file.endsWith(PUBLIC_SUFFIX))
    : [];
  const hint =
    others.length > 0 ? `there are ${others.join(", ")}: name one` : "make it with dunlin keys new";
  throw new DunlinError("key-missing", `there is no key ${path}: ${hint}`);
}
