import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { asDunlinError, DunlinError } from "../base/index.ts";
import { enrol } from "../client/index.ts";
import { defaultName } from "../config/index.ts";
import {
  AGENT_KEY_NAME,
  agentKeyPath,
  HUB_KEY_NAME,
  isSecretElsewhere,
  newCertificate,
  readSecretCertificate,
  writeCertificates,
  writePrivate,
  writePublicCertificate,
  type SecretCertificate,
} from "../keys/index.ts";
import { checkName, decodeToken, type Token } from "../message/index.ts";
import {
  clientKeysFolder,
  defaultKeyName,
  defaultKeyPath,
  formatProfile,
  profilePath,
} from "./client-options.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { DEFAULT_CONFIG } from "./config-paths.ts";
import { agentSettings } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";

interface JoinOptions {
  readonly name?: string;
  readonly profile?: string;
  readonly key?: string;
  readonly agent?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

/** Takes an invitation up: makes keys if there are none, has them let in, and notes the agent as a profile. */
export async function joinCommand(word: string | undefined, options: JoinOptions): Promise<ExitCode> {
  if (word === undefined && process.stdin.isTTY)
    throw new DunlinError(
      "usage",
      "name the token that dunlin invite has printed, or give it on standard input",
    );
  const token = decodeToken(word === undefined || word === "-" ? await standardInput() : word);
  if (token.expires * 1_000 < Date.now())
    throw new DunlinError(
      "invitation-invalid",
      `the invitation has expired: ask for another (or is this host's clock wrong?)`,
    );
  if (options.agent) return joinHub(token, options);
  const name = checkName(
    options.name ?? `${defaultKeyName()}.${defaultName(hostname())}`.slice(0, 63),
    "--name",
  );
  const path = options.key ?? defaultKeyPath();
  const { publicKey, secretKey, verifyKey } = ownCertificate(path);
  const newcomer = {
    name,
    keys: { publicKey, secretKey },
    ...(verifyKey === undefined ? {} : { verifyKey }),
  };
  const { agent, roles } = await enrol(token, newcomer).catch((cause: unknown) => {
    throw unanswered(cause);
  });
  const profile = checkName(options.profile ?? agent, "--profile");
  const { address, serverKey } = token;
  const file = profilePath(profile);
  writePrivate(file, formatProfile({ address, serverKey, key: path }));
  if (options.json) terminal.print(JSON.stringify({ agent, roles, name, profile: file }));
  else terminal.print(`joined ${agent} as ${name}: ${roles.join(", ")}\nSee it:  dunlin sub @${profile}`);
  return EXIT.ok;
}

/**
 * The agent of this host becomes one of the hub's: with keys of its own, made if there are none, the hub's key among them, and its address
 * in a file beside the configuration.
 */
async function joinHub(token: Token, { config, json }: JoinOptions): Promise<ExitCode> {
  const { name, keysDirectory } = await agentSettings(config);
  const path = agentKeyPath(keysDirectory);
  if (isSecretElsewhere(keysDirectory))
    throw new DunlinError(
      "key-missing",
      `the agent's secret key is not in ${keysDirectory}, though its public one is: put it there for the moment of joining`,
    );
  if (!existsSync(path)) writeCertificates(keysDirectory, AGENT_KEY_NAME, newCertificate(name));
  const { publicKey, secretKey } = readSecretCertificate(path);
  const { address, serverKey } = token;
  const { agent: hub } = await enrol(token, { name, keys: { publicKey, secretKey } }).catch(
    (cause: unknown) => {
      throw unanswered(cause);
    },
  );
  writePublicCertificate(keysDirectory, HUB_KEY_NAME, { name: hub, publicKey: serverKey });
  const file = join(dirname(config ?? DEFAULT_CONFIG), "conf.d", "hub.yaml");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `# Written by dunlin join.\nhub:\n  address: ${address}\n`);
  if (json) terminal.print(JSON.stringify({ hub, name, address, config: file }));
  else terminal.print(`agent ${name} belongs to hub ${hub}, at ${address}: ${file}`);
  terminal.note("When it runs already:  sudo systemctl restart dunlin");
  return EXIT.ok;
}

/** Not by node:stream/consumers, which brings 6 MB of web streams into every process of the binary. */
async function standardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

/** When no invitation is open nobody listens there. */
function unanswered(cause: unknown): DunlinError {
  const error = asDunlinError(cause);
  if (error.code !== "timed-out") return error;
  return new DunlinError(error.code, `${error.message} Or was the invitation used already?`, { cause });
}

function ownCertificate(path: string): SecretCertificate {
  if (existsSync(path) || path !== defaultKeyPath()) return readSecretCertificate(path);
  const certificate = newCertificate(defaultKeyName());
  writeCertificates(clientKeysFolder(), defaultKeyName(), certificate);
  return certificate;
}
