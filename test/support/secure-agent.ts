import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentOptions } from "../../src/agent/index.ts";
import type { SecurityPlan } from "../../src/core/index.ts";
import { connect, type Client, type ClientKeys } from "../../src/client/index.ts";
import {
  authorize,
  authorizedFolder,
  newCertificate,
  type Role,
  type SecretCertificate,
} from "../../src/keys/index.ts";
import { startAgent, type TestAgent } from "./agent.ts";

/** An agent with keys, on the loopback all the same. */
export interface SecureAgent {
  readonly test: TestAgent;
  readonly keysDirectory: string;
  readonly serverKey: string;
  /** A new certificate that is let in for these roles, under this name. */
  allow(name: string, roles: readonly Role[], certificate?: SecretCertificate): Promise<SecretCertificate>;
  revoke(name: string, role: Role): void;
  keysOf(certificate: SecretCertificate): ClientKeys;
  clientOf(certificate: SecretCertificate): Client;
  close(): Promise<void>;
}

export async function startSecureAgent(
  options: Partial<AgentOptions> = {},
  security: Partial<SecurityPlan> = {},
): Promise<SecureAgent> {
  const keysDirectory = mkdtempSync(join(tmpdir(), "dunlin-keys-"));
  const { publicKey: serverKey, secretKey } = newCertificate("agent");
  const plan = { commands: "open", exceptions: {}, maxCommandsPerSecond: 1_000, ...security } as const;
  const test = await startAgent({ ...options, security: { ...plan, keysDirectory, secretKey } });
  const clients: Client[] = [];
  const keysOf = ({ publicKey, secretKey }: SecretCertificate): ClientKeys => ({
    serverKey,
    publicKey,
    secretKey,
  });
  return {
    test,
    keysDirectory,
    serverKey,
    keysOf,
    allow: async (name, roles, certificate = newCertificate(name)) => {
      authorize(keysDirectory, name, certificate, roles);
      const isIn = (role: Role): boolean =>
        test.log.some((line) => line.includes(`the key of ${name} is let in role=${role}`));
      while (!roles.every(isIn)) await new Promise((resolve) => setTimeout(resolve, 10));
      return certificate;
    },
    revoke: (name, role) => rmSync(join(authorizedFolder(keysDirectory), role, `${name}.key`)),
    clientOf: (certificate) => {
      const client = connect(test.address, { keys: keysOf(certificate) });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      await test.close();
      rmSync(keysDirectory, { recursive: true, force: true });
    },
  };
}
