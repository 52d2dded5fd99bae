import type { Log } from "../base/index.ts";
import { isLoopback, type Config } from "../config/index.ts";
import type { Insight } from "../insight/index.ts";

/**
 * Before agent or hub: a port that is taken is told before anything has begun. Loaded only if it is configured.
 * @throws DunlinError `address-in-use`, `address-invalid`
 */
export async function openInsight({ http }: Config, log: Log): Promise<Insight | undefined> {
  if (!http) return undefined;
  const { address, port } = http;
  if (!isLoopback(address))
    log.warn("http.insecure is set: whoever reaches this port reads how the devices are", { address, port });
  const { Insight } = await import("../insight/index.ts");
  return Insight.open({ address, port, log });
}
