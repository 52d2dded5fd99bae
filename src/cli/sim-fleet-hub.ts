import { agentsEndpoint, endpointsOf, parseEndpoint } from "../bus/index.ts";
import { isLoopback } from "../config/index.ts";
import { readAgentCertificate } from "../keys/index.ts";
import { hubSettings } from "./load-agent-config.ts";

export interface SimHubOptions {
  readonly hub?: string;
  readonly hubConfig?: string;
}

/** Where simulated agents connect to; with keys, if the hub wants a proof. */
export interface SimHub {
  readonly endpoint: string;
  /** The hub's public key, and the folder where it looks for those of its agents. */
  readonly keys?: { readonly serverKey: string; readonly keysDirectory: string };
}

/**
 * Only of a hub on this host, by its configuration, can the agents have keys: they are made for it, and forgotten at the end.
 * @throws DunlinError `config-invalid`, `key-missing`, `address-invalid`
 */
export async function hubOfSim({ hub, hubConfig }: SimHubOptions): Promise<SimHub> {
  if (hubConfig === undefined) return { endpoint: agentsEndpoint(parseEndpoint(hub ?? "127.0.0.1")) };
  const { listen, keysDirectory } = await hubSettings(hubConfig);
  const address = isLoopback(listen.address) ? listen.address : "127.0.0.1";
  const endpoint = agentsEndpoint(endpointsOf(address, listen.port));
  if (isLoopback(listen.address) || listen.insecure) return { endpoint };
  const { publicKey: serverKey } = readAgentCertificate(keysDirectory);
  return { endpoint, keys: { serverKey, keysDirectory } };
}
