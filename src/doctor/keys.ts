import { existsSync } from "node:fs";
import { asDunlinError } from "../base/index.ts";
import { isLoopback, type Config } from "../config/index.ts";
import {
  agentKeyPath,
  hubKeyPath,
  isSecretElsewhere,
  listAuthorized,
  listInvitations,
  readCertificate,
  readSecretCertificate,
} from "../keys/index.ts";
import { ok, problem, skipped, warning, type Finding } from "./finding.ts";

/** The agent's own keys, and whether anybody is let in. */
export async function lookAtKeys({ listen, security, hub }: Config): Promise<Finding[]> {
  const { keysDirectory } = security;
  const isOpen = isLoopback(listen.address) || listen.insecure;
  const needsKeys = !isOpen || (hub && existsSync(hubKeyPath(keysDirectory)));
  const insecure =
    listen.insecure && !isLoopback(listen.address)
      ? [
          warning(
            "security",
            `${listen.address} takes whoever reaches it, without keys`,
            "sudo dunlin keys new --agent, and take listen.insecure out",
          ),
        ]
      : [];
  if (!needsKeys) return insecure;
  const own = ownKey(keysDirectory);
  if (own.severity !== "ok" || isOpen) return [...insecure, own, ...hubKey(keysDirectory)];
  const names = new Set(listAuthorized(keysDirectory).map(({ name }) => name));
  const who =
    names.size > 0
      ? ok("authorized keys", [...names].join(", "))
      : warning("authorized keys", "nobody is let in", "sudo dunlin invite --role read");
  return [...insecure, own, who, ...invitations(keysDirectory), ...hubKey(keysDirectory)];
}

const HOUR_MS = 3_600_000;

/** Those that wait for somebody: whoever has the token of one is let in. */
function invitations(keysDirectory: string): Finding[] {
  try {
    return listInvitations(keysDirectory).map(({ roles, expiresMs }) => {
      const leftMs = expiresMs - Date.now();
      const what = `one for ${roles.join(", ")}`;
      const until = new Date(expiresMs).toISOString().slice(0, 16);
      if (leftMs > HOUR_MS) return ok("invitation", `${what} is open until ${until}Z`);
      const found =
        leftMs > 0 ? `${what} expires within the hour` : `${what} has expired, and nobody took it up`;
      return warning(
        "invitation",
        found,
        "if it is still wanted: sudo dunlin invite, and pass the new token on",
      );
    });
  } catch (cause) {
    return [
      problem("invitation", asDunlinError(cause).message, "delete it, and make another: sudo dunlin invite"),
    ];
  }
}

function ownKey(keysDirectory: string): Finding {
  const path = agentKeyPath(keysDirectory);
  if (isSecretElsewhere(keysDirectory))
    return ok("own key", `the secret one is not in ${keysDirectory}, but elsewhere, as a credential is`);
  try {
    readSecretCertificate(path);
    return ok("own key", path);
  } catch (cause) {
    const { code, message } = asDunlinError(cause);
    if (code === "key-missing" && process.getuid?.() !== 0)
      return skipped("own key", `${path} is not there or not for this user: ask again with sudo`);
    if (code === "key-exposed")
      return problem(
        "own key",
        message,
        "whoever could read it has it: make another, sudo dunlin keys new --agent, and enrol anew",
      );
    return problem("own key", message, "sudo dunlin keys new --agent");
  }
}

function hubKey(keysDirectory: string): Finding[] {
  const path = hubKeyPath(keysDirectory);
  if (!existsSync(path)) return [];
  try {
    readCertificate(path);
    return [ok("hub's key", path)];
  } catch (cause) {
    return [
      problem(
        "hub's key",
        asDunlinError(cause).message,
        "sudo dunlin join --agent, with a new token of the hub",
      ),
    ];
  }
}
