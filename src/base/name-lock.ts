import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { systemCodeOf } from "./errors.ts";

/**
 * Takes a name for this process alone, in the kernel's abstract socket space (unix(7)): it goes with the process, however that
 * ends, so there is no stale file to clean up.
 * @returns releases it; undefined if another process has it
 */
export async function lockName(name: string): Promise<(() => void) | undefined> {
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  // A socket's name has 107 bytes, a path may have more.
  server.listen(`\0dunlin:${createHash("sha256").update(name).digest("hex")}`, resolve);
  try {
    await promise;
  } catch (cause) {
    if (systemCodeOf(cause) !== "EADDRINUSE") throw cause;
    return undefined;
  }
  server.unref();
  return () => void server.close();
}
