import { IPC, localAccess } from "../bus/index.ts";
import { connect, type Client } from "../client/index.ts";
import { isLoopback, type Config } from "../config/index.ts";

/** @returns a client of the agent of this configuration; undefined if it answers us only with a key */
export function connectOwnAgent({ listen, runtimeDirectory }: Config): Client | undefined {
  if (localAccess(runtimeDirectory) === "open") return connect(IPC + runtimeDirectory);
  if (!isLoopback(listen.address) && !listen.insecure) return undefined;
  const host = ownHost(listen.address);
  return connect(`tcp://${host.includes(":") ? `[${host}]` : host}:${listen.port}`);
}

/** Where an agent that listens at this address is for its own host. */
export function ownHost(address: string): string {
  return address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
}
