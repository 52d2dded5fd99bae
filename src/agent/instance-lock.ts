import { createServer } from "node:net";
import { resolve } from "node:path";
import { DunlinError, systemCodeOf } from "../base/index.ts";

/**
 * Makes this the only agent of its state directory. The lock is a name in the kernel's abstract socket space (unix(7)):
 * it goes with the process, however that ends, so there is no stale file to clean up.
 * @returns releases it
 * @throws DunlinError `address-in-use`
 */
export async function lockInstance(stateDirectory: string): Promise<() => void> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve: locked, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(`\0dunlin:${resolve(stateDirectory)}`.slice(0, MAX_NAME_BYTES), locked);
  try {
    await promise;
  } catch (cause) {
    if (systemCodeOf(cause) !== "EADDRINUSE") throw cause;
    const message = `another agent is running with the state directory ${stateDirectory}: stop it, or give this one a name or stateDirectory of its own`;
    throw new DunlinError("address-in-use", message, { cause, context: { stateDirectory } });
  }
  server.unref();
  return () => void server.close();
}

/** Bytes of sun_path. */
const MAX_NAME_BYTES = 107;
