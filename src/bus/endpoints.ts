import { DunlinError } from "../base/index.ts";

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
 * What a person calls an agent: `tcp://host:port`, `host:port` or `host`.
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
