import type { Log } from "../base/index.ts";
import { Server, type Endpoints, type ServerHandlers } from "../bus/index.ts";
import { Access, type SecurityPlan } from "./access.ts";
import { nextEpoch } from "./epoch.ts";
import { lockInstance } from "./instance-lock.ts";
import { makePrivate } from "./private-directory.ts";

export interface GroundOptions {
  readonly endpoints: Endpoints;
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  /** Absent: everybody who reaches the sockets is let in. */
  readonly security?: SecurityPlan;
  readonly log: Log;
}

/** What an agent or hub stands on: it is the only one in its folder, has its sockets, an epoch, and knows who is let in. */
export interface Ground {
  readonly epoch: number;
  readonly server: Server;
  readonly access: Access | undefined;
  close(): void;
}

/**
 * The lock and the address first: of two started by mistake the second must not raise the first one's epoch.
 * @param kind a hub lets in agents too
 * @throws DunlinError `address-in-use`, `address-invalid`, `state-unwritable`
 */
export async function takeGround(
  options: GroundOptions,
  kind: "agent" | "hub",
  handlers: ServerHandlers,
): Promise<Ground> {
  const { endpoints, stateDirectory, runtimeDirectory, security, log } = options;
  const unlock = await lockInstance({ stateDirectory, runtimeDirectory });
  let server: Server | undefined;
  const access =
    security &&
    new Access(
      security,
      log,
      {
        // Also of one that was let in before all else was up.
        onRevoked: (domain, publicKey) => server?.cut(domain, publicKey),
        onFault: (error) => log.warn(error.message, { code: error.code }),
      },
      kind,
    );
  const close = (): void => {
    server?.close();
    access?.close();
    unlock();
  };
  try {
    makePrivate(runtimeDirectory);
    server = await Server.open(endpoints, handlers, { security: access?.server, folder: runtimeDirectory });
    const { epoch, damaged } = nextEpoch(stateDirectory);
    if (damaged) log.warn("the epoch file was damaged; the epoch goes on from the wall clock", { epoch });
    return { epoch, server, access, close };
  } catch (cause) {
    close();
    throw cause;
  }
}
