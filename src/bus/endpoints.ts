import { accessSync, constants } from "node:fs";
import { isAbsolute, join } from "node:path";
import { DunlinError, systemCodeOf } from "../base/index.ts";

export const DEFAULT_PORT = 5555;
/** The last of an agent's four ports is three above. */
const MAX_BASE_PORT = 65_532;

/** The three sockets of an agent or hub, by their endpoints. */
export interface Endpoints {
  readonly telemetry: string;
  readonly commands: string;
  readonly queries: string;
}

/** Telemetry on the base port P, commands on P+1, queries on P+2. */
export function endpointsOf(address: string, port: number): Endpoints {
  const host = address.includes(":") ? `[${address}]` : address;
  const at = (offset: number): string => `tcp://${host}:${port + offset}`;
  return { telemetry: at(0), commands: at(1), queries: at(2) };
}

export const IPC = "ipc://";

/** The same three in a folder: for whoever may go into it, on the same host. */
export function localEndpointsOf(folder: string): Endpoints {
  const at = (name: string): string => ipcEndpoint(folder, name);
  return { telemetry: at("telemetry"), commands: at("commands"), queries: at("queries") };
}

/** Longest path of a Unix socket, bytes: sun_path of unix(7) less its end mark. */
const MAX_SOCKET_PATH = 107;

/** @throws DunlinError `state-unwritable` if the path is longer than the system allows */
export function ipcEndpoint(folder: string, name: string): string {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return IPC + path;
  throw new DunlinError(
    "state-unwritable",
    `${path} is too long for a socket (${MAX_SOCKET_PATH} bytes): set runtimeDirectory to a shorter one`,
  );
}

/** Whether this process may use the three in this folder; `absent` if nobody has bound them. */
export function localAccess(folder: string): "open" | "denied" | "absent" {
  try {
    accessSync(join(folder, "queries"), constants.W_OK);
    return "open";
  } catch (cause) {
    return systemCodeOf(cause) === "EACCES" ? "denied" : "absent";
  }
}

/** Where the invited enrol, on P+3; there is someone only while an invitation is open. */
export function enrolmentEndpoint(endpoints: Endpoints): string {
  return portAbove(endpoints, 3);
}

/** Where agents come to a hub, on P+4. */
export function agentsEndpoint(endpoints: Endpoints): string {
  return portAbove(endpoints, 4);
}

function portAbove({ telemetry }: Endpoints, offset: number): string {
  const colon = telemetry.lastIndexOf(":");
  return `${telemetry.slice(0, colon)}:${Number(telemetry.slice(colon + 1)) + offset}`;
}

/**
 * Where a client finds an agent or hub: what {@link parseEndpoint} takes, or `ipc://` and its runtime directory.
 * @throws DunlinError `address-invalid`
 */
export function parseAddress(text: string): Endpoints {
  if (!text.startsWith(IPC)) return parseEndpoint(text);
  const folder = text.slice(IPC.length);
  if (isAbsolute(folder)) return localEndpointsOf(folder);
  throw new DunlinError("address-invalid", `${JSON.stringify(text)}: after ipc:// comes a folder, from / on`);
}

/**
 * What a person calls an agent or hub on a network: `tcp://host:port`, `host:port` or `host`.
 * @throws DunlinError `address-invalid`
 */
export function parseEndpoint(text: string): Endpoints {
  const match = /^(?:tcp:\/\/)?(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port < 1 || port > MAX_BASE_PORT)
    throw new DunlinError(
      "address-invalid",
      `${JSON.stringify(text)} is not an agent's address: write tcp://host:port (port ${DEFAULT_PORT} if left out)`,
    );
  return endpointsOf(host, port);
}
