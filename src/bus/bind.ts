import { DunlinError, messageOf, systemCodeOf } from "../base/index.ts";

/** @throws DunlinError `address-in-use`, `address-invalid` */
export async function bind(
  socket: { bind(address: string): Promise<void> },
  endpoint: string,
): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === "EADDRINUSE")
      throw new DunlinError(
        "address-in-use",
        `${endpoint} is in use: another agent or program listens there; set listen.port to another base port`,
        { cause, context: { endpoint } },
      );
    throw new DunlinError("address-invalid", `cannot listen on ${endpoint}: ${messageOf(cause)}`, { cause });
  }
}
