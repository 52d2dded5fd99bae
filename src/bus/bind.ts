import { once } from "node:events";
import { createServer } from "node:net";
import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";

/** @throws DunlinError `address-in-use`, `address-invalid` */
export async function bind(
  socket: { bind(address: string): Promise<void> },
  endpoint: string,
): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    if (systemCodeOf(cause) === "EADDRINUSE" || (await isTaken(endpoint)))
      throw new DunlinError(
        "address-in-use",
        `${endpoint} is in use: another agent or program listens there; set listen.port to another base port`,
        { cause, context: { endpoint } },
      );
    throw new DunlinError("address-invalid", `cannot listen on ${endpoint}: ${messageOf(cause)}`, { cause });
  }
}

/** What libzmq gives as the reason of a failed bind may be that of something it did after: now and then it is EAGAIN. */
async function isTaken(endpoint: string): Promise<boolean> {
  const [, host = "", port = ""] = /^tcp:\/\/\[?([^\]]+?)\]?:(\d+)$/.exec(endpoint) ?? [];
  if (port === "") return false;
  const server = createServer().listen({ host, port: Number(port) });
  try {
    await once(server, "listening");
    return false;
  } catch (cause) {
    return systemCodeOf(cause) === "EADDRINUSE";
  } finally {
    server.close();
  }
}
