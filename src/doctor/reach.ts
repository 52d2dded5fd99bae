import { connect } from "node:net";

const PATIENCE_MS = 5_000;

/** Tries to connect, and lets go at once. @returns why not, if not */
export function reach(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (reason: string | undefined): void => {
      socket.destroy();
      resolve(reason);
    };
    socket
      .on("connect", () => end(undefined))
      .on("timeout", () => end(`no connection within ${PATIENCE_MS / 1_000} s`))
      .on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
