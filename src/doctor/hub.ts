import { agentsEndpoint, parseEndpoint } from "../bus/index.ts";
import type { Config } from "../config/index.ts";
import { ok, problem, type Finding } from "./finding.ts";
import { reach } from "./reach.ts";

/** Whether there is anybody where the hub should be; whether it lets the agent in, the running agent knows. */
export async function lookAtHub({ hub }: Config): Promise<Finding[]> {
  if (!hub) return [];
  const { hostname, port } = new URL(agentsEndpoint(parseEndpoint(hub.address)).replace("tcp:", "http:"));
  const host = hostname.replaceAll(/[[\]]/g, "");
  const reason = await reach(host, Number(port));
  if (reason === undefined) return [ok("hub", `${host} answers on port ${port}`)];
  const remedy =
    "is dunlin hub running there, does a firewall let its base port + 4 through, and is hub.address right?";
  return [problem("hub", `nobody answers at ${host} on port ${port}: ${reason}`, remedy)];
}
