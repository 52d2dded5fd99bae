import { networkInterfaces } from "node:os";
import { renderUnicodeCompact } from "uqr";
import { DunlinError } from "../base/index.ts";
import { isLoopback, parseDuration } from "../config/index.ts";
import { invite, readAgentCertificate, type Role } from "../keys/index.ts";
import { encodeToken } from "../message/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { agentSettings, hubSettings, type AgentSettings } from "./load-agent-config.ts";
import { terminal } from "./terminal.ts";

interface InviteOptions {
  readonly role: Role[];
  readonly expires: string;
  readonly address?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** All that listen are reached by the host's own address. */
const ANY = new Set(["0.0.0.0", "::"]);

/** Prints a token with which one person or program is let in by the agent of this host. */
export async function inviteCommand(options: InviteOptions): Promise<ExitCode> {
  const join = `For one who will ${options.role.join(", ")}`;
  return inviteTo(await agentSettings(options.config), options, `${join} at`, "dunlin join <token>");
}

/** Prints a token with which one agent becomes one of the hub of this host. */
export async function inviteAgentCommand(options: Omit<InviteOptions, "role">): Promise<ExitCode> {
  const settings = await hubSettings(options.config);
  const role: Role[] = ["agent"];
  return inviteTo(settings, { ...options, role }, "For one agent of", "sudo dunlin join --agent <token>");
}

async function inviteTo(
  { name, listen, keysDirectory }: AgentSettings,
  options: InviteOptions,
  forWhom: string,
  how: string,
): Promise<ExitCode> {
  const lastsMs = parseDuration(options.expires);
  if (lastsMs === undefined) throw new DunlinError("usage", "--expires takes a duration: 10m, 1h");
  if (isLoopback(listen.address) || listen.insecure)
    throw new DunlinError(
      "usage",
      `${name} lets everybody in who reaches ${listen.address}: an invitation is for one that listens beyond the loopback with keys`,
    );
  const { publicKey } = readAgentCertificate(keysDirectory);
  const address = options.address ?? `tcp://${hostOf(listen.address)}:${listen.port}`;
  // The token has whole seconds, and is not to promise more than the agent keeps.
  const expiresMs = Math.ceil((Date.now() + lastsMs) / 1_000) * 1_000;
  const secret = invite(keysDirectory, { roles: options.role, expiresMs });
  const token = encodeToken({ address, serverKey: publicKey, secret, expires: expiresMs / 1_000 });
  const expires = new Date(expiresMs).toISOString();
  if (options.json) terminal.print(JSON.stringify({ token, address, roles: options.role, expires }));
  else {
    if (process.stdout.isTTY) terminal.print(renderUnicodeCompact(token));
    terminal.print(token);
    terminal.note(`${forWhom} ${address}, until ${expires}:  ${how}`);
  }
  return EXIT.ok;
}

function hostOf(address: string): string {
  const found = ANY.has(address)
    ? Object.values(networkInterfaces())
        .flat()
        .find((one) => one?.internal === false && one.family === "IPv4")?.address
    : address;
  if (found === undefined)
    throw new DunlinError(
      "address-invalid",
      "this host has no address that others reach: give one with --address",
    );
  return found.includes(":") ? `[${found}]` : found;
}
